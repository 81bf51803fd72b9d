const INITIAL_MS = 5 * 60_000;
const LONGEST_MS = 30 * 60_000;
const RESET_AFTER_MS = 3 * 3_600_000;

interface Backoff {
  readonly durationMs: number;
  readonly untilMs: number;
  readonly failedMs: number;
}

/**
 * Groups that failed to grow and are left alone for a while: 5 minutes, doubled with each failure to 30, forgotten after 3 hours
 * without one (kubernetes.md §7.6). Several nodes that fail together are one failure.
 */
export class NodeGroupBackoff {
  readonly #backoffs = new Map<string, Backoff>();

  /** A launch in the group failed. Returns until when the group is left alone, ms. */
  failed(group: string, nowMs: number): number {
    const known = this.#backoffs.get(group);
    if (known !== undefined && nowMs < known.untilMs) return known.untilMs;
    const remembered = known !== undefined && nowMs - known.failedMs < RESET_AFTER_MS;
    const durationMs = remembered ? Math.min(LONGEST_MS, known.durationMs * 2) : INITIAL_MS;
    const untilMs = nowMs + durationMs;
    this.#backoffs.set(group, { durationMs, untilMs, failedMs: nowMs });
    return untilMs;
  }

  isBackedOff(group: string, nowMs: number): boolean {
    return nowMs < (this.#backoffs.get(group)?.untilMs ?? 0);
  }
}
