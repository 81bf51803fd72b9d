/** EC2 bills Linux instances by the second, at least a minute (aws.md §18). */
const MINIMUM_BILLED_MS = 60_000;
const MS_PER_SECOND = 1000;
const SECONDS_PER_HOUR = 3600;
const NANO_PER_DOLLAR = 1e9;

/** Price in integer nano-dollars an hour of a price in dollars an hour. */
export function nanoDollarsPerHour(pricePerHour: number): number {
  return Math.round(pricePerHour * NANO_PER_DOLLAR);
}

/**
 * Seconds that EC2 charges for an instance: started seconds counted whole, 60 at least. The second or two of `pending`
 * after the launch call, which are free, are not told apart.
 * @param launchedMs time of the launch call's answer
 * @param stoppedMs time of the terminate call or reclaim
 */
export function billedSeconds(launchedMs: number, stoppedMs: number): number {
  return Math.ceil(Math.max(stoppedMs - launchedMs, MINIMUM_BILLED_MS) / MS_PER_SECOND);
}

/** Charge in integer nano-dollars for a number of seconds. Whole hours are exact, so no run is too long for doubles. */
export function chargeNanoDollars(nanoPerHour: number, seconds: number): number {
  const hours = Math.floor(seconds / SECONDS_PER_HOUR);
  const rest = seconds - hours * SECONDS_PER_HOUR;
  return nanoPerHour * hours + Math.round((nanoPerHour * rest) / SECONDS_PER_HOUR);
}

const FREE_MS = 3_600_000;

/**
 * Whether an instance costs nothing: spot that EC2 itself took back in the instance's first hour (EC2 user guide, billing for
 * interrupted spot instances). One that Karpenter terminated after the warning was ended by its user and is charged.
 */
export function isFreeFirstHour(capacityType: string, reclaimed: boolean, fromMs: number, toMs: number): boolean {
  return capacityType === 'spot' && reclaimed && toMs - fromMs < FREE_MS;
}
