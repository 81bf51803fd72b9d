/** Why a node was not disrupted, as a stable code. `karpsim explain` and the event log name them. */
export type FindingCode =
  // Not a candidate for anything: Karpenter's event is DisruptionBlocked, or none.
  | 'no-node'
  | 'not-initialized'
  | 'marked-for-deletion'
  | 'nominated'
  | 'node-do-not-disrupt'
  | 'label-missing'
  | 'nodepool-not-found'
  | 'instance-type-not-found'
  | 'pod-do-not-disrupt'
  | 'pod-disruption-budget'
  | 'several-pod-disruption-budgets'
  // Not a candidate for this method.
  | 'consolidation-disabled'
  | 'do-not-consolidate'
  | 'only-when-empty'
  | 'not-consolidatable'
  | 'not-empty'
  | 'empty'
  | 'empty-for-too-short'
  | 'static-nodepool'
  | 'not-static'
  | 'not-drifted'
  | 'not-expired'
  // A candidate that the method looked at in vain.
  | 'budget-exhausted'
  | 'pods-unschedulable'
  | 'several-replacements'
  | 'not-cheaper'
  | 'min-values'
  | 'spot-to-spot'
  | 'never-spot-to-spot'
  | 'spot-to-spot-flexibility'
  | 'price-unknown'
  | 'balanced-score'
  | 'static-scale-down'
  | 'static-limit';

/** The event Karpenter publishes about a finding; undefined when it keeps silent. */
export type FindingEvent = 'DisruptionBlocked' | 'Unconsolidatable';

/** One reason why one node stays, as data; {@link findingMessage} puts it into Karpenter's words. */
export interface DisruptionFinding {
  readonly code: FindingCode;
  /** Name of the node; of the NodeClaim while there is no node. */
  readonly node: string;
  readonly event: FindingEvent | undefined;
  readonly detail: Readonly<Record<string, string | number | readonly string[]>>;
}

function list(value: string | number | readonly string[] | undefined): string {
  return typeof value === 'object' ? value.join(' ') : String(value ?? '');
}

function unscheduledText({ count, pods }: DisruptionFinding['detail']): string {
  const named = typeof pods === 'object' ? pods : [];
  const others = Number(count) - named.length;
  const text = `Not all pods would schedule, ${named.join(' ')}`;
  return others > 0 ? `${text} and ${others} other(s)` : text;
}

function time(ms: string | number | readonly string[] | undefined): string {
  return new Date(Number(ms)).toISOString().replace('.000Z', 'Z');
}

function dollars(amount: string | number | readonly string[] | undefined): string {
  return `$${Number(amount).toFixed(4)}`;
}

const messages = new WeakMap<DisruptionFinding, string>();

/** The finding in words: Karpenter's own where it has an event for it, with the numbers it leaves out. */
export function findingMessage(finding: DisruptionFinding): string {
  let message = messages.get(finding);
  if (message === undefined) {
    message = write(finding);
    messages.set(finding, message);
  }
  return message;
}

function write({ code, detail, node }: DisruptionFinding): string {
  switch (code) {
    case 'no-node':
      return 'Nodeclaim does not have an associated node';
    case 'not-initialized':
      return "Node isn't initialized";
    case 'marked-for-deletion':
      return 'Node is deleting or marked for deletion';
    case 'nominated':
      return 'Node is nominated for a pending pod';
    case 'node-do-not-disrupt':
      return 'Disruption is blocked through the "karpenter.sh/do-not-disrupt" annotation';
    case 'label-missing':
      return `Node doesn't have required label (label=${list(detail['label'])})`;
    case 'nodepool-not-found':
      return `NodePool not found (NodePool=${list(detail['nodePool'])})`;
    case 'instance-type-not-found':
      return `Instance Type "${list(detail['instanceType'])}" not found`;
    case 'pod-do-not-disrupt':
      return `Pod has "karpenter.sh/do-not-disrupt" annotation (Pod=${list(detail['pod'])})`;
    case 'pod-disruption-budget':
      return `Pdb prevents pod evictions (PodDisruptionBudget=[${list(detail['podDisruptionBudgets'])}])`;
    case 'several-pod-disruption-budgets':
      return `Eviction does not support multiple PDBs (PodDisruptionBudget(s)=[${list(detail['podDisruptionBudgets'])}])`;
    case 'consolidation-disabled':
      return `NodePool "${list(detail['nodePool'])}" has consolidation disabled`;
    case 'do-not-consolidate':
      return 'karpenter.sh/do-not-consolidate annotation exists';
    case 'only-when-empty':
      return `NodePool "${list(detail['nodePool'])}" has consolidation policy WhenEmpty, but node is not empty`;
    case 'not-consolidatable':
      return 'untilMs' in detail
        ? `Node is not consolidatable before ${time(detail['untilMs'])}`
        : 'Node is not consolidatable yet';
    case 'not-empty':
      return `Node has ${list(detail['pods'])} pod(s) to reschedule`;
    case 'empty':
      return 'Node is empty, which is for Emptiness to handle';
    case 'empty-for-too-short':
      return `Node has not been empty for consolidateAfter, before ${time(detail['untilMs'])}`;
    case 'static-nodepool':
      return 'NodePool has a fixed number of replicas';
    case 'not-static':
      return 'NodePool has no fixed number of replicas';
    case 'not-drifted':
      return 'Node is not drifted';
    case 'not-expired':
      return 'Node has not expired';
    case 'budget-exhausted':
      return `No allowed disruptions for disruption reason ${list(detail['reason'])} due to blocking budget`;
    case 'pods-unschedulable':
      return unscheduledText(detail);
    case 'several-replacements':
      return `Can't remove without creating ${list(detail['count'])} candidates`;
    case 'not-cheaper':
      return 'cheapest' in detail
        ? `Can't replace with a cheaper node: needs less than ${dollars(detail['price'])}/h, the cheapest may cost ${dollars(detail['cheapest'])}/h`
        : "Can't replace with a cheaper node";
    case 'min-values':
      return 'Filtering by price: minValues requirement is not met';
    case 'spot-to-spot':
      return "SpotToSpotConsolidation is disabled, can't replace a spot node with a spot node";
    case 'never-spot-to-spot':
      return "Can't replace a spot node with a spot node";
    case 'spot-to-spot-flexibility':
      return `SpotToSpotConsolidation requires ${list(detail['required'])} cheaper instance type options than the current candidate to consolidate, got ${list(detail['count'])}`;
    case 'price-unknown':
      return `Unable to determine the price of node ${node}`;
    case 'balanced-score':
      return 'score' in detail
        ? `Savings are not worth the disruption: score ${Number(detail['score']).toFixed(2)}, needs 0.50`
        : 'Savings are not worth the disruption, not even of deleting the node';
    case 'static-scale-down':
      return 'NodePool has more nodes than replicas: scaling down comes first';
    case 'static-limit':
      return 'Node limit of the NodePool leaves no room for a replacement';
  }
}
