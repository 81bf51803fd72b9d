import { describe, expect, it } from 'vitest';
import { parseUtc, sinceStartMs } from '../../src/scenario/clock.js';

const HOUR = 3_600_000;

describe('sinceStartMs', () => {
  const start = Date.UTC(2026, 2, 26, 18);

  it.each([
    ['+2h30m', 2.5 * HOUR],
    ['+0s', 0],
    ['18:00', 0],
    ['21:30', 3.5 * HOUR],
    ['06:00', 12 * HOUR],
    ['17:59:59', 24 * HOUR - 1000],
    ['2026-03-27T00:00:00Z', 6 * HOUR],
  ])('%s is the next such time at or after the start', (text, ms) => {
    expect(sinceStartMs(text, start)).toBe(ms);
  });

  it('does not invent days', () => {
    expect(parseUtc('2026-02-30T00:00:00Z')).toBeNaN();
    expect(parseUtc('2026-02-28T00:00:00Z')).toBe(Date.UTC(2026, 1, 28));
    expect(sinceStartMs('2026-13-01T00:00:00Z', start)).toBeNaN();
  });
});
