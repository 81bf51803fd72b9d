import type { InterruptionBucket } from '../prices/spot-advisor.js';

const HOURS_PER_MONTH = 720;

/** Share of instances taken to be reclaimed within 30 days: the middle of each bucket, 25 % for the open one (aws.md §20.2). */
const MONTHLY_SHARE: Readonly<Record<InterruptionBucket, number>> = { 0: 0.025, 1: 0.075, 2: 0.125, 3: 0.175, 4: 0.25 };

/**
 * Reclaims an hour of a running spot instance: the constant hazard under which that share is gone after 30 days. Observed
 * rates differ from it tenfold both ways, hence the multiplier (1 is the advisor read literally, 10 a stress).
 */
export function hazardPerHour(bucket: InterruptionBucket, multiplier: number): number {
  return (-Math.log1p(-MONTHLY_SHARE[bucket]) / HOURS_PER_MONTH) * multiplier;
}
