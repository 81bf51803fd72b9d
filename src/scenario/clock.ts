import { parseGoDuration } from '../kubernetes/duration.js';

const DAY_MS = 86_400_000;

/** Milliseconds of a duration that the schema has accepted. */
export function durationMs(text: string): number {
  return parseGoDuration(text) ?? NaN;
}

/**
 * Milliseconds since the start of the run for `+2h30m`, `14:00` (the next one at or after the start, UTC) or a full
 * time. NaN for a time that does not exist, such as 2026-02-30.
 */
export function sinceStartMs(text: string, startTimeMs: number): number {
  if (text.startsWith('+')) return durationMs(text.slice(1));
  if (!/^\d\d:\d\d(:\d\d)?$/.test(text)) return parseUtc(text) - startTimeMs;
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  const timeOfDayMs = (hours * 3600 + minutes * 60 + seconds) * 1000;
  const startOfDayMs = startTimeMs - (startTimeMs % DAY_MS);
  const sinceMs = startOfDayMs + timeOfDayMs - startTimeMs;
  return sinceMs < 0 ? sinceMs + DAY_MS : sinceMs;
}

/** Epoch milliseconds of an RFC 3339 UTC time; NaN when there is no such time. */
export function parseUtc(text: string): number {
  const ms = Date.parse(text);
  // Date.parse rolls 30 February over into March instead of refusing it.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== text.slice(0, 19) ? NaN : ms;
}
