import type { Taint } from '../../kubernetes/taints.js';
import type { KarpenterVersion } from '../settings.js';
import type { ConditionClock } from './conditions.js';
import { DISRUPTED_TAINT, DISRUPTION_TAINT, isEphemeralTaintV0, isEphemeralTaintV1 } from './markers.js';

/** What differs between the versions in a NodeClaim's life; the timing constants of disruption.md §1.2 among it. */
export interface LifecycleProfile {
  readonly version: KarpenterVersion;
  readonly conditionClock: ConditionClock;
  /** Launched, Registered and Initialized exist from creation with status Unknown; else they are absent at first. */
  readonly conditionsFromCreation: boolean;
  /** Status of a lifecycle condition that is not true yet. */
  readonly waitingStatus: 'False' | 'Unknown';
  /** Labels of single-valued requirements are put on the NodeClaim at launch; v1.14.1 resolves them before creation. */
  readonly labelsFromRequirements: boolean;
  /** From creation; undefined: a NodeClaim may try to launch until the registration timeout. */
  readonly launchTimeoutMs: number | undefined;
  /** Since the Registered condition last changed, as the condition clock has it. */
  readonly registrationTimeoutMs: number;
  /** NodeClaims are deleted outright when `expireAfter` has passed; else they are only marked Expired. */
  readonly forcefulExpiration: boolean;
  /** Pause of the lifecycle controller after it wrote a status. */
  readonly pauseAfterPatchMs: number;
  /** Pause of the expiration controller after each deletion: it has one worker. */
  readonly expirationPauseMs: number;
  /** A NodeClaim whose NodeClass is not ready is deleted at launch; else the launch is retried. */
  readonly deletesWhenNodeClassNotReady: boolean;
  /** Backoff of a launch that failed for another reason than capacity. */
  readonly launchBackoffMs: { readonly first: number; readonly max: number };
  /** Taint on a node that is going away. */
  readonly disruptedTaint: Taint;
  readonly isEphemeralTaint: (taint: Taint) => boolean;
  /** Drifted is evaluated again after this time even if nothing happened. */
  readonly driftRecheckMs: number;
  readonly termination: {
    readonly drainPollMs: number;
    /** Since Drained became Unknown; 0: none. */
    readonly minDrainMs: number;
    /** Undefined: volumes are not waited for. */
    readonly volumePollMs: number | undefined;
    /** Undefined: the instance is not waited for, the Node object goes as soon as termination was requested. */
    readonly instancePollMs: number | undefined;
    /** A group of pods is done when all of them are gone; else when all are at least terminating. */
    readonly groupsWaitUntilGone: boolean;
    /** Pods with an active do-not-disrupt are not evicted, the drain waits for them. */
    readonly sparesDoNotDisruptPods: boolean;
    /** Evictions go one after another; else in parallel. */
    readonly sequentialEvictions: boolean;
  };
  /** Backoff of a refused eviction, per pod. */
  readonly evictionBackoffMs: { readonly first: number; readonly max: number };
}

const MINUTE_MS = 60_000;

export const LIFECYCLE_V1: LifecycleProfile = {
  version: 'v1.14.1',
  conditionClock: 'status-change',
  conditionsFromCreation: true,
  waitingStatus: 'Unknown',
  labelsFromRequirements: false,
  launchTimeoutMs: 5 * MINUTE_MS,
  registrationTimeoutMs: 15 * MINUTE_MS,
  forcefulExpiration: true,
  pauseAfterPatchMs: 1000,
  expirationPauseMs: 1000,
  deletesWhenNodeClassNotReady: true,
  launchBackoffMs: { first: 1000, max: MINUTE_MS },
  disruptedTaint: DISRUPTED_TAINT,
  isEphemeralTaint: isEphemeralTaintV1,
  driftRecheckMs: 5 * MINUTE_MS,
  termination: {
    drainPollMs: 1000,
    minDrainMs: 5000,
    volumePollMs: 1000,
    instancePollMs: 5000,
    groupsWaitUntilGone: true,
    sparesDoNotDisruptPods: true,
    sequentialEvictions: false,
  },
  evictionBackoffMs: { first: 100, max: 10_000 },
};

export const LIFECYCLE_V0: LifecycleProfile = {
  version: 'v0.32.0',
  conditionClock: 'any-change',
  conditionsFromCreation: false,
  waitingStatus: 'False',
  labelsFromRequirements: true,
  launchTimeoutMs: undefined,
  registrationTimeoutMs: 15 * MINUTE_MS,
  forcefulExpiration: false,
  pauseAfterPatchMs: 1000,
  expirationPauseMs: 0,
  deletesWhenNodeClassNotReady: false,
  launchBackoffMs: { first: 1000, max: MINUTE_MS },
  disruptedTaint: DISRUPTION_TAINT,
  isEphemeralTaint: isEphemeralTaintV0,
  driftRecheckMs: 5 * MINUTE_MS,
  termination: {
    drainPollMs: 1000,
    minDrainMs: 0,
    volumePollMs: undefined,
    instancePollMs: undefined,
    groupsWaitUntilGone: false,
    sparesDoNotDisruptPods: false,
    sequentialEvictions: true,
  },
  evictionBackoffMs: { first: 100, max: 10_000 },
};

/** The lifecycle's rules of a version. */
export function lifecycleProfile(version: KarpenterVersion): LifecycleProfile {
  return version === 'v0.32.0' ? LIFECYCLE_V0 : LIFECYCLE_V1;
}
