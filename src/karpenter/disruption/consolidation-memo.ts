/** State older than this is taken for changed, so that prices and outages are noticed some time. */
const REFRESH_MS = 5 * 60_000;

/**
 * What consolidation remembers so that it does not look at an unchanged cluster twice (disruption.md §4.1): one mark of
 * the cluster's last change, and for each method the mark at which it last found nothing. Marks are counted rather than
 * timed, so a change within the very instant of a look is not lost.
 */
export class ConsolidationMemo {
  #mark = 0;
  #markedAtMs = -Infinity;
  readonly #seen = new Map<string, number>();

  /** The cluster changed: a pod was deleted or newly bound, a node appeared, went, initialized or began to go, a NodePool changed. */
  markUnconsolidated(nowMs: number): void {
    this.#mark++;
    this.#markedAtMs = nowMs;
  }

  /** True when nothing has changed since the method last found nothing. Reading old state refreshes it. */
  isConsolidated(method: string, nowMs: number): boolean {
    return this.#seen.get(method) === this.#read(nowMs);
  }

  /** What {@link isConsolidated} would answer, without refreshing anything: for skipping work, not for deciding. */
  isKnownConsolidated(method: string, nowMs: number): boolean {
    return nowMs - this.#markedAtMs < REFRESH_MS && this.#seen.get(method) === this.#mark;
  }

  /** The method found nothing to do. */
  markConsolidated(method: string, nowMs: number): void {
    this.#seen.set(method, this.#read(nowMs));
  }

  #read(nowMs: number): number {
    if (nowMs - this.#markedAtMs >= REFRESH_MS) this.markUnconsolidated(nowMs);
    return this.#mark;
  }
}
