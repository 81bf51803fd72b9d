import { Cron } from 'croner';

import type { DisruptionBudget } from '../nodepool.js';
import { parseCronFields, type CronFields } from './cron-fields.js';

/** Whether a budget's window is open; `invalid` when its schedule cannot be read. */
type BudgetWindow = 'open' | 'closed' | 'invalid';

/** Karpenter's cron library gives up looking for a hit after so many calendar years. */
const SEARCH_YEARS = 5;

const MINUTE_MS = 60_000;

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

/** Next hit strictly after a time; undefined when none comes within the searched years. */
type NextHit = (afterMs: number) => number | undefined;

function nextHitOf(fields: CronFields): NextHit {
  if (!canHit(fields)) return () => undefined;
  const dayOfMonth = fields.anyDayOfMonth ? '*' : fields.daysOfMonth.join(',');
  const dayOfWeek = fields.anyDayOfWeek ? '*' : fields.daysOfWeek.join(',');
  // Expanded lists keep the dialect to what both libraries read alike; utcOffset keeps croner off the system's time zones.
  const cron = new Cron(
    [fields.minutes.join(','), fields.hours.join(','), dayOfMonth, fields.months.join(','), dayOfWeek].join(' '),
    { utcOffset: 0, mode: '5-part', domAndDow: false },
  );
  return (afterMs) => {
    const after = new Date(afterMs);
    const hit = cron.nextRun(after);
    return hit === null || hit.getUTCFullYear() > after.getUTCFullYear() + SEARCH_YEARS ? undefined : hit.getTime();
  };
}

interface Window {
  /** Undefined when the schedule cannot be read. */
  readonly nextHit: NextHit | undefined;
  /** The last answer: any question from `fromMs` up to the hit has it too. */
  fromMs: number;
  hitMs: number | undefined;
}

const windows = new WeakMap<DisruptionBudget, Window>();

function windowOf(budget: DisruptionBudget): Window {
  let window = windows.get(budget);
  if (window === undefined) {
    const fields = parseCronFields(budget.schedule ?? '');
    window = { nextHit: fields && nextHitOf(fields), fromMs: Infinity, hitMs: undefined };
    windows.set(budget, window);
  }
  return window;
}

/**
 * Whether a budget applies now (disruption.md §8). The window is `[hit, hit + duration)`; overlapping windows merge. A
 * schedule that never hits counts as always open: the library answers with the zero time, which lies in the past.
 */
export function budgetWindow(budget: DisruptionBudget, nowMs: number): BudgetWindow {
  if (budget.schedule === undefined && budget.durationMs === undefined) return 'open';
  const window = windowOf(budget);
  if (window.nextHit === undefined) return 'invalid';
  const checkpointMs = nowMs - (budget.durationMs ?? 0);
  const cached = checkpointMs >= window.fromMs && window.hitMs !== undefined && checkpointMs < window.hitMs;
  if (!cached) {
    window.hitMs = window.nextHit(checkpointMs);
    window.fromMs = checkpointMs;
  }
  return window.hitMs === undefined || window.hitMs <= nowMs ? 'open' : 'closed';
}

/**
 * Whole minutes within `[fromMs, toMs)` at which the budget's window may open or close; between two of them it stays as it is.
 * None for a budget without a schedule, or with one that cannot be read.
 */
export function windowEdges(budget: DisruptionBudget, fromMs: number, toMs: number): readonly number[] {
  if (budget.schedule === undefined) return [];
  const fields = parseCronFields(budget.schedule);
  if (fields === undefined) return [];
  const durationMs = budget.durationMs ?? 0;
  const edges = new Set<number>();
  const nextHit = nextHitOf(fields);
  // A window that opened before the range may close in it.
  let afterMs = fromMs - durationMs - MINUTE_MS;
  for (let hitMs = nextHit(afterMs); hitMs !== undefined && hitMs < toMs; hitMs = nextHit(afterMs)) {
    for (const edgeMs of [hitMs, hitMs + durationMs]) if (edgeMs >= fromMs && edgeMs < toMs) edges.add(edgeMs);
    afterMs = hitMs;
  }
  return [...edges].sort((a, b) => a - b);
}
