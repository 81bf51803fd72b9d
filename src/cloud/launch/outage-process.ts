import type { RandomStream } from '../../kernel/random-streams.js';

/** A time without capacity. */
export interface Outage {
  /** Since the start of the run. */
  readonly atMs: number;
  readonly outageMs: number;
}

/**
 * Outages of one pool in order, a Poisson process with exponential durations, drawn as far as anyone has asked. Times are drawn
 * in units of the rate, so that another rate moves them without a new draw.
 */
export class OutageProcess {
  readonly #outages: (Outage & { readonly emptyUntilMs: number })[] = [];
  #units = 0;

  /** @param stream the pool's own */
  constructor(
    private readonly stream: RandomStream,
    private readonly ratePerMs: number,
    private readonly meanOutageMs: number,
  ) {}

  /** The first outage that begins after a time. */
  firstAfter(afterMs: number): Outage {
    return this.#outages[this.#indexAfter(afterMs)] ?? this.#draw();
  }

  /** Whether one has begun and not ended. */
  isEmptyAt(timeMs: number): boolean {
    const last = this.#outages[this.#indexAfter(timeMs) - 1];
    return last !== undefined && timeMs < last.emptyUntilMs;
  }

  /** Index of the first outage after a time; all before it are drawn. */
  #indexAfter(timeMs: number): number {
    while ((this.#outages.at(-1)?.atMs ?? -1) <= timeMs) this.#draw();
    let low = 0;
    let high = this.#outages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#outages[middle]?.atMs ?? Infinity) > timeMs) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #draw(): Outage {
    this.#units += this.stream.exponential(1);
    const atMs = Math.round(this.#units / this.ratePerMs);
    const outageMs = Math.round(this.stream.exponential(this.meanOutageMs));
    const emptyUntilMs = Math.max(atMs + outageMs, this.#outages.at(-1)?.emptyUntilMs ?? 0);
    const outage = { atMs, outageMs, emptyUntilMs };
    this.#outages.push(outage);
    return outage;
  }
}
