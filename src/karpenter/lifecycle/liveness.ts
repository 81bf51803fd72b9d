import type { NodeClaim } from '../nodeclaim.js';
import { findCondition, hasCondition } from './conditions.js';
import type { LifecycleProfile } from './lifecycle-profile.js';

/** What the liveness check says: give the NodeClaim up now, or look again later. */
export type Liveness =
  | { readonly kind: 'alive' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'timeout'; readonly reason: 'launch_timeout' | 'registration_timeout' | 'liveness' };

const ALIVE: Liveness = { kind: 'alive' };

/**
 * Whether a NodeClaim that is not registered has run out of time (disruption.md §1.7). v1.14.1 counts launch and
 * registration from creation; v0.32.0 counts registration from the last change of the Registered condition's reason,
 * so a launch restarts it.
 */
export function liveness(nodeClaim: NodeClaim, nowMs: number, profile: LifecycleProfile): Liveness {
  if (hasCondition(nodeClaim, 'Registered')) return ALIVE;
  const { conditions } = nodeClaim.status;
  const launched = findCondition(conditions, 'Launched');
  if (profile.launchTimeoutMs !== undefined && launched !== undefined && launched.status !== 'True') {
    const dueMs = launched.lastTransitionTimeMs + profile.launchTimeoutMs;
    return nowMs >= dueMs ? { kind: 'timeout', reason: 'launch_timeout' } : { kind: 'wait', untilMs: dueMs };
  }
  const registered = findCondition(conditions, 'Registered');
  if (registered === undefined) return ALIVE;
  const dueMs = registered.lastTransitionTimeMs + profile.registrationTimeoutMs;
  if (nowMs < dueMs) return { kind: 'wait', untilMs: dueMs };
  return { kind: 'timeout', reason: profile.launchTimeoutMs === undefined ? 'liveness' : 'registration_timeout' };
}
