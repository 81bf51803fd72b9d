import { changed } from '../../kernel/copies.js';
import type { NodeClaim } from '../nodeclaim.js';
import type { NodePool } from '../nodepool.js';
import {
  findCondition,
  hasCondition,
  wholeSecond,
  withCondition,
  withoutCondition,
  type ConditionStep,
} from './conditions.js';

/** Pod events on a node that follow the recorded one so closely are not recorded (v1.14.1). */
const POD_EVENT_DEDUPE_MS = 10_000;

/**
 * `status.lastPodEventTime` after a pod event (bound, terminal or terminating while bound) on the NodeClaim's node:
 * now in whole seconds, unless the recorded event is less than 10 s old (disruption.md §9.2). DaemonSet pods do not
 * count; the caller leaves them out.
 */
export function podEventTime(recordedMs: number | undefined, nowMs: number): number {
  return recordedMs !== undefined && nowMs - recordedMs < POD_EVENT_DEDUPE_MS ? recordedMs : wholeSecond(nowMs);
}

/** The NodeClaim after a pod event on its node; the same object when the event is not recorded. */
export function withPodEvent(nodeClaim: NodeClaim, nowMs: number): NodeClaim {
  const recordedMs = nodeClaim.status.lastPodEventTimeMs;
  const lastPodEventTimeMs = podEventTime(recordedMs, nowMs);
  if (lastPodEventTimeMs === recordedMs) return nodeClaim;
  return changed(nodeClaim, { status: changed(nodeClaim.status, { lastPodEventTimeMs }) });
}

/**
 * The moment from which the NodeClaim counts as consolidatable: its last pod event, or its initialization if there was
 * none, plus consolidateAfter. Undefined while it is not initialized or when consolidation is off.
 */
export function consolidatableAt(nodePool: NodePool, nodeClaim: NodeClaim): number | undefined {
  const { consolidateAfter } = nodePool.disruption;
  if (consolidateAfter === undefined || consolidateAfter === 'Never') return undefined;
  const initialized = findCondition(nodeClaim.status.conditions, 'Initialized');
  if (initialized?.status !== 'True') return undefined;
  // With 0s no pod event holds it back.
  if (consolidateAfter === 0) return initialized.lastTransitionTimeMs;
  return (nodeClaim.status.lastPodEventTimeMs ?? initialized.lastTransitionTimeMs) + consolidateAfter;
}

/** Sets or clears the Consolidatable condition (v1.14.1, disruption.md §9.2). Static NodePools never get it. */
export function updateConsolidatable(nodePool: NodePool, nodeClaim: NodeClaim, nowMs: number): ConditionStep {
  if (nodePool.replicas !== undefined) return { nodeClaim };
  const dueMs = consolidatableAt(nodePool, nodeClaim);
  if (dueMs === undefined) return { nodeClaim: withoutCondition(nodeClaim, 'Consolidatable') };
  if (nowMs < dueMs) return { nodeClaim: withoutCondition(nodeClaim, 'Consolidatable'), recheckAtMs: dueMs };
  if (hasCondition(nodeClaim, 'Consolidatable')) return { nodeClaim };
  return { nodeClaim: withCondition(nodeClaim, { type: 'Consolidatable', status: 'True' }, nowMs, 'status-change') };
}
