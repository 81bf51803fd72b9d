/** What a step function was over a run: extremes of the values it held for some time, time-weighted mean, last value. */
export interface StepStatistics {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly end: number;
}

/**
 * A quantity that changes in steps over virtual time, starting at 0 at time 0. Changes must arrive in time order.
 *
 * Several changes at one instant count as one: a value that stood for no time at all is neither a minimum nor a maximum.
 * Keep the quantity in integers (nodes, milli-CPU, nano-dollars) so that adding and taking away leaves no residue.
 */
export class StepFunction {
  #value = 0;
  #sinceMs = 0;
  #integral = 0;
  #min = Infinity;
  #max = -Infinity;

  /** The value now. */
  get current(): number {
    return this.#value;
  }

  add(timeMs: number, change: number): void {
    this.#advance(timeMs);
    this.#value += change;
  }

  /** Closes the function at the end of the run. */
  statistics(endMs: number): StepStatistics {
    this.#advance(endMs);
    if (endMs === 0) return { min: this.#value, mean: this.#value, max: this.#value, end: this.#value };
    return { min: this.#min, mean: this.#integral / endMs, max: this.#max, end: this.#value };
  }

  #advance(timeMs: number): void {
    if (timeMs <= this.#sinceMs) return;
    this.#integral += this.#value * (timeMs - this.#sinceMs);
    this.#sinceMs = timeMs;
    if (this.#value < this.#min) this.#min = this.#value;
    if (this.#value > this.#max) this.#max = this.#value;
  }
}
