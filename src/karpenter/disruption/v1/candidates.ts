import { ObjectCache } from '../../../kernel/object-cache.js';
import type { InstanceType } from '../../../cloud/instance-type.js';
import type { Pod } from '../../../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../../../kubernetes/workloads.js';
import type { ClusterSnapshot, StateNode } from '../../cluster-snapshot.js';
import { DO_NOT_DISRUPT_ANNOTATION } from '../../lifecycle/markers.js';
import type { NodePool } from '../../nodepool.js';
import { asksForTheSame, blockingBudgets, budgetPlaces } from '../../pdb-limits.js';
import { hasDoNotDisrupt, isDisruptable, isReschedulable } from '../../pod-predicates.js';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, NODEPOOL_LABEL, ZONE_LABEL } from '../../requirements/labels.js';
import type { StateNodeView } from '../../state-node-view.js';
import { instanceTypeNamed, offeringPrice, type Candidate, type CandidateSearch } from '../candidate.js';
import type { DisruptionContext } from '../disruption-method.js';
import { evictionCost } from '../eviction-cost.js';
import type { DisruptionFinding, FindingCode, FindingDetail } from '../finding.js';

/**
 * Whether a method waits for pods that must not be evicted (graceful), or may outlast them because the NodeClaim has a
 * termination grace period (eventual).
 */
type DisruptionClass = 'graceful' | 'eventual';

/** Cost of disrupting a node at all, on top of what its pods cost. */
export const NODE_DISRUPTION_COST = 1;

interface Known {
  readonly candidate: Candidate;
  readonly nodePool: NodePool;
  readonly types: readonly InstanceType[];
  /** Whether what its pods allow depends on the clock. */
  readonly protectsPods: boolean;
}

const candidates = new ObjectCache<StateNode, Known>();

interface Load extends Pick<Candidate, 'pods' | 'disruptionCost'> {
  readonly protectsPods: boolean;
}

const loads = new ObjectCache<readonly Pod[], Load>();

function loadOf(bound: readonly Pod[]): Load {
  let load = loads.get(bound);
  if (load === undefined) {
    const pods = bound.filter(isReschedulable);
    let disruptionCost = NODE_DISRUPTION_COST;
    for (const pod of pods) disruptionCost += Math.max(0, evictionCost(pod));
    load = { pods, disruptionCost, protectsPods: bound.some(hasDoNotDisrupt) };
    loads.set(bound, load);
  }
  return load;
}

function buildCandidate(view: StateNodeView, nodePool: NodePool, types: readonly InstanceType[]): Known | undefined {
  const { stateNode, labels } = view;
  const { node, nodeClaim } = stateNode;
  if (node === undefined || nodeClaim === undefined) return undefined;
  const known = candidates.get(stateNode);
  if (known?.nodePool === nodePool && known.types === types) return known;
  const { pods, disruptionCost, protectsPods } = loadOf(stateNode.pods);
  const instanceType = instanceTypeNamed(types, labels[INSTANCE_TYPE_LABEL]);
  const candidate: Candidate = {
    name: view.name,
    stateNode,
    node,
    nodeClaim,
    nodePool,
    instanceType,
    labels,
    pods,
    price: offeringPrice(instanceType, labels[ZONE_LABEL], labels[CAPACITY_TYPE_LABEL]),
    disruptionCost,
  };
  const built: Known = { candidate, nodePool, types, protectsPods };
  candidates.set(stateNode, built);
  return built;
}

type Reason = Pick<DisruptionFinding, 'code' | 'detail'>;

const NO_DETAIL: FindingDetail = {};

function reason(code: FindingCode, detail = NO_DETAIL): Reason {
  return { code, detail };
}

const published = new ObjectCache<StateNode, DisruptionFinding>();

/** The finding about a node; the same object as long as the reason is, so that nobody writes it out twice. */
function blocked({ stateNode, name }: StateNodeView, { code, detail }: Reason): DisruptionFinding {
  const known = published.get(stateNode);
  if (known?.code === code && known.detail === detail) return known;
  const finding: DisruptionFinding = { code, detail, node: name, event: 'DisruptionBlocked' };
  published.set(stateNode, finding);
  return finding;
}

