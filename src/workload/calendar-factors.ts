const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Customers look at their accounts in the morning of the day. */
const MORNING = { fromHour: 6, toHour: 12 };
/** Days at the end of a month that {@link Payday.monthEnd} is about. */
const MONTH_END_DAYS = 2;

/** Traffic of a bank around the day on which salaries arrive (kubernetes.md §9.1). */
export interface Payday {
  /** Days of the month; one past the end of a month is its last day. */
  readonly days: readonly number[];
  /** Factor from 06:00 to 12:00 of the day (UTC), for the rest of it, and for the day after. */
  readonly morning: number;
  readonly rest: number;
  readonly dayAfter: number;
  /** Factor on the last two days of a month, where none of the others applies. */
  readonly monthEnd: number;
}

interface CalendarDay {
  readonly dayOfMonth: number;
  readonly daysInMonth: number;
}

/** Day of the month and length of the month, UTC. */
function calendarDay(epochMs: number): CalendarDay {
  const date = new Date(epochMs);
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return { dayOfMonth: date.getUTCDate(), daysInMonth };
}

/** Factor of the day of the month (UTC): 31 factors, the first for day 1. */
export function dayOfMonthFactor(factors: readonly number[], epochMs: number): number {
  return factors[calendarDay(epochMs).dayOfMonth - 1] ?? 1;
}

/** Whether a time (UTC) is on one of these days of the month; a day past the end of a month is its last one. */
export function isDayOfMonth(days: readonly number[], epochMs: number): boolean {
  const { dayOfMonth, daysInMonth } = calendarDay(epochMs);
  return days.some((day) => Math.min(day, daysInMonth) === dayOfMonth);
}

/** Factor of the salary calendar. */
export function paydayFactor({ days, morning, rest, dayAfter, monthEnd }: Payday, epochMs: number): number {
  const today = calendarDay(epochMs);
  if (isDayOfMonth(days, epochMs)) {
    const hour = (epochMs % DAY_MS) / HOUR_MS;
    return hour >= MORNING.fromHour && hour < MORNING.toHour ? morning : rest;
  }
  if (isDayOfMonth(days, epochMs - DAY_MS)) return dayAfter;
  return today.dayOfMonth > today.daysInMonth - MONTH_END_DAYS ? monthEnd : 1;
}
