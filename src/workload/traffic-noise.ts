import type { RandomStream } from '../kernel/random-streams.js';

const STEP_MS = 60_000;
/** Correlation of one minute with the next (kubernetes.md §9.1). */
const PHI = 0.9;

/**
 * Minute-to-minute noise of a request rate: a log-scale AR(1) with mean 1. Minutes are drawn in order, whenever first
 * asked for, so that the value at a time does not depend on the questions asked before.
 */
export class TrafficNoise {
  readonly #sigma: number;
  readonly #stream: RandomStream;
  readonly #factors: number[] = [];
  #state = 0;

  constructor(sigma: number, stream: RandomStream) {
    this.#sigma = sigma;
    this.#stream = stream;
  }

  /** Factor at `timeMs` since the start of the run. */
  at(timeMs: number): number {
    if (this.#sigma === 0) return 1;
    const minute = Math.max(0, Math.floor(timeMs / STEP_MS));
    while (this.#factors.length <= minute) this.#draw();
    return this.#factors[minute] ?? 1;
  }

  #draw(): void {
    const shock = this.#sigma * this.#stream.normal();
    // The first value comes from the stationary distribution: there is no quiet beginning.
    const first = this.#factors.length === 0;
    this.#state = first ? shock : PHI * this.#state + Math.sqrt(1 - PHI * PHI) * shock;
    this.#factors.push(Math.exp(this.#state - (this.#sigma * this.#sigma) / 2));
  }
}
