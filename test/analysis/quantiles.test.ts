import { describe, expect, it } from 'vitest';
import { quantilesOf } from '../../src/analysis/quantiles.js';

describe('quantiles', () => {
  it('interpolate linearly between ranks (type 7) and come in seconds', () => {
    expect(quantilesOf([4000, 1000, 3000, 2000])).toEqual({ p50: 2.5, p90: 3.7, p99: 3.97, max: 4 });
  });

  it('sort by value, not by text', () => {
    expect(quantilesOf([9000, 10_000, 100_000]).p50).toBe(10);
  });

  it('are all the value of a single duration', () => {
    expect(quantilesOf([1234])).toEqual({ p50: 1.234, p90: 1.234, p99: 1.234, max: 1.234 });
  });

  it('are null when there is nothing to measure', () => {
    expect(quantilesOf([])).toEqual({ p50: null, p90: null, p99: null, max: null });
  });
});
