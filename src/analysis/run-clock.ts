import { sinceStartMs } from '../scenario/clock.js';

/** A moment of a run that was asked for: ms since its start, or why there is no such moment. */
export type RunMoment = { readonly timeMs: number } | { readonly problem: string };

/** `14:05`, `14:05:30`, `+2h30m`, `2026-03-27T14:05:30Z`. */
const TIME = /^(([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?|\+[\d.a-zµμ]+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)$/;

/** When a run began (epoch ms) and how long it is. */
export interface RunSpan {
  readonly startTimeMs: number;
  readonly endMs: number;
}

/**
 * Reads a moment of a run: a time of day (`14:05`, `14:05:30`, its first occurrence in the run, UTC), a time since the start
 * (`+2h30m`), or an RFC 3339 time in UTC.
 */
export function runMoment(text: string, { startTimeMs, endMs }: RunSpan): RunMoment {
  const timeMs = TIME.test(text) ? sinceStartMs(text, startTimeMs) : NaN;
  if (Number.isNaN(timeMs)) {
    return { problem: `"${text}" is no time: expected HH:MM, HH:MM:SS, +2h30m or 2026-03-27T14:05:00Z` };
  }
  if (timeMs < 0 || timeMs > endMs) {
    const range = `${isoTime(startTimeMs)} to ${isoTime(startTimeMs + endMs)}`;
    return { problem: `${text} is outside the run, which is from ${range} (+0s to +${endMs / 1000}s)` };
  }
  return { timeMs };
}

/** Epoch ms as RFC 3339 in UTC; milliseconds only where there are any. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('.000Z', 'Z');
}
