import { describe, expect, it } from 'vitest';
import { difference, level } from '../../src/experiment/difference-interval.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';

/** Extra sleep of ten patients under two drugs (Student, The Probable Error of a Mean, 1908). */
const DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
const DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

describe('the interval of a difference', () => {
  it('is Student’s on the differences of pairs: his own example, as R’s t.test has it', () => {
    const found = difference(DRUG_1, DRUG_2, false);
    expect(found?.b).toBeCloseTo(2.33, 9);
    expect(found?.estimate.mean).toBeCloseTo(1.58, 9);
    expect(found?.estimate.low).toBeCloseTo(0.7001142, 6);
    expect(found?.estimate.high).toBeCloseTo(2.4598858, 6);
  });

  it('is Welch’s where the two are independent: the same example, as R’s t.test has it', () => {
    const found = difference(DRUG_1, DRUG_2, true);
    expect(found?.estimate.low).toBeCloseTo(-0.2054832, 6);
    expect(found?.estimate.high).toBeCloseTo(3.3654832, 6);
  });

  it('leaves out a pair of which one side is missing', () => {
    const found = difference([1, null, 3, 9], [2, 5, 4, null], false);
    expect(found).toMatchObject({ a: 2, b: 3, estimate: { mean: 1, low: 1, high: 1, n: 2 } });
  });

  it('does not exist below two pairs', () => {
    expect(difference([1, null], [2, 3], false)).toBeUndefined();
    expect(level([4, null])).toBeUndefined();
  });

  it('shows four of five effects as large as it calls detectable', () => {
    const luck = new RandomStreams('power').stream('values');
    const draw = (mean: number): number[] => Array.from({ length: 12 }, () => mean + luck.normal());
    // The detectable effect of 12 values of deviation 1: (t(11, 97.5 %) + t(11, 80 %)) / √12.
    const effect = (2.201 + 0.8755) / Math.sqrt(12);
    const shown = Array.from({ length: 1000 }, () => level(draw(effect))).filter((found) => (found?.low ?? 0) > 0);
    expect(shown.length).toBeGreaterThan(760);
    expect(shown.length).toBeLessThan(840);
    expect(level(draw(0))?.detectable).toBeGreaterThan(0.4);
  });
});

describe('the bootstrap', () => {
  const stream = (name: string) => new RandomStreams('7').stream(name);
  const luck = new RandomStreams('skewed').stream('values');
  const skewed = Array.from({ length: 40 }, () => luck.lognormal(0, 1));

  it('follows the skew of the values, where Student’s interval is symmetric', () => {
    const student = level(skewed);
    const bootstrap = level(skewed, stream('a'));
    if (student === undefined || bootstrap === undefined) throw new Error('forty values have an interval');
    expect(bootstrap.high - bootstrap.mean).toBeGreaterThan(1.1 * (bootstrap.mean - bootstrap.low));
    expect((bootstrap.high - bootstrap.low) / (student.high - student.low)).toBeCloseTo(1, 0);
  });

  it('gives the same interval for the same values and stream', () => {
    expect(level(skewed, stream('a'))).toEqual(level(skewed, stream('a')));
    expect(level(skewed, stream('a'))).not.toEqual(level(skewed, stream('b')));
  });

  it('leaves fewer than ten values to Student, which its resamples are too few for', () => {
    expect(level(skewed.slice(0, 9), stream('a'))).toEqual(level(skewed.slice(0, 9)));
  });
});
