import type { Node } from '../../kubernetes/node.js';
import type { NodeClaim } from '../nodeclaim.js';
import { findCondition, hasCondition } from './conditions.js';
import type { LifecycleProfile } from './lifecycle-profile.js';

/** Karpenter compares its NodeClaims with the cloud's instances this often, ms. */
export const GARBAGE_COLLECTION_MS = 120_000;

/** v0.32.0 does not trust the cloud's list about instances younger than this. */
const MIN_AGE_MS = 10_000;

/**
 * Whether a NodeClaim whose instance is missing from the cloud's list is deleted (disruption.md §1.13). v1.14.1 waits until
 * its Node is not Ready, in case the list is wrong.
 */
export function isGarbage(
  nodeClaim: NodeClaim,
  node: Node | undefined,
  nowMs: number,
  profile: LifecycleProfile,
): boolean {
  if (nodeClaim.metadata.deletionTimeMs !== undefined) return false;
  if (profile.version === 'v0.32.0') {
    const launched = findCondition(nodeClaim.status.conditions, 'Launched');
    return launched?.status === 'True' && nowMs - launched.lastTransitionTimeMs > MIN_AGE_MS;
  }
  return hasCondition(nodeClaim, 'Registered') && (node === undefined || !isReady(node));
}

/** Whether the Node reports Ready. */
export function isReady({ status }: Node): boolean {
  return status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}
