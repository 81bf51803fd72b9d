import { ObjectCache } from '../../../kernel/object-cache.js';
import type { InstanceType } from '../../../cloud/instance-type.js';
import type { ClusterSnapshot, StateNode } from '../../cluster-snapshot.js';
import { DO_NOT_DISRUPT_ANNOTATION } from '../../lifecycle/markers.js';
import type { NodePool } from '../../nodepool.js';
import { blockingBudgetsV0 } from '../../pdb-limits.js';
import { hasDoNotDisruptV0, isReschedulableV0 } from '../../pod-predicates.js';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../../requirements/labels.js';
import type { StateNodeView } from '../../state-node-view.js';
import { instanceTypeNamed, offeringPrice, type Candidate, type CandidateSearch } from '../candidate.js';
import type { DisruptionContext } from '../disruption-method.js';
import { evictionCost } from '../eviction-cost.js';
import type { DisruptionFinding, FindingCode, FindingDetail } from '../finding.js';

type Reason = Pick<DisruptionFinding, 'code' | 'detail'>;

function reason(code: FindingCode, detail: FindingDetail = {}): Reason {
  return { code, detail };
}

/** Findings that v0.32.0 publishes nothing about. */
const SILENT: ReadonlySet<FindingCode> = new Set(['no-node', 'marked-for-deletion', 'not-initialized']);

/** Share of the node's life that is left, 0–1; 1 when it does not expire. */
function lifetimeRemaining({ disruption }: NodePool, createdMs: number, nowMs: number): number {
  const { expireAfter } = disruption;
  if (expireAfter === undefined || expireAfter === 'Never') return 1;
  const total = expireAfter / 1000;
  const remaining = (total - (nowMs - createdMs) / 1000) / total;
  return Math.min(Math.max(remaining, 0), 1);
}

interface Known {
  readonly nodePool: NodePool;
  readonly instanceType: InstanceType;
  /** The candidate with the cost of its pods alone. */
  readonly candidate: Candidate;
}

const known = new ObjectCache<StateNode, Known>();

function withPodCost(view: StateNodeView, nodePool: NodePool, instanceType: InstanceType): Candidate | undefined {
  const { stateNode, name, labels } = view;
  const { node, nodeClaim } = stateNode;
  if (node === undefined || nodeClaim === undefined) return undefined;
  const before = known.get(stateNode);
  if (before?.nodePool === nodePool && before.instanceType === instanceType) return before.candidate;
  const pods = stateNode.pods.filter(isReschedulableV0);
  let disruptionCost = 0;
  for (const pod of pods) disruptionCost += evictionCost(pod);
  const price = offeringPrice(instanceType, labels[ZONE_LABEL], labels[CAPACITY_TYPE_LABEL]);
  const candidate = { name, stateNode, node, nodeClaim, nodePool, instanceType, labels, pods, price, disruptionCost };
  known.set(stateNode, { nodePool, instanceType, candidate });
  return candidate;
}

function buildCandidate(
  view: StateNodeView,
  nodePool: NodePool,
  instanceType: InstanceType,
  nowMs: number,
): Candidate | undefined {
  const candidate = withPodCost(view, nodePool, instanceType);
  if (candidate === undefined) return undefined;
  const remaining = lifetimeRemaining(nodePool, candidate.node.metadata.creationTimeMs, nowMs);
  return remaining === 1 ? candidate : { ...candidate, disruptionCost: candidate.disruptionCost * remaining };
}

function examine(
  view: StateNodeView,
  nodePools: ReadonlyMap<string, NodePool>,
  snapshot: ClusterSnapshot,
): Candidate | Reason {
  const { stateNode, labels } = view;
  if (stateNode.node === undefined || stateNode.nodeClaim === undefined) return reason('no-node');
  if (view.markedForDeletion) return reason('marked-for-deletion');
  if (!view.initialized) return reason('not-initialized');
  // Present is enough, even "false" (E29).
  if (view.annotations[DO_NOT_DISRUPT_ANNOTATION] !== undefined) return reason('node-do-not-disrupt');
  for (const label of [CAPACITY_TYPE_LABEL, ZONE_LABEL]) {
    if (labels[label] === undefined) return reason('label-missing', { label });
  }
  const nodePoolName = view.nodePoolName ?? '';
  const nodePool = nodePools.get(nodePoolName);
  const types = nodePool === undefined ? [] : snapshot.instanceTypes(nodePoolName);
  if (nodePool === undefined || types.length === 0) return reason('nodepool-not-found', { nodePool: nodePoolName });
  const typeName = labels[INSTANCE_TYPE_LABEL];
  const instanceType = instanceTypeNamed(types, typeName);
  if (instanceType === undefined) return reason('instance-type-not-found', { instanceType: typeName ?? '' });
  if (stateNode.nominatedUntilMs > snapshot.nowMs) return reason('nominated', { untilMs: stateNode.nominatedUntilMs });
  return buildCandidate(view, nodePool, instanceType, snapshot.nowMs) ?? reason('no-node');
}

const searches = new WeakMap<ClusterSnapshot, CandidateSearch>();

/** All nodes that any method may look at, and why not the others (disruption.md §2.2, rows 1–9). */
export function searchCandidates(context: DisruptionContext): CandidateSearch {
  const { snapshot } = context;
  const before = searches.get(snapshot);
  if (before !== undefined) return before;
  const nodePools = new Map(snapshot.nodePools.map((nodePool) => [nodePool.metadata.name, nodePool]));
  const candidates: Candidate[] = [];
  const findings: DisruptionFinding[] = [];
  for (const stateNode of snapshot.stateNodes) {
    if (stateNode.nodeClaim === undefined) continue;
    const view = context.scheduling.stateNodes.view(stateNode);
    const answer = examine(view, nodePools, snapshot);
    if ('code' in answer) {
      const silent =
        SILENT.has(answer.code) || (answer.code === 'nodepool-not-found' && view.nodePoolName === undefined);
      if (!silent || context.explain) {
        findings.push({ ...answer, node: view.name, event: silent ? undefined : 'DisruptionBlocked' });
      }
    } else candidates.push(answer);
  }
  const search: CandidateSearch = { candidates, findings };
  searches.set(snapshot, search);
  return search;
}

function namespacedName({ metadata }: { readonly metadata: { namespace: string; name: string } }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function podBlocker(candidate: Candidate, { podDisruptionBudgets }: ClusterSnapshot): Reason | undefined {
  if (candidate.node.metadata.deletionTimeMs !== undefined) return reason('marked-for-deletion');
  for (const pod of candidate.pods) {
    const [budget] = blockingBudgetsV0(pod, podDisruptionBudgets);
    if (budget === undefined) continue;
    return reason('pod-disruption-budget', {
      pod: namespacedName(pod),
      podDisruptionBudgets: [namespacedName(budget)],
    });
  }
  const kept = candidate.pods.find(hasDoNotDisruptV0);
  return kept && reason('pod-do-not-disrupt', { pod: namespacedName(kept) });
}

/** Leaves out nodes whose pods may not be moved (rows 10–12); every method but Emptiness does so. */
export function withoutBlockedPods(candidates: readonly Candidate[], snapshot: ClusterSnapshot): CandidateSearch {
  const findings: DisruptionFinding[] = [];
  const kept = candidates.filter((candidate) => {
    const blocker = podBlocker(candidate, snapshot);
    if (blocker !== undefined) findings.push({ ...blocker, node: candidate.name, event: 'DisruptionBlocked' });
    return blocker === undefined;
  });
  return { candidates: kept, findings };
}
