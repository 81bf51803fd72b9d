/** The five fields of a standard cron expression, expanded to the values they stand for. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  readonly daysOfWeek: readonly number[];
  /** Written `*` or `?`: the other day field alone decides. When neither is, either may match. */
  readonly anyDayOfMonth: boolean;
  readonly anyDayOfWeek: boolean;
}

interface FieldRange {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MINUTE: FieldRange = { min: 0, max: 59, names: [] };
const HOUR: FieldRange = { min: 0, max: 23, names: [] };
const DAY_OF_MONTH: FieldRange = { min: 1, max: 31, names: [] };
const MONTH: FieldRange = {
  min: 1,
  max: 12,
  names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
/** 7 for Sunday is not understood (E89). */
const DAY_OF_WEEK: FieldRange = { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

function parseNumber(text: string, range: FieldRange): number | undefined {
  const named = range.names.indexOf(text.toLowerCase());
  if (named >= 0) return named + range.min;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

interface ParsedRange {
  readonly values: readonly number[];
  readonly any: boolean;
}

function parseRange(text: string, range: FieldRange): ParsedRange | undefined {
  const [bounds = '', stepText, ...moreSteps] = text.split('/');
  const [lowText = '', highText, ...moreBounds] = bounds.split('-');
  if (moreSteps.length > 0 || moreBounds.length > 0) return undefined;
  const star = lowText === '*' || lowText === '?';
  const low = star ? range.min : parseNumber(lowText, range);
  const step = stepText === undefined ? 1 : parseNumber(stepText, { min: 0, max: 0, names: [] });
  if (low === undefined || step === undefined || step === 0) return undefined;
  let high: number | undefined = low;
  if (star) high = range.max;
  else if (highText !== undefined) high = parseNumber(highText, range);
  // `N/step` runs to the end of the field.
  else if (stepText !== undefined) high = range.max;
  if (high === undefined || low < range.min || high > range.max || low > high) return undefined;
  const values: number[] = [];
  for (let value = low; value <= high; value += step) values.push(value);
  return { values, any: star && step === 1 };
}

function parseField(text: string, range: FieldRange): ParsedRange | undefined {
  const values = new Set<number>();
  let any = false;
  for (const part of text.split(',')) {
    if (part === '') continue;
    const parsed = parseRange(part, range);
    if (parsed === undefined) return undefined;
    for (const value of parsed.values) values.add(value);
    any ||= parsed.any;
  }
  return { values: [...values].sort((a, b) => a - b), any };
}

/**
 * Parses a schedule the way robfig/cron does: five fields or a descriptor such as `@daily`, always UTC.
 *
 * @returns undefined when the expression is not understood, which makes the budget block everything (disruption.md §8).
 */
export function parseCronFields(schedule: string): CronFields | undefined {
  const text = DESCRIPTORS[schedule.trim()] ?? schedule;
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) return undefined;
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  const minutes = parseField(minute, MINUTE);
  const hours = parseField(hour, HOUR);
  const daysOfMonth = parseField(dayOfMonth, DAY_OF_MONTH);
  const months = parseField(month, MONTH);
  const daysOfWeek = parseField(dayOfWeek, DAY_OF_WEEK);
  if (!minutes || !hours || !daysOfMonth || !months || !daysOfWeek) return undefined;
  return {
    minutes: minutes.values,
    hours: hours.values,
    daysOfMonth: daysOfMonth.values,
    months: months.values,
    daysOfWeek: daysOfWeek.values,
    anyDayOfMonth: daysOfMonth.any,
    anyDayOfWeek: daysOfWeek.any,
  };
}