/** Rows 3–8 of disruption.md §2.1: what speaks against the node itself. */
function nodeBlocker(view: StateNodeView, nowMs: number): Reason | undefined {
  if (view.stateNode.node === undefined) return reason('no-node');
  if (!view.initialized) return reason('not-initialized');
  if (view.markedForDeletion) return reason('marked-for-deletion');
  if (view.stateNode.nominatedUntilMs > nowMs) {
    return reason('nominated', { untilMs: view.stateNode.nominatedUntilMs });
  }
  // Exactly "true": v0.32.0 takes any value (E29).
  if (view.annotations[DO_NOT_DISRUPT_ANNOTATION] === 'true') return reason('node-do-not-disrupt');
  if (view.nodePoolName === undefined) return reason('label-missing', { label: NODEPOOL_LABEL });
  return undefined;
}

interface PodBlocker {
  budgets: readonly PodDisruptionBudget[];
  /** Where those that cover pods of the node stand in the list: the status of others does not matter. */
  readonly places: readonly number[];
  readonly blocker: Reason | undefined;
}

/** By the pods of a node. */
const podBlockers = new ObjectCache<readonly Pod[], PodBlocker>();

/** Whether nothing has changed about the budgets that cover pods of the node. */
function coversAlike({ budgets: before, places }: PodBlocker, budgets: readonly PodDisruptionBudget[]): boolean {
  return asksForTheSame(before, budgets) && places.every((place) => before[place] === budgets[place]);
}

