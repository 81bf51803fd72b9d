import { describe, expect, it } from 'vitest';
import { fitTrace, type TraceReplay } from '../../../src/workload/trace/fit-trace.js';
import { traceRate } from '../../../src/workload/trace/request-trace.js';
import type { TraceFile } from '../../../src/workload/trace/trace-file.js';

const MINUTE = 60_000;
/** Ten minutes: 0, 10, … 90 requests a second. */
const TRACE: TraceFile = {
  clock: 'offset-s',
  timesMs: Float64Array.from({ length: 10 }, (_, i) => i * MINUTE),
  rates: Float64Array.from({ length: 10 }, (_, i) => i * 10),
  gaps: [{ line: 4, fromMs: 2 * MINUTE, toMs: 3 * MINUTE }],
};

function fit(replay: Partial<TraceReplay> = {}) {
  const fitted = fitTrace(TRACE, { atMs: 0, speed: 1, scale: { by: 'factor', value: 1 }, ...replay });
  if (fitted === undefined) throw new Error('nothing to replay');
  return fitted;
}

describe('a trace in a run', () => {
  it('is linear between its samples and holds its first and last rate beyond them', () => {
    const trace = fit();
    expect([-5, 0, 0.5, 8.75, 9, 500].map((minute) => traceRate(trace, minute * MINUTE))).toEqual([
      0, 0, 5, 87.5, 90, 90,
    ]);
  });

  it('begins with the part that is wanted, when it is wanted', () => {
    const trace = fit({ fromMs: 3 * MINUTE, toMs: 6 * MINUTE, atMs: 60 * MINUTE });
    expect([...trace.rates]).toEqual([30, 40, 50, 60]);
    expect([...trace.timesMs].map((ms) => ms / MINUTE)).toEqual([60, 61, 62, 63]);
    expect(traceRate(trace, 0)).toBe(30);
  });

  it('keeps its place when the part begins between two samples', () => {
    const trace = fit({ fromMs: 2.5 * MINUTE, atMs: 10 * MINUTE });
    expect(traceRate(trace, 11.5 * MINUTE)).toBe(40);
  });

  it('passes faster or slower', () => {
    expect(traceRate(fit({ speed: 2 }), 2 * MINUTE)).toBe(40);
    expect(traceRate(fit({ speed: 0.5, fromMs: MINUTE }), 2 * MINUTE)).toBe(20);
  });

  it('is scaled by a factor, or to a peak or a mean of the part', () => {
    expect(Math.max(...fit({ scale: { by: 'factor', value: 0.5 } }).rates)).toBe(45);
    expect(Math.max(...fit({ scale: { by: 'peak', value: 1000 } }).rates)).toBeCloseTo(1000);
    const part = fit({ fromMs: 2 * MINUTE, toMs: 4 * MINUTE, scale: { by: 'mean', value: 3 } });
    expect([...part.rates]).toEqual([2, 3, 4]);
  });

  it('has only the gaps of its part', () => {
    expect(fit().gaps).toHaveLength(1);
    expect(fit({ fromMs: 4 * MINUTE }).gaps).toHaveLength(0);
  });

  it('is none without two samples, or without a request to scale', () => {
    const nothing = (replay: Partial<TraceReplay>) =>
      fitTrace(TRACE, { atMs: 0, speed: 1, scale: { by: 'peak', value: 1 }, ...replay });
    expect(nothing({ fromMs: 9 * MINUTE })).toBeUndefined();
    expect(
      fitTrace({ ...TRACE, rates: new Float64Array(10) }, { atMs: 0, speed: 1, scale: { by: 'mean', value: 1 } }),
    ).toBeUndefined();
  });
});
