import { changed, withEntries } from '../../kernel/copies.js';
import type { Node } from '../../kubernetes/node.js';
import type { NodeClaim } from '../nodeclaim.js';
import { findCondition, hasCondition, withCondition } from './conditions.js';
import type { LifecycleProfile } from './lifecycle-profile.js';
import { EXCLUDE_BALANCERS_LABEL, sameTaint, TERMINATION_TIMESTAMP_ANNOTATION } from './markers.js';
import type { Taint } from '../../kubernetes/taints.js';

/** When the drain of a NodeClaim must be over, epoch ms; undefined: never (v1.14.1, terminationGracePeriod). */
export function terminationTime(nodeClaim: NodeClaim): number | undefined {
  const annotated = nodeClaim.metadata.annotations[TERMINATION_TIMESTAMP_ANNOTATION];
  return annotated === undefined ? undefined : Date.parse(annotated);
}

/**
 * The NodeClaim as its deletion finds it: with a termination grace period it is annotated with the moment at which its
 * drain ends, counted from the deletion timestamp, unless something has set an earlier one (disruption.md §1.10).
 */
export function withTerminationTime(nodeClaim: NodeClaim): NodeClaim {
  const { terminationGracePeriodMs } = nodeClaim.spec;
  const { deletionTimeMs, annotations } = nodeClaim.metadata;
  if (terminationGracePeriodMs === undefined || deletionTimeMs === undefined) return nodeClaim;
  if (annotations[TERMINATION_TIMESTAMP_ANNOTATION] !== undefined) return nodeClaim;
  const at = new Date(deletionTimeMs + terminationGracePeriodMs).toISOString().replace('.000Z', 'Z');
  const annotated = withEntries(annotations, { [TERMINATION_TIMESTAMP_ANNOTATION]: at });
  return changed(nodeClaim, { metadata: changed(nodeClaim.metadata, { annotations: annotated }) });
}

/** The node with the taint of nodes that are going away; the same object when it has it. */
export function withDisruptedTaint(node: Node, disruptedTaint: Taint): Node {
  if (node.spec.taints.some((taint) => sameTaint(taint, disruptedTaint))) return node;
  return changed(node, { spec: changed(node.spec, { taints: [...node.spec.taints, disruptedTaint] }) });
}

/** The node without that taint; a node that is being deleted keeps it. */
export function withoutDisruptedTaint(node: Node, disruptedTaint: Taint): Node {
  const isTaint = (taint: Taint): boolean => sameTaint(taint, disruptedTaint);
  if (node.metadata.deletionTimeMs !== undefined || !node.spec.taints.some(isTaint)) return node;
  const taints = node.spec.taints.filter((taint) => !isTaint(taint));
  return changed(node, { spec: changed(node.spec, { taints }) });
}

/** The node as its drain begins: tainted, and out of load balancers (disruption.md §1.11). */
export function terminatingNode(node: Node, profile: LifecycleProfile): Node {
  const tainted = withDisruptedTaint(node, profile.disruptedTaint);
  if (tainted.metadata.labels[EXCLUDE_BALANCERS_LABEL] === 'karpenter') return tainted;
  const labels = withEntries(tainted.metadata.labels, { [EXCLUDE_BALANCERS_LABEL]: 'karpenter' });
  return changed(tainted, { metadata: changed(tainted.metadata, { labels }) });
}

/** The drain began: Drained becomes Unknown, which the minimum drain time counts from. */
export function drainBegun(nodeClaim: NodeClaim, nowMs: number, profile: LifecycleProfile): NodeClaim {
  if (profile.termination.minDrainMs === 0) return nodeClaim;
  if (findCondition(nodeClaim.status.conditions, 'Drained') !== undefined) return nodeClaim;
  const draining = { type: 'Drained', status: 'Unknown', reason: 'Draining' } as const;
  return withCondition(nodeClaim, draining, nowMs, profile.conditionClock);
}

/**
 * Whether a node without pods to wait for counts as drained: v1.14.1 gives the scheduler five seconds from the taint to
 * notice it, in case a pod is still on its way (corrections, §1.11).
 */
export function isDrainOver(nodeClaim: NodeClaim, nowMs: number, profile: LifecycleProfile): boolean {
  const { minDrainMs } = profile.termination;
  if (minDrainMs === 0 || hasCondition(nodeClaim, 'Drained')) return true;
  const drained = findCondition(nodeClaim.status.conditions, 'Drained');
  return drained !== undefined && nowMs - drained.lastTransitionTimeMs >= minDrainMs;
}

/** The drain is over: Drained (and, with nothing attached, VolumesDetached) become True. */
export function drainCompleted(nodeClaim: NodeClaim, nowMs: number, profile: LifecycleProfile): NodeClaim {
  if (profile.termination.minDrainMs === 0) return nodeClaim;
  const drained = withCondition(nodeClaim, { type: 'Drained', status: 'True' }, nowMs, profile.conditionClock);
  return withCondition(drained, { type: 'VolumesDetached', status: 'True' }, nowMs, profile.conditionClock);
}

/** Termination of the instance was requested. v0.32.0 keeps no trace of it. */
export function instanceTerminating(nodeClaim: NodeClaim, nowMs: number, profile: LifecycleProfile): NodeClaim {
  if (profile.termination.instancePollMs === undefined) return nodeClaim;
  return withCondition(nodeClaim, { type: 'InstanceTerminating', status: 'True' }, nowMs, profile.conditionClock);
}
