/** `CrashLoopBackOff`: the delay of the second restart; it doubles with each one after (kubernetes.md §2.5). */
const FIRST_BACKOFF_MS = 10_000;
const MAX_BACKOFF_MS = 300_000;
/** A container that has run longer than this starts over. */
const FORGIVEN_AFTER_MS = 2 * MAX_BACKOFF_MS;

/** What the kubelet remembers of a container that ended before. Times in ms on one clock. */
export interface CrashHistory {
  /** Delay of the next restart. */
  readonly backoffMs: number;
  readonly restartedMs: number;
}

/** The first restart comes at once, the next ones after 10 s, 20 s, 40 s and so on up to five minutes. */
export function restartDelay(
  history: CrashHistory | undefined,
  diedMs: number,
): { readonly delayMs: number; readonly history: CrashHistory } {
  const forgiven = history === undefined || diedMs - history.restartedMs > FORGIVEN_AFTER_MS;
  if (forgiven) return { delayMs: 0, history: { backoffMs: FIRST_BACKOFF_MS, restartedMs: diedMs } };
  const { backoffMs } = history;
  const next = { backoffMs: Math.min(2 * backoffMs, MAX_BACKOFF_MS), restartedMs: diedMs + backoffMs };
  return { delayMs: backoffMs, history: next };
}
