import { ObjectCache } from '../../kernel/object-cache.js';
import { nextHitOf } from '../../kubernetes/cron-schedule.js';
import { parseCronFields } from '../../kubernetes/cron-fields.js';
import type { DisruptionBudget } from '../nodepool.js';

/** Whether a budget's window is open; `invalid` when its schedule cannot be read. */
type BudgetWindow = 'open' | 'closed' | 'invalid';

const MINUTE_MS = 60_000;

interface Window {
  /** Undefined when the schedule cannot be read. */
  readonly nextHit: ReturnType<typeof nextHitOf> | undefined;
  /** The last answer: any question from `fromMs` up to the hit has it too. */
  fromMs: number;
  hitMs: number | undefined;
}

const windows = new ObjectCache<DisruptionBudget, Window>();

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
