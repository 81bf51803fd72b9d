import { selectsPool, type CapacityPool, type PoolCapacity, type PoolSelector } from './pool.js';

/** Shortages written into a scenario. Karpenter learns of them from a failed launch only. */
export class CapacityShortages implements PoolCapacity {
  readonly #shortages: { readonly selector: PoolSelector; readonly fromMs: number; readonly untilMs: number }[] = [];

  /** Takes pools out of capacity from a time (included) to another (excluded). */
  add(selector: PoolSelector, fromMs: number, untilMs: number): void {
    this.#shortages.push({ selector, fromMs, untilMs });
  }

  isExhausted(pool: CapacityPool, nowMs: number): boolean {
    return this.#shortages.some(
      ({ selector, fromMs, untilMs }) => nowMs >= fromMs && nowMs < untilMs && selectsPool(selector, pool),
    );
  }
}
