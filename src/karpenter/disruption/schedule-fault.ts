import { parseCronFields, type CronFields } from '../../kubernetes/cron-fields.js';
import { canHit } from '../../kubernetes/cron-schedule.js';
import type { DisruptionBudget } from '../nodepool.js';

/** Why a budget's schedule does something else than its author can have meant; the API server accepts all of them. */
export type ScheduleFault =
  /** The controller cannot parse it: every disruption of the NodePool that budgets govern is blocked. */
  | { readonly code: 'unreadable' }
  /** No day matches (30 February): Karpenter takes the budget as open at all times. */
  | { readonly code: 'never-hits' }
  /** The duration is zero: the window never opens. */
  | { readonly code: 'never-open' }
  /** The duration reaches from each hit to the next: the window never closes. */
  | { readonly code: 'never-closes'; readonly longestGapMs: number };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Eight years from a leap year on: two 29th of February, and every month begins on several days of the week. */
const HORIZON_FROM_MS = Date.UTC(2024, 0, 1);
const HORIZON_DAYS = 8 * 365 + 2;

/** What is wrong with a budget's schedule; undefined when it opens and closes (disruption.md §8). */
export function scheduleFault(budget: DisruptionBudget): ScheduleFault | undefined {
  if (budget.schedule === undefined) return undefined;
  const fields = parseCronFields(budget.schedule);
  if (fields === undefined) return { code: 'unreadable' };
  if (!canHit(fields)) return { code: 'never-hits' };
  const durationMs = budget.durationMs ?? 0;
  if (durationMs === 0) return { code: 'never-open' };
  const longestGapMs = longestGap(fields);
  return durationMs >= longestGapMs ? { code: 'never-closes', longestGapMs } : undefined;
}

/** Longest time between two hits that follow each other, ms. */
function longestGap(fields: CronFields): number {
  const hits = fields.hours.flatMap((hour) => fields.minutes.map((minute) => hour * 60 + minute));
  const first = hits[0] ?? 0;
  const last = hits.at(-1) ?? 0;
  let longest = 0;
  for (const [index, hit] of hits.entries()) longest = Math.max(longest, hit - (hits[index - 1] ?? hit));
  let previousDay: number | undefined;
  for (let day = 0; day < HORIZON_DAYS; day++) {
    if (!matchesDay(fields, new Date(HORIZON_FROM_MS + day * DAY_MS))) continue;
    if (previousDay !== undefined) longest = Math.max(longest, (day - previousDay) * 1440 + first - last);
    previousDay = day;
  }
  return longest * MINUTE_MS;
}

function matchesDay(fields: CronFields, day: Date): boolean {
  if (!fields.months.includes(day.getUTCMonth() + 1)) return false;
  const ofMonth = fields.daysOfMonth.includes(day.getUTCDate());
  const ofWeek = fields.daysOfWeek.includes(day.getUTCDay());
  // Where both fields are restricted, either may match.
  return fields.anyDayOfMonth || fields.anyDayOfWeek ? ofMonth && ofWeek : ofMonth || ofWeek;
}
