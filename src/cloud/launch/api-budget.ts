/** Rate of a kind of API call, calls a second, and how many may come at once (aws.md §11). */
export interface ApiRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** CreateFleet and the other calls that change something. */
export const MUTATING_CALLS: ApiRate = { perSecond: 5, burst: 50 };

/** A token bucket: EC2 refuses calls beyond it with RequestLimitExceeded. */
export class ApiBudget {
  /** In thousandths, so that times in whole milliseconds add up exactly. */
  #milliTokens: number;
  #filledMs = 0;

  constructor(private readonly rate: ApiRate) {
    this.#milliTokens = rate.burst * 1000;
  }

  /** Takes a call if there is room for it. Times must not go back. */
  take(nowMs: number): boolean {
    const { burst, perSecond } = this.rate;
    this.#milliTokens = Math.min(burst * 1000, this.#milliTokens + (nowMs - this.#filledMs) * perSecond);
    this.#filledMs = nowMs;
    if (this.#milliTokens < 1000) return false;
    this.#milliTokens -= 1000;
    return true;
  }
}
