import type { StateNode } from '../cluster-snapshot.js';
import type { NodeClaim } from '../nodeclaim.js';
import type { NodePool } from '../nodepool.js';
import { findCondition, withCondition, withoutCondition, type ConditionStep } from './conditions.js';

/** A node that is nominated for a pod is looked at again after this time. */
const NOMINATED_RECHECK_MS = 30_000;

/**
 * Sets or clears v0.32.0's Empty condition, whose age is what `consolidateAfter` is compared with (disruption.md §9.1).
 *
 * @param movablePods pods on the node that a disruption would move.
 */
export function updateEmpty(
  nodePool: NodePool,
  nodeClaim: NodeClaim,
  stateNode: StateNode,
  movablePods: number,
  nowMs: number,
): ConditionStep {
  const { consolidationPolicy, consolidateAfter } = nodePool.disruption;
  const cleared = withoutCondition(nodeClaim, 'Empty');
  if (consolidationPolicy !== 'WhenEmpty' || consolidateAfter === undefined || consolidateAfter === 'Never') {
    return { nodeClaim: cleared };
  }
  const initialized = findCondition(nodeClaim.status.conditions, 'Initialized');
  if (initialized === undefined || initialized.status === 'False') return { nodeClaim: cleared };
  if (stateNode.node === undefined) return { nodeClaim: cleared };
  if (stateNode.nominatedUntilMs > nowMs) return { nodeClaim: cleared, recheckAtMs: nowMs + NOMINATED_RECHECK_MS };
  if (movablePods > 0) return { nodeClaim: cleared };
  return { nodeClaim: withCondition(nodeClaim, { type: 'Empty', status: 'True' }, nowMs, 'any-change') };
}
