import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batcher } from '../../../src/karpenter/scheduling/batcher.js';
import type { KarpenterVersion } from '../../../src/karpenter/settings.js';

const TIMES = { batchIdleMs: 1000, batchMaxMs: 10_000 };

/** Closing times of the windows that triggers at the given times make, each pass taking no time. */
function closings(
  triggers: readonly (readonly [element: string, atMs: number])[],
  version: KarpenterVersion = 'v1.14.1',
): number[] {
  const batcher = new Batcher(TIMES, version, 0);
  const closed: number[] = [];
  const runUntil = (nowMs: number): void => {
    for (let atMs = batcher.closesAtMs(); atMs !== undefined && atMs < nowMs; atMs = batcher.closesAtMs()) {
      expect(batcher.close(atMs - 1)).toBeUndefined();
      expect(batcher.close(atMs)).toBeDefined();
      closed.push(atMs);
    }
  };
  for (const [element, atMs] of triggers) {
    runUntil(atMs);
    batcher.trigger(element, atMs);
  }
  runUntil(Infinity);
  return closed;
}

describe('batching window', () => {
  it('closes a second after the last new arrival (X26)', () => {
    expect(
      closings([
        ['a', 0],
        ['b', 400],
        ['c', 1200],
        ['d', 2300],
      ]),
    ).toEqual([2200, 3300]);
  });

  it('closes ten seconds after it opened when pods keep arriving (X26)', () => {
    const arrivals = Array.from({ length: 60 }, (_, i) => [`pod-${String(i)}`, i * 500] as const);
    expect(closings(arrivals)).toEqual([10_000, 20_500, 30_500]);
  });

  it('is extended once by an element in v1.14.1, and by every trigger in v0.32.0 (BAT-1)', () => {
    const again = [
      ['a', 0],
      ['a', 900],
      ['a', 1800],
    ] as const;
    expect(closings(again)).toEqual([1000, 2800]);
    expect(closings(again, 'v0.32.0')).toEqual([2800]);
  });

  it('tells why it closed, and since when it was open', () => {
    const batcher = new Batcher(TIMES, 'v1.14.1', 0);
    batcher.trigger('a', 250);
    expect(batcher.close(1250)).toEqual({ openedAtMs: 250, by: 'idle' });
    expect(batcher.closesAtMs()).toBeUndefined();
    for (let i = 0; i <= 20; i++) batcher.trigger(`pod-${String(i)}`, 2000 + i * 500);
    expect(batcher.close(12_000)).toEqual({ openedAtMs: 2000, by: 'max' });
  });

  it('forgets its elements when a window closes', () => {
    expect(
      closings([
        ['a', 0],
        ['a', 5000],
      ]),
    ).toEqual([1000, 6000]);
  });

  it('closes at min(t0 + 10 s, last arrival of the run + 1 s) for distinct arrivals (BAT-2)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 40 }), (gaps) => {
        let atMs = 0;
        const arrivals = gaps.map((gap) => (atMs += gap));
        const expected: number[] = [];
        for (let i = 0; i < arrivals.length;) {
          const first = arrivals[i] ?? 0;
          let end = first + TIMES.batchIdleMs;
          for (i++; i < arrivals.length && (arrivals[i] ?? 0) <= Math.min(end, first + TIMES.batchMaxMs); i++) {
            end = (arrivals[i] ?? 0) + TIMES.batchIdleMs;
          }
          expected.push(Math.min(end, first + TIMES.batchMaxMs));
        }
        expect(closings(arrivals.map((at, i) => [`pod-${String(i)}`, at] as const))).toEqual(expected);
      }),
    );
  });
});
