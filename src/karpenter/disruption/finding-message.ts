import type { KarpenterVersion } from '../settings.js';
import type { DisruptionFinding, FindingCode, FindingDetail } from './finding.js';

type Words = (detail: FindingDetail, node: string) => string;

function list(value: FindingDetail[string] | undefined): string {
  return typeof value === 'object' ? value.join(' ') : String(value ?? '');
}

/** Pods that would find no place; the scheduler's error stands behind each as its code. */
function unscheduled({ count, pods }: FindingDetail): string {
  const named = typeof pods === 'object' ? pods : [];
  const others = Number(count) - named.length;
  return named.join(' ') + (others > 0 ? ` and ${others} other(s)` : '');
}

/** v1.14.1's events, and our own words where it keeps silent. */
const V1: Readonly<Record<FindingCode, Words>> = {
  'no-node': () => 'Nodeclaim does not have an associated node',
  'not-initialized': () => "Node isn't initialized",
  'marked-for-deletion': () => 'Node is deleting or marked for deletion',
  nominated: () => 'Node is nominated for a pending pod',
  'node-do-not-disrupt': () => 'Disruption is blocked through the "karpenter.sh/do-not-disrupt" annotation',
  'label-missing': (detail) => `Node doesn't have required label (label=${list(detail['label'])})`,
  'nodepool-not-found': (detail) => `NodePool not found (NodePool=${list(detail['nodePool'])})`,
  'instance-type-not-found': (detail) => `Instance Type "${list(detail['instanceType'])}" not found`,
  'pod-do-not-disrupt': (detail) => `Pod has "karpenter.sh/do-not-disrupt" annotation (Pod=${list(detail['pod'])})`,
  'pod-disruption-budget': (detail) =>
    `Pdb prevents pod evictions (PodDisruptionBudget=[${list(detail['podDisruptionBudgets'])}])`,
  'several-pod-disruption-budgets': (detail) =>
    `Eviction does not support multiple PDBs (PodDisruptionBudget(s)=[${list(detail['podDisruptionBudgets'])}])`,
  'consolidation-disabled': (detail) => `NodePool "${list(detail['nodePool'])}" has consolidation disabled`,
  'do-not-consolidate': () => 'karpenter.sh/do-not-consolidate annotation exists',
  'only-when-empty': (detail) =>
    `NodePool "${list(detail['nodePool'])}" has consolidation policy WhenEmpty, but node is not empty`,
  'not-consolidatable': () => 'Node is not consolidatable yet',
  'not-empty': () => 'Node is not empty',
  empty: () => 'Node is empty, which is for Emptiness to handle',
  'empty-for-too-short': () => 'Node has not been empty for consolidateAfter',
  'static-nodepool': () => 'NodePool has a fixed number of replicas',
  'not-static': () => 'NodePool has no fixed number of replicas',
  'not-drifted': () => 'Node is not drifted',
  'not-expired': () => 'Node has not expired',
  'budget-exhausted': (detail) =>
    `No allowed disruptions for disruption reason ${list(detail['reason'])} due to blocking budget`,
  'pods-unschedulable': (detail) => `Not all pods would schedule, ${unscheduled(detail)}`,
  'several-replacements': (detail) => `Can't remove without creating ${list(detail['count'])} candidates`,
  'not-cheaper': () => "Can't replace with a cheaper node",
  'min-values': () => 'Filtering by price: minValues requirement is not met',
  'spot-to-spot': () => "SpotToSpotConsolidation is disabled, can't replace a spot node with a spot node",
  'never-spot-to-spot': () => "Can't replace a spot node with a spot node",
  'spot-to-spot-flexibility': (detail) =>
    `SpotToSpotConsolidation requires ${list(detail['required'])} cheaper instance type options than the current candidate to consolidate, got ${list(detail['count'])}`,
  'price-unknown': (_, node) => `Unable to determine the price of node ${node}`,
  'balanced-score': () => 'Savings are not worth the disruption',
  'static-scale-down': () => 'NodePool has more nodes than replicas: scaling down comes first',
  'static-limit': () => 'Node limit of the NodePool leaves no room for a replacement',
};

/** Where v0.32.0's events read otherwise; those of the candidate search begin with the object they are about. */
const V0: Partial<Record<FindingCode, Words>> = {
  nominated: () => 'Cannot disrupt Node: Nominated for a pending pod',
  'node-do-not-disrupt': () =>
    'Cannot disrupt Node: Disruption is blocked with the "karpenter.sh/do-not-disrupt" annotation',
  'label-missing': (detail) => `Cannot disrupt Node: Required label "${list(detail['label'])}" doesn't exist`,
  'nodepool-not-found': (detail) => `Cannot disrupt Node: Owning nodepool "${list(detail['nodePool'])}" not found`,
  'instance-type-not-found': (detail) =>
    `Cannot disrupt Node: Instance type "${list(detail['instanceType'])}" not found`,
  'marked-for-deletion': () => 'Cannot disrupt Node: Node in the process of deletion',
  'pod-do-not-disrupt': (detail) => `Cannot disrupt Node: Pod "${list(detail['pod'])}" has do not evict annotation`,
  'pod-disruption-budget': (detail) =>
    `Cannot disrupt Node: PDB "${list(detail['podDisruptionBudgets'])}" prevents pod evictions`,
  'pods-unschedulable': (detail) => `not all pods would schedule, ${unscheduled(detail)}`,
};

/**
 * A finding in the words of Karpenter's event; in our own where it publishes none. Numbers that the event leaves out stay in
 * the detail.
 */
export function findingMessage({ code, detail, node, event }: DisruptionFinding, version: KarpenterVersion): string {
  if (version === 'v1.14.1') {
    // The same check has other words where consolidation makes it.
    if (code === 'label-missing' && event === 'Unconsolidatable') {
      return `Node does not have label "${list(detail['label'])}"`;
    }
    return V1[code](detail, node);
  }
  // Drift and expiration do not say which pods.
  if (code === 'pods-unschedulable' && event === 'DisruptionBlocked') {
    return 'Cannot disrupt Node: Scheduling simulation failed to schedule all pods';
  }
  return (V0[code] ?? V1[code])(detail, node);
}
