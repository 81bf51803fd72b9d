import { describe, expect, it } from 'vitest';
import { RandomShortages, type ShortageModel } from '../../src/cloud/launch/random-shortages.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SPOT: ShortageModel = { spot: { perMonth: 30, meanDurationMs: HOUR_MS } };

const pool = (instanceType: string, zone = 'a', capacityType: 'spot' | 'on-demand' = 'spot') => ({
  instanceType,
  zone,
  capacityType,
});

/** Share of a year's minutes in which the pool is empty. */
function emptyShare(shortages: RandomShortages, of: ReturnType<typeof pool>): number {
  const minutes = (365 * 24 * HOUR_MS) / MINUTE_MS;
  let empty = 0;
  for (let minute = 0; minute < minutes; minute++) if (shortages.isExhausted(of, minute * MINUTE_MS)) empty++;
  return empty / minutes;
}

describe('shortages by chance', () => {
  it('last as long and come as often as they are said to', () => {
    const shares = ['a', 'b', 'c', 'd', 'e'].map((zone) =>
      emptyShare(new RandomShortages(new RandomStreams('1'), SPOT), pool('c5.large', zone)),
    );
    // 30 a month of an hour each, less what overlaps: 1 - exp(-30/720).
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.036);
    expect(mean).toBeLessThan(0.046);
  });

  it('take a family in a zone as a whole, and nothing else with it', () => {
    const shortages = new RandomShortages(new RandomStreams('1'), SPOT);
    const hours = Array.from({ length: 2000 }, (_, hour) => hour * HOUR_MS);
    const of = (asked: ReturnType<typeof pool>): boolean[] => hours.map((ms) => shortages.isExhausted(asked, ms));
    expect(of(pool('c5.large'))).toEqual(of(pool('c5.xlarge')));
    expect(of(pool('c5.large'))).not.toEqual(of(pool('m5.large')));
    expect(of(pool('c5.large'))).not.toEqual(of(pool('c5.large', 'b')));
    expect(of(pool('c5.large', 'a', 'on-demand')).includes(true)).toBe(false);
  });

  it('are the same whatever else is asked for, or switched on', () => {
    const alone = new RandomShortages(new RandomStreams('1'), SPOT);
    const both = new RandomShortages(new RandomStreams('1'), {
      ...SPOT,
      'on-demand': { perMonth: 5, meanDurationMs: 1 },
    });
    for (let hour = 3000; hour > 0; hour -= 7) {
      both.isExhausted(pool('m5.large', 'b', 'on-demand'), hour * HOUR_MS);
      expect(both.isExhausted(pool('c5.large'), hour * HOUR_MS)).toBe(
        alone.isExhausted(pool('c5.large'), hour * HOUR_MS),
      );
    }
  });
});
