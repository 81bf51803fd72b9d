import type { SchedulingProfile } from '../scheduling/scheduling-profile.js';
import type { KarpenterVersion } from '../settings.js';
import { SCHEDULING_V0 } from './scheduling-v0-32-0.js';
import { SCHEDULING_V1 } from './scheduling-v1-14-1.js';

/** How a version of Karpenter schedules. */
export function schedulingProfile(version: KarpenterVersion): SchedulingProfile {
  return version === 'v0.32.0' ? SCHEDULING_V0 : SCHEDULING_V1;
}
