import { z } from 'zod';
import { parseGoDuration } from '../kubernetes/duration.js';

/** A string of a certain form; `expected` completes "expected …". */
export function text(pattern: RegExp, expected: string) {
  return z.string({ error: expected }).regex(pattern, { error: expected });
}

const DURATION = /^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/;
/** A Go duration, 0s included. */
export const duration = text(DURATION, 'a duration such as 30s, 5m or 1h30m').refine(
  (value) => parseGoDuration(value) !== undefined,
  { error: 'a duration of less than 292 years' },
);
/** A Go duration above zero. */
export const positiveDuration = duration.refine((value) => parseGoDuration(value) !== 0, {
  error: 'a duration above zero, such as 30s or 24h',
});

/** Form of a time of the run. */
export const TIME_TEXT =
  /^(\+([0-9]+(\.[0-9]+)?(ms|s|m|h))+|([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/;

/** A time of the run. */
export const at = text(
  TIME_TEXT,
  'a time of day such as "14:00" (UTC), an offset such as +2h30m, or a full time such as 2026-03-27T14:00:00Z',
).describe('Time of day (UTC, the next one after the start), offset from the start (+2h30m), or RFC 3339 time');

/** A quantity as Kubernetes writes it, not negative. */
export const quantity = z.union(
  [z.string().regex(/^[+]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[12]?\d)?$/), z.number().min(0)],
  {
    error: 'a quantity such as 250m, 512Mi or 2',
  },
);

/** An object of a namespace. */
export const namespacedName = text(/^[a-z0-9.-]+\/[a-z0-9.-]+$/, 'namespace/name, such as banking-app/api-gateway');

/** A multiple of something, 0 or more. */
export const factor = z.number().min(0);

/** Another file. */
export const file = z.string().min(1, { error: 'a path relative to the scenario file' });

/** A day of the month. */
export const dayOfMonth = z
  .union([z.int(), z.literal('last')])
  .refine((day) => day === 'last' || (day >= 1 && day <= 31), { error: 'a day of the month from 1 to 31, or last' });
