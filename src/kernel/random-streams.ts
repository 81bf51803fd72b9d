import seedrandom from 'seedrandom';

/**
 * One sequence of random draws. Each method takes a fixed number of draws, whatever their values, so that two runs
 * which ask the same questions stay in step.
 */
export class RandomStream {
  readonly #source: seedrandom.PRNG;

  constructor(seed: string) {
    this.#source = seedrandom.alea(seed);
  }

  /** Uniform in [0, 1), 53 random bits (alea alone gives 32). */
  next(): number {
    return this.#source.double();
  }

  /** Uniform integer in [0, n). */
  int(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`int(n) needs a positive integer, not ${n}`);
    return Math.floor(this.next() * n);
  }

  /** A uniformly chosen element. */
  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new RangeError('pick() needs at least one choice');
    return choices[this.int(choices.length)] as T;
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    // log1p(-u), since u may be exactly 0 and never is 1.
    return -mean * Math.log1p(-this.next());
  }

  /** Standard normal. Box–Muller without the second value: keeping it would make draws depend on who drew before. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log1p(-this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** Exp of a normal with mean `mu` and standard deviation `sigma`. */
  lognormal(mu: number, sigma: number): number {
    return Math.exp(mu + sigma * this.normal());
  }
}

/**
 * Random streams by name under one seed. A stream depends on the seed and its name alone, not on which others exist or
 * were drawn from, so that switching one thing off moves nothing else.
 */
export class RandomStreams {
  readonly #streams = new Map<string, RandomStream>();

  constructor(readonly seed: string) {}

  /** The stream of that purpose and entity, such as `interruption/us-east-1a/m5.large`; the same object each time. */
  stream(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      // The length keeps seed "a/b" with name "c" apart from seed "a" with name "b/c".
      stream = new RandomStream(`${this.seed.length}/${this.seed}/${name}`);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}
