/** EC2 bills Linux instances by the second, at least a minute (aws.md §18). */
const MINIMUM_BILLED_MS = 60_000;
const MS_PER_SECOND = 1000;
const SECONDS_PER_HOUR = 3600;
const NANO_PER_DOLLAR = 1e9;

/** From the answer of the launch call to `running`, when billing begins. `pending` is free. */
const PENDING_MS = 1000;

/** Price in integer nano-dollars an hour of a price in dollars an hour. */
export function nanoDollarsPerHour(pricePerHour: number): number {
  return Math.round(pricePerHour * NANO_PER_DOLLAR);
}

/**
 * Seconds that EC2 charges for an instance: from running until TerminateInstances or the reclaim, started seconds counted
 * whole, 60 at least. An instance that is terminated while still pending costs nothing.
 * @param launchedMs time of the launch call's answer
 * @param stoppedMs time of the terminate call or reclaim
 */
export function billedSeconds(launchedMs: number, stoppedMs: number): number {
  const runningMs = stoppedMs - launchedMs - PENDING_MS;
  if (runningMs <= 0) return 0;
  return Math.ceil(Math.max(runningMs, MINIMUM_BILLED_MS) / MS_PER_SECOND);
}

/** Charge in integer nano-dollars for a number of seconds. Whole hours are exact, so no run is too long for doubles. */
export function chargeNanoDollars(nanoPerHour: number, seconds: number): number {
  const hours = Math.floor(seconds / SECONDS_PER_HOUR);
  const rest = seconds - hours * SECONDS_PER_HOUR;
  return nanoPerHour * hours + Math.round((nanoPerHour * rest) / SECONDS_PER_HOUR);
}
