import type { StateNode } from '../cluster-snapshot.js';
import type { NodeClaim } from '../nodeclaim.js';
import { isReschedulableV0 } from '../pod-predicates.js';
import type { ConditionStep } from './conditions.js';
import { updateConsolidatable } from './consolidatable.js';
import { updateDrifted, type DriftInput } from './drift.js';
import { updateEmpty } from './empty.js';
import { updateExpired } from './expiration.js';
import type { LifecycleProfile } from './lifecycle-profile.js';

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}

/**
 * One pass of Karpenter's NodeClaim disruption controller: sets and clears Drifted and Consolidatable (v1.14.1), or
 * Drifted, Expired and Empty (v0.32.0). A NodeClaim that is being deleted keeps what it has. It runs on every change of
 * the NodeClaim, its NodePool or a pod on its node, and at `recheckAtMs`.
 */
export function updateDisruptionConditions(
  nodeClaim: NodeClaim,
  stateNode: StateNode,
  input: DriftInput,
  nowMs: number,
  profile: LifecycleProfile,
): ConditionStep {
  if (nodeClaim.metadata.deletionTimeMs !== undefined) return { nodeClaim };
  const drifted = updateDrifted(nodeClaim, input, nowMs, profile);
  if (profile.version !== 'v0.32.0') {
    const consolidatable = updateConsolidatable(input.nodePool, drifted.nodeClaim, nowMs);
    return {
      nodeClaim: consolidatable.nodeClaim,
      recheckAtMs: earlier(drifted.recheckAtMs, consolidatable.recheckAtMs),
    };
  }
  const expired = updateExpired(input.nodePool, drifted.nodeClaim, stateNode.node, nowMs);
  const movablePods = stateNode.pods.filter(isReschedulableV0).length;
  const empty = updateEmpty(input.nodePool, expired.nodeClaim, stateNode, movablePods, nowMs);
  return {
    nodeClaim: empty.nodeClaim,
    recheckAtMs: earlier(earlier(drifted.recheckAtMs, expired.recheckAtMs), empty.recheckAtMs),
  };
}
