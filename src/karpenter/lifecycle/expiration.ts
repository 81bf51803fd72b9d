import type { Node } from '../../kubernetes/node.js';
import type { NodeClaim } from '../nodeclaim.js';
import type { NodePool } from '../nodepool.js';
import { withCondition, withoutCondition, type ConditionStep } from './conditions.js';

/**
 * When v1.14.1 deletes the NodeClaim for its age, whatever its node is doing; undefined for `Never` (disruption.md
 * §1.8). The duration is the NodeClaim's own, frozen at creation.
 */
export function expiresAt(nodeClaim: NodeClaim): number | undefined {
  const { expireAfter } = nodeClaim.spec;
  return expireAfter === 'Never' ? undefined : nodeClaim.metadata.creationTimeMs + expireAfter;
}

/**
 * Sets or clears v0.32.0's Expired condition, a mark for the graceful method (disruption.md §1.8). The duration is read
 * live from the NodePool; the older of node and NodeClaim counts.
 *
 * @param node the single node of the NodeClaim; undefined when there is none or several.
 */
export function updateExpired(
  nodePool: NodePool,
  nodeClaim: NodeClaim,
  node: Node | undefined,
  nowMs: number,
): ConditionStep {
  const { expireAfter } = nodePool.disruption;
  if (expireAfter === undefined || expireAfter === 'Never')
    return { nodeClaim: withoutCondition(nodeClaim, 'Expired') };
  const bornMs = Math.min(nodeClaim.metadata.creationTimeMs, node?.metadata.creationTimeMs ?? Infinity);
  const dueMs = bornMs + expireAfter;
  if (nowMs < dueMs) return { nodeClaim: withoutCondition(nodeClaim, 'Expired'), recheckAtMs: dueMs };
  return { nodeClaim: withCondition(nodeClaim, { type: 'Expired', status: 'True' }, nowMs, 'any-change') };
}
