/** What the first success of a readiness probe depends on. Times in ms on one clock. */
export interface ReadinessTiming {
  /** When the container started. */
  readonly startedMs: number;
  /** How long the application then takes until it can answer. */
  readonly bootMs: number;
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  /** First tick of the probe's worker; it ticks every period from then on. */
  readonly firstTickMs: number;
}

/**
 * The tick at which the probe first succeeds: ticks before the initial delay are skipped, those before the application
 * has booted fail (kubernetes.md §2.5).
 */
export function firstReadyTickMs(timing: ReadinessTiming): number {
  const { startedMs, bootMs, initialDelaySeconds, periodSeconds, firstTickMs } = timing;
  const earliest = startedMs + Math.max(initialDelaySeconds * 1000, bootMs);
  const periodMs = Math.max(1, periodSeconds) * 1000;
  return firstTickMs + Math.max(0, Math.ceil((earliest - firstTickMs) / periodMs)) * periodMs;
}
