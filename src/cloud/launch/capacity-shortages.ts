import { selectsPool, type CapacityPool, type PoolSelector } from './pool.js';

/** Pools that have no capacity, whatever Karpenter believes: it learns it from a failed launch only. */
export class CapacityShortages {
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
