import { quantileSorted } from 'd3-array';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RandomStream, RandomStreams } from '../../src/kernel/random-streams.js';

const name = fc.string({ maxLength: 12, unit: 'grapheme-ascii' });

function draws(stream: RandomStream, count: number): number[] {
  return Array.from({ length: count }, () => stream.next());
}

function sample(count: number, draw: (stream: RandomStream) => number): number[] {
  const stream = new RandomStreams('7').stream('sample');
  return Array.from({ length: count }, () => draw(stream));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}

describe('RandomStreams', () => {
  it('gives the same object for the same name', () => {
    const streams = new RandomStreams('1');
    expect(streams.stream('a')).toBe(streams.stream('a'));
    expect(streams.stream('a')).not.toBe(streams.stream('b'));
  });

  it('draws the same numbers from a stream whichever others exist and whenever they are drawn from', () => {
    const othersAndTurns = fc.array(fc.tuple(name, fc.nat(3)), { maxLength: 20 });
    fc.assert(
      fc.property(fc.string(), name, othersAndTurns, (seed, wanted, others) => {
        const alone = draws(new RandomStreams(seed).stream(wanted), 5);
        const crowded = new RandomStreams(seed);
        const drawn: number[] = [];
        for (const [other, count] of others) {
          if (other !== wanted) draws(crowded.stream(other), count);
          if (drawn.length < 5) drawn.push(crowded.stream(wanted).next());
        }
        while (drawn.length < 5) drawn.push(crowded.stream(wanted).next());
        expect(drawn).toEqual(alone);
      }),
    );
  });

  it('draws other numbers for another seed, another name, or the same letters cut elsewhere', () => {
    const first = (seed: string, stream: string): number => new RandomStreams(seed).stream(stream).next();
    const values = [first('1', 'a'), first('2', 'a'), first('1', 'b'), first('a/b', 'c'), first('a', 'b/c')];
    expect(new Set(values).size).toBe(values.length);
  });

  it('starts each of many similar names at a number of its own, uncorrelated with its neighbour', () => {
    const streams = new RandomStreams('42');
    const firsts = Array.from({ length: 20_000 }, (_, index) =>
      streams.stream(`pod-churn/banking/auth-${index}`).next(),
    );
    expect(new Set(firsts).size).toBe(firsts.length);
    const centre = mean(firsts);
    const products = firsts.slice(1).map((value, index) => (value - centre) * ((firsts[index] ?? 0) - centre));
    expect(Math.abs(mean(products) / variance(firsts))).toBeLessThan(0.05);
  });

  it('keeps drawing the numbers it drew in earlier releases, since saved runs name only their seed', () => {
    const stream = new RandomStreams('1').stream('interruption/us-east-1a/m5.large');
    expect(draws(stream, 3)).toMatchInlineSnapshot(`
      [
        0.22220814002391376,
        0.16902377996864915,
        0.4895009779674365,
      ]
    `);
  });
});

describe('RandomStream', () => {
  it('next() stays in [0, 1) and has more than 32 random bits', () => {
    const values = sample(10_000, (stream) => stream.next());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(values.filter((value) => Number.isInteger(value * 2 ** 32)).length).toBeLessThan(10);
  });

  it('int(n) gives each of 0 … n−1 its share, and refuses an n that is no positive integer', () => {
    const counts = [0, 0, 0, 0, 0, 0];
    for (const face of sample(60_000, (stream) => stream.int(6))) counts[face] = (counts[face] ?? 0) + 1;
    expect(counts).toHaveLength(6);
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    const stream = new RandomStreams('1').stream('x');
    for (const wrong of [0, -1, 1.5, NaN, Infinity]) expect(() => stream.int(wrong)).toThrow(RangeError);
  });

  it('int(n) stays below n for every n', () => {
    const stream = new RandomStreams('1').stream('x');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (n) => {
        const value = stream.int(n);
        expect(Number.isInteger(value) && value >= 0 && value < n).toBe(true);
      }),
    );
  });

  it('pick() chooses among all elements and refuses an empty list', () => {
    const chosen = new Set(sample(200, (stream) => stream.pick([2, 3, 5])));
    expect([...chosen].sort()).toEqual([2, 3, 5]);
    expect(() => new RandomStreams('1').stream('x').pick([])).toThrow(RangeError);
  });

  it('uniform(low, high) fills the interval evenly', () => {
    const values = sample(20_000, (stream) => stream.uniform(-2, 6));
    expect(values.every((value) => value >= -2 && value < 6)).toBe(true);
    expect(mean(values)).toBeCloseTo(2, 1);
    expect(variance(values) / (64 / 12)).toBeCloseTo(1, 1);
  });

  it('exponential(mean) has that mean, its square as variance, and no negative or infinite value', () => {
    const values = sample(40_000, (stream) => stream.exponential(30));
    expect(values.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
    expect(mean(values) / 30).toBeCloseTo(1, 1);
    expect(variance(values) / 900).toBeCloseTo(1, 1);
  });

  it('normal() has mean 0, variance 1 and the tails of a normal', () => {
    const values = sample(40_000, (stream) => stream.normal());
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(variance(values)).toBeCloseTo(1, 1);
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / values.length;
    expect(beyondTwo).toBeCloseTo(0.0455, 2);
  });

  it('lognormal(mu, sigma) has the median e^mu and the logarithm of a normal', () => {
    const values = sample(40_000, (stream) => stream.lognormal(3, 0.5)).sort((a, b) => a - b);
    expect((quantileSorted(values, 0.5) ?? 0) / Math.exp(3)).toBeCloseTo(1, 1);
    expect(variance(values.map((value) => Math.log(value)))).toBeCloseTo(0.25, 1);
  });

  it('takes a fixed number of draws for each method, so that runs stay in step', () => {
    const cost: [string, number, (stream: RandomStream) => unknown][] = [
      ['int', 1, (stream) => stream.int(10)],
      ['pick', 1, (stream) => stream.pick([1, 2])],
      ['uniform', 1, (stream) => stream.uniform(0, 1)],
      ['exponential', 1, (stream) => stream.exponential(1)],
      ['normal', 2, (stream) => stream.normal()],
      ['lognormal', 2, (stream) => stream.lognormal(0, 1)],
    ];
    for (const [method, count, draw] of cost) {
      const used = new RandomStreams('1').stream('x');
      const reference = new RandomStreams('1').stream('x');
      draw(used);
      draws(reference, count);
      expect(used.next(), method).toBe(reference.next());
    }
  });
});
