import { Cron } from 'croner';
import type { CronFields } from './cron-fields.js';

/** robfig/cron, which Kubernetes and Karpenter use, gives up looking for a hit after so many calendar years. */
const SEARCH_YEARS = 5;

/** Longest month of each number, so that `30 2` is known to be empty without a search. */
const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether any day of any year matches; one that does not, such as 30 February, never hits. */
export function canHit(fields: CronFields): boolean {
  if (!fields.minutes.length || !fields.hours.length || !fields.months.length) return false;
  const dayOfMonthHits = fields.months.some((month) =>
    fields.daysOfMonth.some((day) => day <= (LONGEST_MONTH[month - 1] ?? 0)),
  );
  const dayOfWeekHits = fields.daysOfWeek.length > 0;
  return fields.anyDayOfMonth || fields.anyDayOfWeek
    ? dayOfMonthHits && dayOfWeekHits
    : dayOfMonthHits || dayOfWeekHits;
}

/**
 * A function that answers with the next hit strictly after a time, epoch ms; undefined when none comes within the searched
 * years.
 * @param timeZone - IANA name; UTC when left out.
 */
export function nextHitOf(fields: CronFields, timeZone?: string): (afterMs: number) => number | undefined {
  if (!canHit(fields)) return () => undefined;
  const dayOfMonth = fields.anyDayOfMonth ? '*' : fields.daysOfMonth.join(',');
  const dayOfWeek = fields.anyDayOfWeek ? '*' : fields.daysOfWeek.join(',');
  // Expanded lists keep the dialect to what both libraries read alike; utcOffset keeps croner off the system's time zones.
  const cron = new Cron(
    [fields.minutes.join(','), fields.hours.join(','), dayOfMonth, fields.months.join(','), dayOfWeek].join(' '),
    { ...(timeZone === undefined ? { utcOffset: 0 } : { timezone: timeZone }), mode: '5-part', domAndDow: false },
  );
  return (afterMs) => {
    const after = new Date(afterMs);
    const hit = cron.nextRun(after);
    return hit === null || hit.getUTCFullYear() > after.getUTCFullYear() + SEARCH_YEARS ? undefined : hit.getTime();
  };
}

/** Whether there is such an IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Cron('0 0 1 1 *', { timezone: name }).nextRun(new Date(0)) !== null;
  } catch {
    return false;
  }
}
