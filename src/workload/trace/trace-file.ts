import { csvRecords, shownCell, type CsvCell, type CsvRecord } from '../../cloud/data/csv-records.js';
import type { Problem } from '../../kubernetes/manifest/problem.js';
import { traceColumns, type ColumnChoice, type TraceColumns } from './trace-columns.js';
import { CLOCK_EXAMPLES, clockOf, traceTimeMs, type TraceClock } from './trace-time.js';

/** A trace counts as evenly spaced when more than this share of the distances between its rows are equal. */
const EVEN_SHARE = 0.5;

/** A stretch of a trace without rows, which is bridged by a straight line. */
export interface TraceGap {
  /** Line of the row after it. */
  readonly line: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A trace as its file has it. */
export interface TraceFile {
  readonly clock: TraceClock;
  /** Ms since 1970, or since the trace's zero where its clock counts offsets; rising. */
  readonly timesMs: Float64Array;
  /** Requests a second. */
  readonly rates: Float64Array;
  readonly gaps: readonly TraceGap[];
}

interface Row {
  readonly line: number;
  readonly timeMs: number;
  readonly value: number;
}

/**
 * Reads a CSV file of request rates, or of requests counted by interval; its mistakes with line and column. A row without a
 * value is a gap, and so is a distance of more than one and a half of the usual ones: gaps are bridged by straight lines.
 */
export function readTraceFile(
  file: string,
  text: string,
  choice: ColumnChoice,
): { readonly trace?: TraceFile | undefined; readonly problems: readonly Problem[] } {
  const { records, problem } = csvRecords(file, text);
  return problem === undefined ? new TraceReader(file).read(records, choice) : { problems: [problem] };
}

class TraceReader {
  readonly #problems: Problem[] = [];
  #clock: TraceClock = 'rfc3339';

  constructor(private readonly file: string) {}

  read([header, ...records]: readonly CsvRecord[], choice: ColumnChoice): ReturnType<typeof readTraceFile> {
    const expected = 'a header line such as timestamp,requests_per_second, and rows below it';
    if (header === undefined || records.length === 0) {
      this.#problem(header?.line ?? 1, undefined, 'missing-field', 'the trace has no rows', expected);
      return { problems: this.#problems };
    }
    if (header.cells.every(({ text }) => clockOf(text.trim()) !== undefined)) {
      this.#problem(header.line, header.cells[0], 'missing-field', 'the first line is no header', expected);
      return { problems: this.#problems };
    }
    const columns = traceColumns(header, choice);
    if ('message' in columns) {
      this.#problem(header.line, header.cells[0], 'missing-field', columns.message, undefined, columns.hint);
      return { problems: this.#problems };
    }
    const rows = this.#rows(records, columns);
    if (this.#problems.length === 0 && rows.length < 2) {
      this.#problem(header.line, undefined, 'missing-field', 'the trace has less than two values', 'two rows or more');
    }
    if (this.#problems.length > 0) return { problems: this.#problems };
    return { trace: toTrace(rows, columns.perSeconds, this.#clock), problems: [] };
  }

  #rows(records: readonly CsvRecord[], columns: TraceColumns): readonly Row[] {
    const first = records[0]?.cells[columns.time]?.text.trim() ?? '';
    this.#clock = clockOf(first) ?? 'rfc3339';
    const rows: Row[] = [];
    let lastMs = -Infinity;
    for (const { line, cells } of records) {
      const timeMs = this.#time(line, cells[columns.time], lastMs);
      const value = this.#value(line, cells[columns.value]);
      if (timeMs === undefined) continue;
      lastMs = timeMs;
      if (value !== undefined) rows.push({ line, timeMs, value });
    }
    return rows;
  }

  #time(line: number, cell: CsvCell | undefined, lastMs: number): number | undefined {
    const text = cell?.text.trim() ?? '';
    const timeMs = traceTimeMs(text, this.#clock);
    if (Number.isNaN(timeMs)) {
      const message = text === '' ? 'the time is empty' : `${shownCell(text)} is no time`;
      this.#problem(line, cell, 'invalid-value', message, CLOCK_EXAMPLES[this.#clock]);
      return undefined;
    }
    if (timeMs > lastMs) return timeMs;
    if (timeMs === lastMs) {
      const hint = 'sum the rows of one time, or keep one of them';
      this.#problem(line, cell, 'duplicate-name', `the time ${text} stands there twice`, 'each time once', hint);
    } else {
      const hint = 'sort the rows by time';
      this.#problem(
        line,
        cell,
        'invalid-value',
        `time goes back to ${text}`,
        'a time after that of the row before',
        hint,
      );
    }
    return undefined;
  }

  /** A field that is empty is no mistake, the row is a gap. */
  #value(line: number, cell: CsvCell | undefined): number | undefined {
    const text = cell?.text.trim() ?? '';
    if (text === '') return undefined;
    const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (Number.isFinite(value) && value >= 0) return value;
    const message = value < 0 ? `${text} requests are less than none` : `${shownCell(text)} is no number`;
    this.#problem(
      line,
      cell,
      'invalid-value',
      message,
      'a number of requests, 0 or more',
      'leave the field empty for a gap',
    );
    return undefined;
  }

  #problem(
    line: number,
    cell: CsvCell | undefined,
    code: Problem['code'],
    message: string,
    expected?: string,
    hint?: string,
  ): void {
    this.#problems.push({ file: this.file, line, column: cell?.column ?? 1, path: '', code, message, expected, hint });
  }
}

/**
 * A count belongs to the interval that begins with its row, so that as a rate it stands in the middle of it; intervals are as long
 * as most are, in a trace without a usual length each as long as it is.
 */
function toTrace(rows: readonly Row[], perSeconds: number | undefined, clock: TraceClock): TraceFile {
  const usualMs = usualDistance(rows);
  const gaps: TraceGap[] = [];
  const timesMs = new Float64Array(rows.length);
  const rates = new Float64Array(rows.length);
  let lengthMs = usualMs ?? 0;
  for (const [index, row] of rows.entries()) {
    const next = rows[index + 1];
    if (usualMs === undefined && next !== undefined) lengthMs = next.timeMs - row.timeMs;
    if (usualMs !== undefined && next !== undefined && next.timeMs - row.timeMs > 1.5 * usualMs) {
      gaps.push({ line: next.line, fromMs: row.timeMs + usualMs, toMs: next.timeMs });
    }
    timesMs[index] = row.timeMs + (perSeconds === undefined ? lengthMs / 2 : 0);
    rates[index] = row.value / (perSeconds ?? lengthMs / 1000);
  }
  return { clock, timesMs, rates, gaps };
}

/** The distance that most rows have from the next; undefined where no distance is usual. */
function usualDistance(rows: readonly Row[]): number | undefined {
  const counts = new Map<number, number>();
  for (const [index, { timeMs }] of rows.entries()) {
    const next = rows[index + 1];
    if (next !== undefined) counts.set(next.timeMs - timeMs, (counts.get(next.timeMs - timeMs) ?? 0) + 1);
  }
  const [usual] = [...counts].sort(([, a], [, b]) => b - a);
  return usual !== undefined && usual[1] > EVEN_SHARE * (rows.length - 1) ? usual[0] : undefined;
}
