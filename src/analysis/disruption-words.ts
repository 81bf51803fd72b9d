import type { DeletionCause } from '../simulation/event-log.js';

/**
 * Reasons for which a node is disrupted, in the words of Karpenter's v1 API (`Underutilized`, `Empty`, `Drifted`) and of its
 * status conditions. These stand in every summary, 0 included.
 */
export const DISRUPTION_REASONS = ['Underutilized', 'Empty', 'Drifted', 'Expired', 'Interrupted'] as const;

/** v0.32.0 names the method instead of the reason; one vocabulary lets two versions be compared. */
const REASON_OF_METHOD: Readonly<Record<string, string>> = {
  consolidation: 'Underutilized',
  emptiness: 'Empty',
  drift: 'Drifted',
  expiration: 'Expired',
};

/** Causes that end a pod but no NodeClaim are missing; whatever else deletes a NodeClaim is a user's `kubectl delete`. */
const REASON_OF_CAUSE: Partial<Record<DeletionCause, string>> = {
  expiration: 'Expired',
  interruption: 'Interrupted',
  termination: 'Terminated',
  liveness: 'Liveness',
  'insufficient-capacity': 'InsufficientCapacity',
  'nodeclass-not-ready': 'NodeClassNotReady',
  'garbage-collection': 'GarbageCollected',
  'node-failure': 'NodeFailed',
  unhealthy: 'Unhealthy',
  'scale-down': 'ScaleDown',
  'never-joined': 'NeverJoined',
  rebalance: 'Rebalanced',
};

/** The reason of a disruption command in the v1 API's words, whichever version wrote it. */
export function commandReasonWord(reason: string): string {
  return REASON_OF_METHOD[reason] ?? reason;
}

/** Why a NodeClaim was deleted, given the reason of the command that held its node, if one did. */
export function deletionReasonWord(by: DeletionCause, commandReason: string | undefined): string {
  if (by === 'disruption') return commandReason ?? 'Disrupted';
  return REASON_OF_CAUSE[by] ?? 'Deleted';
}
