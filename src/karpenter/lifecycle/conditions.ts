import { changed } from '../../kernel/copies.js';
import type { Condition } from '../../kubernetes/pod.js';
import type { NodeClaim } from '../nodeclaim.js';

/** Status conditions that Karpenter keeps on a NodeClaim, both versions. */
export type NodeClaimConditionType =
  | 'Launched'
  | 'Registered'
  | 'Initialized'
  | 'Consolidatable'
  | 'Drifted'
  | 'DisruptionReason'
  | 'Drained'
  | 'VolumesDetached'
  | 'InstanceTerminating'
  | 'Empty'
  | 'Expired';

/**
 * What restarts a condition's clock (disruption.md §1.3): v0.32.0 on any difference of status or reason, v1.14.1 only
 * when the status changes.
 */
export type ConditionClock = 'any-change' | 'status-change';

/** The API server keeps object times in whole seconds, cut off. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** The condition of a type; undefined when it is not set. */
export function findCondition(conditions: readonly Condition[], type: string): Condition | undefined {
  for (const condition of conditions) {
    if (condition.type === type) return condition;
  }
  return undefined;
}

/** True when the NodeClaim has the condition with status True. */
export function hasCondition(nodeClaim: NodeClaim, type: NodeClaimConditionType): boolean {
  return findCondition(nodeClaim.status.conditions, type)?.status === 'True';
}

/**
 * Writes one condition. Its transition time moves as the clock says, in whole seconds; an equal write returns the very
 * same NodeClaim.
 */
export function withCondition(
  nodeClaim: NodeClaim,
  condition: { readonly type: NodeClaimConditionType; readonly status: Condition['status']; readonly reason?: string },
  nowMs: number,
  clock: ConditionClock,
): NodeClaim {
  const conditions = nodeClaim.status.conditions;
  const { type, status, reason = type } = condition;
  const stored = findCondition(conditions, type);
  if (stored?.status === status && stored.reason === reason) return nodeClaim;
  const keepsTime = clock === 'status-change' && stored?.status === status;
  const written: Condition = {
    type,
    status,
    reason,
    lastTransitionTimeMs: keepsTime ? stored.lastTransitionTimeMs : wholeSecond(nowMs),
  };
  const others = conditions.filter((other) => other !== stored);
  return changed(nodeClaim, { status: changed(nodeClaim.status, { conditions: [...others, written] }) });
}

/** Removes a condition; the same NodeClaim when it has none of the type. Adding it again restarts its clock. */
export function withoutCondition(nodeClaim: NodeClaim, type: NodeClaimConditionType): NodeClaim {
  const conditions = nodeClaim.status.conditions;
  if (findCondition(conditions, type) === undefined) return nodeClaim;
  const others = conditions.filter((condition) => condition.type !== type);
  return changed(nodeClaim, { status: changed(nodeClaim.status, { conditions: others }) });
}

/** A NodeClaim after one of its conditions was looked at, and when that condition wants to be looked at again. */
export interface ConditionStep {
  /** The very same object when nothing changed. */
  readonly nodeClaim: NodeClaim;
  /** Undefined: only something happening can change it. */
  readonly recheckAtMs?: number | undefined;
}
