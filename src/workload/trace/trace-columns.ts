import type { CsvRecord } from '../../cloud/data/csv-records.js';

/** Which columns of a trace file are used: given by the user, or found by their names. */
export interface ColumnChoice {
  readonly time?: string | undefined;
  /** Column of requests a second. */
  readonly rate?: string | undefined;
  /** Column of requests in the interval that begins at the row's time. */
  readonly count?: string | undefined;
}

/** Columns of a trace file, by index. */
export interface TraceColumns {
  readonly time: number;
  readonly value: number;
  /** A rate of so many seconds; undefined: a count of the row's interval. */
  readonly perSeconds: number | undefined;
}

const TIME_NAMES = [
  'timestamp',
  'timestamp_utc',
  'time',
  'time_utc',
  'datetime',
  'date_time',
  'date',
  'ts',
  'epoch',
  'epoch_s',
  'epoch_ms',
  'period',
  'offset',
  'offset_s',
  'offset_seconds',
  'seconds',
];

/** Seconds that a rate is of, by the name of its column. */
const RATE_NAMES: Readonly<Record<string, number>> = {
  rate: 1,
  rps: 1,
  qps: 1,
  request_rate: 1,
  requests_per_second: 1,
  queries_per_second: 1,
  rpm: 60,
  requests_per_minute: 60,
  requests_per_hour: 3600,
};

const COUNT_NAMES = [
  'count',
  'requests',
  'request_count',
  'num_request',
  'num_requests',
  'hits',
  'invocations',
  'calls',
];

/** What a header lacks, for the user. */
export interface MissingColumn {
  readonly message: string;
  readonly hint: string;
}

/** Finds the columns of a trace, or says which one is missing. Names are compared without case; blanks and hyphens are `_`. */
export function traceColumns(header: CsvRecord, choice: ColumnChoice): TraceColumns | MissingColumn {
  const names = header.cells.map(({ text }) => text.trim());
  const plain = names.map((name) => name.toLowerCase().replace(/[^a-z0-9]+/g, '_'));
  const shown = names.map((name) => JSON.stringify(name)).join(', ');
  const find = (wanted: string | undefined, known: readonly string[]): number =>
    wanted === undefined ? plain.findIndex((name) => known.includes(name)) : names.indexOf(wanted);
  for (const wanted of [choice.time, choice.rate, choice.count]) {
    if (wanted === undefined || names.includes(wanted)) continue;
    return { message: `there is no column ${JSON.stringify(wanted)}`, hint: `the header has ${shown}` };
  }
  const time = find(choice.time, TIME_NAMES);
  if (time === -1) {
    return { message: `no column of the header ${shown} looks like a time`, hint: 'name it: columns: { time: NAME }' };
  }
  if (choice.count === undefined) {
    const rate = find(choice.rate, Object.keys(RATE_NAMES));
    const perSeconds = choice.rate === undefined ? RATE_NAMES[plain[rate] ?? ''] : 1;
    if (rate !== -1) return { time, value: rate, perSeconds };
  }
  const count = find(choice.count, COUNT_NAMES);
  if (count !== -1) return { time, value: count, perSeconds: undefined };
  return {
    message: `no column of the header ${shown} looks like requests`,
    hint: 'name it: columns: { rate: NAME } for requests a second, { count: NAME } for requests in each interval',
  };
}
