import type { KarpenterVersion } from '../settings.js';

/** Durations of a batch window, ms. */
export interface BatchDurations {
  readonly batchIdleMs: number;
  readonly batchMaxMs: number;
}

/** A window that has closed. */
export interface ClosedBatch {
  readonly openedAtMs: number;
  readonly by: 'idle' | 'max';
}

/** While nobody triggers, the elements seen so far are forgotten at this interval (BAT-2). */
const WAIT_MS = 1000;

/**
 * Karpenter's batch window (scheduling.md §3): opens with the first trigger, closes after an idle time without a new one
 * or when it has been open for the longest time. It has no clock; its owner tells it the time and asks when to look again.
 *
 * A pass takes no simulated time, so the next trigger after a closed window always opens a new one (BAT-3).
 */
export class Batcher {
  readonly #durations: BatchDurations;
  /** v0.32.0 lets every trigger extend the window, v1 only elements that it has not seen (D44). */
  readonly #everyTriggerCounts: boolean;
  readonly #seen = new Set<string>();
  #waitingSinceMs: number;
  #openedAtMs: number | undefined;
  #lastTriggerMs = 0;

  /** @param startMs - When the batcher begins to wait; its waits are counted from here. */
  constructor(durations: BatchDurations, version: KarpenterVersion, startMs: number) {
    this.#durations = durations;
    this.#everyTriggerCounts = version === 'v0.32.0';
    this.#waitingSinceMs = startMs;
  }

  /** A pod or node (by UID) wants a pass. */
  trigger(element: string, nowMs: number): void {
    if (this.#openedAtMs === undefined) this.#forgetOld(nowMs);
    if (this.#seen.has(element) && !this.#everyTriggerCounts) return;
    this.#seen.add(element);
    this.#openedAtMs ??= nowMs;
    this.#lastTriggerMs = nowMs;
  }

  /** When the open window opened; undefined while none is open. */
  openedAtMs(): number | undefined {
    return this.#openedAtMs;
  }

  /** When the open window closes unless a new trigger comes; undefined while none is open. */
  closesAtMs(): number | undefined {
    if (this.#openedAtMs === undefined) return undefined;
    return Math.min(this.#openedAtMs + this.#durations.batchMaxMs, this.#lastTriggerMs + this.#durations.batchIdleMs);
  }

  /** Closes the window if it is due; undefined if it is not. */
  close(nowMs: number): ClosedBatch | undefined {
    const dueMs = this.closesAtMs();
    const openedAtMs = this.#openedAtMs;
    if (dueMs === undefined || openedAtMs === undefined || nowMs < dueMs) return undefined;
    this.#openedAtMs = undefined;
    this.#seen.clear();
    this.#waitingSinceMs = nowMs;
    return { openedAtMs, by: dueMs === openedAtMs + this.#durations.batchMaxMs ? 'max' : 'idle' };
  }

  #forgetOld(nowMs: number): void {
    const waits = Math.floor((nowMs - this.#waitingSinceMs) / WAIT_MS);
    if (waits === 0) return;
    this.#waitingSinceMs += waits * WAIT_MS;
    this.#seen.clear();
  }
}
