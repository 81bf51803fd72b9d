import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billedSeconds, chargeNanoDollars, nanoDollarsPerHour } from '../../src/cloud/billing.js';

describe('billing of instances (aws.md §18)', () => {
  it.each([
    ['one millisecond', 1, 60],
    ['a minute', 60_000, 60],
    ['a minute and a begun second', 60_001, 61],
    ['an hour', 3_600_000, 3600],
  ])('%s: %d ms after the launch, %d s', (_, stoppedMs, seconds) => {
    expect(billedSeconds(0, stoppedMs)).toBe(seconds);
    expect(billedSeconds(500_000, 500_000 + stoppedMs)).toBe(seconds);
  });

  it('an hour costs the hourly price to the nano-dollar', () => {
    expect(nanoDollarsPerHour(0.096)).toBe(96_000_000);
    expect(chargeNanoDollars(nanoDollarsPerHour(0.096), 3600)).toBe(96_000_000);
    expect(chargeNanoDollars(nanoDollarsPerHour(0.0416), 60)).toBe(693_333);
  });

  it('is exact for the dearest type over years', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 * 10 ** 9 }),
        fc.integer({ min: 0, max: 10 * 365 * 86_400 }),
        (price, seconds) => {
          const exact = (2n * BigInt(price) * BigInt(seconds) + 3600n) / 7200n;
          const hours = Math.floor(seconds / 3600);
          fc.pre(price * hours < Number.MAX_SAFE_INTEGER);
          expect(BigInt(chargeNanoDollars(price, seconds))).toBe(exact);
        },
      ),
    );
  });
});
