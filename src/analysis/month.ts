import { isDayOfMonth } from '../workload/calendar-factors.js';
import type { MonthWeights } from '../workload/month-weights.js';
import type { DayBill } from './bill-by-day.js';

const KINDS = ['weekday', 'weekend', 'payday'] as const;

/** Kind of a day; a payday is no weekday and no weekend. */
export type DayKind = (typeof KINDS)[number];

/** What days of one kind add to a month. Money in integer nano-dollars. */
export interface MonthPart {
  readonly kind: DayKind;
  /** Days of the kind in a month. */
  readonly days: number;
  /** Whole days of the kind that were simulated: what the mean is of. */
  readonly simulated: number;
  readonly meanPerDay: number;
}

/** A month projected from simulated days, or why there is none. */
export type MonthProjection =
  { readonly nanoDollars: number; readonly parts: readonly MonthPart[] } | { readonly missing: string };

/**
 * The bill of a month: the sum over weekdays, weekends and paydays of days a month × mean bill of a simulated day of that kind. A kind that
 * the month has and no whole simulated day (UTC) is of leaves nothing to project from.
 */
export function projectMonth(days: readonly DayBill[], month: MonthWeights): MonthProjection {
  const weights: Readonly<Record<DayKind, number>> = {
    weekday: month.weekdays,
    weekend: month.weekends,
    payday: month.paydays,
  };
  const parts = KINDS.filter((kind) => weights[kind] > 0).map((kind) => {
    const bills = days.filter(({ dateMs }) => kindOf(dateMs, month.paydayDates) === kind);
    const sum = bills.reduce((total, { nanoDollars }) => total + nanoDollars, 0);
    return {
      kind,
      days: weights[kind],
      simulated: bills.length,
      meanPerDay: bills.length === 0 ? 0 : Math.round(sum / bills.length),
    };
  });
  const missing = parts.filter(({ simulated }) => simulated === 0).map(({ kind }) => kind);
  if (missing.length > 0) return { missing: missingText(missing, month.paydayDates) };
  return {
    nanoDollars: parts.reduce((sum, part) => sum + Math.round(part.days * part.meanPerDay), 0),
    parts,
  };
}

function kindOf(dateMs: number, paydayDates: readonly number[]): DayKind {
  if (isDayOfMonth(paydayDates, dateMs)) return 'payday';
  const dayOfWeek = new Date(dateMs).getUTCDay();
  return dayOfWeek === 0 || dayOfWeek === 6 ? 'weekend' : 'weekday';
}

function missingText(missing: readonly DayKind[], paydayDates: readonly number[]): string {
  const kinds = missing.map((kind) => (kind === 'weekend' ? 'day of a weekend' : kind)).join(' and no whole ');
  const unknown = missing.includes('payday') && paydayDates.length === 0;
  const hint = unknown ? '; nothing says which days are paydays (month.paydayDates)' : '';
  return `No month is projected: no whole ${kinds} (UTC) was simulated${hint}.`;
}
