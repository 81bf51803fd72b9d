import { describe, expect, it } from 'vitest';
import { runMoment } from '../../src/analysis/run-clock.js';

const HOUR = 3_600_000;
/** Twelve hours from 18:00. */
const EVENING = { startTimeMs: Date.UTC(2026, 2, 26, 18), endMs: 12 * HOUR };

describe('a moment of a run', () => {
  it.each([
    ['18:00', 0],
    ['18:00:30', 30_000],
    ['03:15', 9.25 * HOUR],
    ['+2h30m', 2.5 * HOUR],
    ['+0s', 0],
    ['2026-03-27T06:00:00Z', 12 * HOUR],
  ])('%s is %i ms after its start', (text, timeMs) => {
    expect(runMoment(text, EVENING)).toEqual({ timeMs });
  });

  it.each(['17:59', '+13h', '2026-03-26T17:59:59Z'])('%s is outside it, and the range is named', (text) => {
    expect(runMoment(text, EVENING)).toEqual({
      problem: `${text} is outside the run, which is from 2026-03-26T18:00:00Z to 2026-03-27T06:00:00Z (+0s to +43200s)`,
    });
  });

  it.each(['noon', '25:00', '3:15', '+', '+2 hours', '2026-03-27', '2026-02-30T10:00:00Z', ''])(
    '"%s" is none',
    (text) => {
      expect(runMoment(text, EVENING)).toHaveProperty(
        'problem',
        `"${text}" is no time: expected HH:MM, HH:MM:SS, +2h30m or 2026-03-27T14:05:00Z`,
      );
    },
  );
});