function namespacedName({ metadata }: { readonly metadata: { namespace: string; name: string } }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function findPodBlocker(
  pods: readonly Pod[],
  budgets: readonly PodDisruptionBudget[],
  nowMs: number,
): Reason | undefined {
  // DaemonSet and mirror pods protect their node as well (E35). All pods are asked for this before any budget is.
  const kept = pods.find((pod) => !isDisruptable(pod, nowMs));
  if (kept !== undefined) return reason('pod-do-not-disrupt', { pod: namespacedName(kept) });
  for (const pod of pods) {
    const blocking = blockingBudgets(pod, budgets, nowMs);
    if (blocking.length === 0) continue;
    const detail = { pod: namespacedName(pod), podDisruptionBudgets: blocking.map(namespacedName) };
    return reason(blocking.length > 1 ? 'several-pod-disruption-budgets' : 'pod-disruption-budget', detail);
  }
  return undefined;
}

/** Rows 10–11: what speaks against moving the node's pods. Kept while neither they nor their budgets change. */
function podBlocker(known: Known, snapshot: ClusterSnapshot): Reason | undefined {
  const { pods } = known.candidate.stateNode;
  const budgets = snapshot.podDisruptionBudgets;
  if (known.protectsPods) return findPodBlocker(pods, budgets, snapshot.nowMs);
  const cached = podBlockers.get(pods);
  if (cached !== undefined && (cached.budgets === budgets || coversAlike(cached, budgets))) {
    cached.budgets = budgets;
    return cached.blocker;
  }
  const blocker = findPodBlocker(pods, budgets, snapshot.nowMs);
  const places = new Set<number>();
  for (const pod of pods) for (const place of budgetPlaces(pod, budgets)) places.add(place);
  podBlockers.set(pods, { budgets, places: [...places], blocker });
  return blocker;
}

interface Searches {
  /** The last snapshot that the search holds for, with what it offers each NodePool. */
  snapshot: ClusterSnapshot;
  readonly types: readonly (readonly InstanceType[])[];
  /** From then on (epoch ms) time alone may change the answer. */
  readonly untilMs: number;
  readonly found: Partial<Record<DisruptionClass, CandidateSearch>>;
}

/** By the list of nodes, which is another one as soon as anything about a node or its pods changes. */
const searches = new ObjectCache<readonly StateNode[], Searches>();

/** All nodes that may be disrupted now, whatever the method, and why the others may not (disruption.md §2.1). */
export function searchCandidates(context: DisruptionContext, disruptionClass: DisruptionClass): CandidateSearch {
  const { snapshot } = context;
  let known = searches.get(snapshot.stateNodes);
  if (known !== undefined && stillHolds(known, snapshot)) known.snapshot = snapshot;
  else {
    const types = snapshot.nodePools.map(({ metadata }) => snapshot.instanceTypes(metadata.name));
    known = { snapshot, types, untilMs: changesAtMs(snapshot), found: {} };
    searches.set(snapshot.stateNodes, known);
  }
  const { found } = known;
  // The classes differ only where a NodeClaim has a termination grace period.
  if (disruptionClass === 'eventual' && !snapshot.stateNodes.some(hasTerminationGracePeriod)) {
    return (found.graceful ??= findCandidates(context, 'graceful'));
  }
  return (found[disruptionClass] ??= findCandidates(context, disruptionClass));
}

/** Most polls find the cluster as the one before left it. */
function stillHolds({ snapshot: before, types, untilMs }: Searches, snapshot: ClusterSnapshot): boolean {
  if (before === snapshot) return true;
  return (
    snapshot.nowMs >= before.nowMs &&
    snapshot.nowMs < untilMs &&
    before.nodePools === snapshot.nodePools &&
    before.podDisruptionBudgets === snapshot.podDisruptionBudgets &&
    snapshot.nodePools.every(({ metadata }, index) => snapshot.instanceTypes(metadata.name) === types[index])
  );
}

/** When a nomination ends; at once where pods are protected for a time of their own. */
function changesAtMs({ stateNodes, nowMs }: ClusterSnapshot): number {
  let changesAt = Infinity;
  for (const { nominatedUntilMs, pods } of stateNodes) {
    if (nominatedUntilMs > nowMs) changesAt = Math.min(changesAt, nominatedUntilMs);
    if (loadOf(pods).protectsPods) return nowMs;
  }
  return changesAt;
}

function hasTerminationGracePeriod({ nodeClaim }: StateNode): boolean {
  return nodeClaim?.spec.terminationGracePeriodMs !== undefined;
}

function findCandidates(context: DisruptionContext, disruptionClass: DisruptionClass): CandidateSearch {
  const { snapshot } = context;
  const pools = new Map(
    snapshot.nodePools.map((nodePool) => {
      const { name } = nodePool.metadata;
      return [name, { nodePool, types: snapshot.instanceTypes(name) }];
    }),
  );
  const found: Candidate[] = [];
  const findings: DisruptionFinding[] = [];
  for (const view of context.scheduling.stateNodes.views(snapshot.stateNodes)) {
    const { stateNode } = view;
    if (stateNode.heldByCommand || stateNode.nodeClaim === undefined) continue;
    const ofNode = nodeBlocker(view, snapshot.nowMs);
    if (ofNode !== undefined) {
      findings.push(blocked(view, ofNode));
      continue;
    }
    const nodePoolName = view.nodePoolName ?? '';
    const pool = pools.get(nodePoolName);
    const known =
      pool !== undefined && pool.types.length > 0 ? buildCandidate(view, pool.nodePool, pool.types) : undefined;
    if (known === undefined) {
      findings.push(blocked(view, reason('nodepool-not-found', { nodePool: nodePoolName })));
      continue;
    }
    const outlasts = disruptionClass === 'eventual' && hasTerminationGracePeriod(stateNode);
    const ofPods = outlasts ? undefined : podBlocker(known, snapshot);
    if (ofPods === undefined) found.push(known.candidate);
    else findings.push(blocked(view, ofPods));
  }
  return { candidates: found, findings };
}

/** True when no pod of the node costs anything to evict, be there pods or not (E36). */
export function isEmptyCandidate(candidate: Candidate): boolean {
  return candidate.disruptionCost <= NODE_DISRUPTION_COST;
}

/** Price saved for each unit of disruption; methods take the highest first. */
export function savingsRatio(candidate: Candidate): number {
  return (candidate.price ?? 0) / candidate.disruptionCost;
}
