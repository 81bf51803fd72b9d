/** How a trace tells time: UTC times, Unix seconds or milliseconds, or seconds since its own beginning. */
export type TraceClock = 'rfc3339' | 'epoch-s' | 'epoch-ms' | 'offset-s';

const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?$/;
/** Spring 1973 in seconds, and in milliseconds the same: no trace of requests is older, and no offset as large. */
const OLDEST_EPOCH_S = 1e8;
const OLDEST_EPOCH_MS = 1e11;

/** The clock that a first time stamp tells by; undefined for what is no time. */
export function clockOf(text: string): TraceClock | undefined {
  if (!NUMBER.test(text)) return DATE_TIME.test(text) ? 'rfc3339' : undefined;
  const value = Number(text);
  if (value >= OLDEST_EPOCH_MS) return 'epoch-ms';
  return value >= OLDEST_EPOCH_S ? 'epoch-s' : 'offset-s';
}

/** Milliseconds, since 1970 or since the trace's own zero; NaN for what is no time of this clock. A time without a zone is UTC. */
export function traceTimeMs(text: string, clock: TraceClock): number {
  if (clock !== 'rfc3339')
    return NUMBER.test(text) ? Math.round(Number(text) * (clock === 'epoch-ms' ? 1 : 1000)) : NaN;
  const [, day = '', time = '', zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  const ms = Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(ms)) return NaN;
  // 30 February would become 2 March.
  return new Date(Date.parse(`${day}T00:00:00Z`)).toISOString().startsWith(day) ? ms : NaN;
}

/** What a time stamp of this clock looks like. */
export const CLOCK_EXAMPLES: Readonly<Record<TraceClock, string>> = {
  rfc3339: 'a time such as 1998-07-08T19:00:00Z',
  'epoch-s': 'Unix seconds, as in the first row',
  'epoch-ms': 'Unix milliseconds, as in the first row',
  'offset-s': 'seconds since the beginning of the trace, as in the first row',
};
