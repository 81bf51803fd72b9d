import type { InterruptionKind } from './interruption-message.js';
import type { StatusFinding } from './instance-status.js';

/** What Karpenter v1.14.1 does about an interruption of a NodeClaim's instance (aws.md §15). */
export interface InterruptionReaction {
  /** Reason of the event on NodeClaim and node. */
  readonly event: string;
  /** Deletes the NodeClaim, unless it is being deleted: only then is the event of the termination published. */
  readonly deletes: boolean;
  /** The termination time becomes now: pods are not drained, but deleted. */
  readonly forceful: boolean;
  /** Hides the spot offering of type and zone, whatever the capacity type of the NodeClaim. */
  readonly marksSpot: boolean;
  /** The instance's reservation is taken to have nothing left. */
  readonly emptiesReservation: boolean;
}

/** Reason of the second event, when the NodeClaim is deleted. */
export const TERMINATION_EVENT = 'TerminatingOnInterruption';

const DELETE = { deletes: true, forceful: false, marksSpot: false, emptiesReservation: false } as const;

const REACTIONS: Readonly<Record<InterruptionKind | StatusFinding, InterruptionReaction>> = {
  'spot-interrupted': { ...DELETE, event: 'SpotInterrupted', marksSpot: true },
  'rebalance-recommendation': { ...DELETE, event: 'SpotRebalanceRecommendation', deletes: false },
  'scheduled-change': { ...DELETE, event: 'InstanceUnhealthy' },
  'instance-stopped': { ...DELETE, event: 'InstanceStopping' },
  'instance-terminated': { ...DELETE, event: 'InstanceTerminating' },
  'capacity-reservation-interrupted': {
    ...DELETE,
    event: 'CapacityReservationInstanceInterrupted',
    emptiesReservation: true,
  },
  'instance-status': { ...DELETE, event: 'InstanceUnhealthy', forceful: true },
  'system-status': { ...DELETE, event: 'InstanceUnhealthy', forceful: true },
  'event-status': { ...DELETE, event: 'InstanceUnhealthy' },
};

export function interruptionReaction(kind: InterruptionKind | StatusFinding): InterruptionReaction {
  return REACTIONS[kind];
}
