import type { Survival } from './response-time.js';

/**
 * Half a millisecond to two minutes: half an octave apart where times are exponential, a sixteenth above a quarter of a second,
 * where a backlog makes everybody wait about the same time.
 */
const BOUNDS: readonly number[] = [
  ...Array.from({ length: 18 }, (_, i) => 0.25 * 2 ** ((i - 18) / 2)),
  ...Array.from({ length: 145 }, (_, i) => 0.25 * 2 ** (i / 16)),
];
/** What is rarer than this adds nothing to a 99th percentile. */
const NEGLIGIBLE = 1e-5;

/** Quantiles of response times, seconds. */
export interface LatencyQuantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/**
 * Distribution of response times over many requests: how many took longer than each of a row of bounds. Between two bounds the
 * logarithm of the survival function is taken as linear, which is exact for exponential tails, and such all queues have.
 */
export class LatencyDistribution {
  readonly #slower = new Float64Array(BOUNDS.length);
  #count = 0;
  /** Of the distribution added last: shares that take longer than the bounds, before they are negligible. */
  readonly #last: { survival: Survival | undefined; bounds: number; readonly slower: Float64Array } = {
    survival: undefined,
    bounds: 0,
    slower: new Float64Array(BOUNDS.length),
  };

  /** Requests in it. */
  get count(): number {
    return this.#count;
  }

  /** Adds requests of one distribution; it costs least to add more of the same one. */
  add(requests: number, survival: Survival): void {
    if (requests <= 0) return;
    this.#count += requests;
    const sums = this.#slower;
    const last = this.#last;
    const known = survival === last.survival ? last.bounds : 0;
    for (let i = 0; i < known; i++) sums[i] = (sums[i] ?? 0) + requests * (last.slower[i] ?? 0);
    if (known > 0) return;
    let i = 0;
    for (; i < BOUNDS.length; i++) {
      const slower = survival.at(BOUNDS[i] ?? 0);
      if (slower < NEGLIGIBLE) break;
      last.slower[i] = slower;
      sums[i] = (sums[i] ?? 0) + requests * slower;
    }
    last.survival = survival;
    last.bounds = i;
  }

  /** Adds the requests of another distribution. */
  merge(other: LatencyDistribution): void {
    this.#count += other.#count;
    for (let i = 0; i < BOUNDS.length; i++) this.#slower[i] = (this.#slower[i] ?? 0) + (other.#slower[i] ?? 0);
  }

  clear(): void {
    this.#slower.fill(0);
    this.#count = 0;
  }

  /** Median, 90th and 99th percentile; undefined without requests. */
  quantiles(): LatencyQuantiles | undefined {
    if (this.#count === 0) return undefined;
    return { p50: this.#exceededBy(0.5), p90: this.#exceededBy(0.1), p99: this.#exceededBy(0.01) };
  }

  /** Response time that this share of the requests exceeds. */
  #exceededBy(share: number): number {
    const target = share * this.#count;
    let above = 0;
    while (above < BOUNDS.length - 1 && (this.#slower[above] ?? 0) > target) above++;
    const right = BOUNDS[above] ?? 0;
    const left = above === 0 ? 0 : (BOUNDS[above - 1] ?? 0);
    const atLeft = above === 0 ? this.#count : (this.#slower[above - 1] ?? 0);
    const atRight = Math.max(this.#slower[above] ?? 0, 1e-9);
    if (atRight >= atLeft) return right;
    const part = Math.log(atLeft / target) / Math.log(atLeft / atRight);
    return left + Math.min(1, part) * (right - left);
  }
}

/** The distribution of which three quantiles are known; log-linear between and beyond them. */
export function survivalOf({ p50, p90, p99 }: LatencyQuantiles): Survival {
  return new KnownQuantiles(new Tail(0, 1, p50, 0.5), new Tail(p50, 0.5, p90, 0.1), new Tail(p90, 0.1, p99, 0.01));
}

class KnownQuantiles implements Survival {
  readonly #toP50: Tail;
  readonly #toP90: Tail;
  readonly #toP99: Tail;

  constructor(toP50: Tail, toP90: Tail, toP99: Tail) {
    this.#toP50 = toP50;
    this.#toP90 = toP90;
    this.#toP99 = toP99;
  }

  at(seconds: number): number {
    if (seconds <= this.#toP50.to) return this.#toP50.at(seconds);
    return seconds <= this.#toP90.to ? this.#toP90.at(seconds) : this.#toP99.at(seconds);
  }
}

/** The exponential through two points; a step down where they lie at the same time. */
class Tail implements Survival {
  readonly to: number;
  readonly #from: number;
  readonly #survived: number;
  readonly #left: number;
  readonly #decay: number | undefined;

  constructor(from: number, survived: number, to: number, left: number) {
    this.to = to;
    this.#from = from;
    this.#survived = survived;
    this.#left = left;
    this.#decay = to === from ? undefined : Math.log(left / survived) / (to - from);
  }

  at(seconds: number): number {
    const decay = this.#decay;
    if (decay === undefined) return seconds > this.to ? 0 : this.#left;
    return this.#survived * Math.exp(decay * (seconds - this.#from));
  }
}
