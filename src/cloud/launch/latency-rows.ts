import type { Problem, ProblemCode } from '../../kubernetes/manifest/problem.js';
import { csvRecords, looksLikeFormula, shownCell, type CsvCell, type CsvRecord } from '../data/csv-records.js';

/** One observed launch, seconds. */
export interface LatencyRow {
  /** Empty when the file does not tell types. */
  readonly instanceType: string;
  /** Undefined where only the whole is known. */
  readonly phases?:
    readonly [createdToLaunched: number, launchedToRegistered: number, registeredToInitialized: number] | undefined;
  /** NodeClaim created → initialized. */
  readonly total: number;
}

/** What stands in a file of observed launches. */
export interface LatencyRows {
  readonly rows: readonly LatencyRow[];
  /** Launches that never came to an end, left out. */
  readonly unfinished: number;
  readonly problems: readonly Problem[];
}

const TIMES = ['createdtime', 'launchedtime', 'registeredtime', 'initializedtime'] as const;
const SECONDS = ['created_to_launched_s', 'launched_to_registered_s', 'registered_to_initialized_s'] as const;
const EXPECTED =
  `the columns of LogParserForKarpenter (instancetype, ${TIMES.join(', ')}), ` +
  `the columns type, ${SECONDS.join(', ')}, or a plain list of seconds`;

const NUMBER = /^\d+(\.\d+)?$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** No node takes a day to become ready. */
const LONGEST = 86_400;

/**
 * Reads observed launches: the CSV output of LogParserForKarpenter, `launch-latencies.csv` as it is shipped, or a plain list of
 * seconds from NodeClaim to ready node, with or without a header. All mistakes are told at once.
 */
export function readLatencyRows(file: string, text: string): LatencyRows {
  const { records, problem } = csvRecords(file, text);
  return problem === undefined
    ? new LatencyReader(file).read(records)
    : { rows: [], unfinished: 0, problems: [problem] };
}

class LatencyReader {
  readonly #problems: Problem[] = [];
  readonly #rows: LatencyRow[] = [];
  #unfinished = 0;
  #columns: ReadonlyMap<string, number> = new Map();
  #record: CsvRecord = { line: 1, cells: [] };

  constructor(private readonly file: string) {}

  read(records: readonly CsvRecord[]): LatencyRows {
    const [first, ...rest] = records;
    if (first === undefined) this.#problem(undefined, '', 'wrong-type', 'the file is empty', EXPECTED);
    else if (first.cells.length === 1 && isNumberLike(first.cells[0]?.text ?? '')) this.#readList(records);
    else this.#readTable(first, rest);
    return { rows: this.#rows, unfinished: this.#unfinished, problems: this.#problems };
  }

  #readList(records: readonly CsvRecord[]): void {
    for (const record of records) {
      this.#record = record;
      if (!this.#hasWidth(1)) continue;
      const total = this.#seconds(record.cells[0], '');
      if (total !== undefined) this.#rows.push({ instanceType: '', total });
    }
  }

  #readTable(header: CsvRecord, rows: readonly CsvRecord[]): void {
    this.#record = header;
    // Newer versions of the parser number their columns: Createdtime[2].
    const names = header.cells.map(({ text }) =>
      text
        .trim()
        .toLowerCase()
        .replace(/\[\d+\]$/, ''),
    );
    this.#columns = new Map(names.map((name, index) => [name, index]));
    const has = (columns: readonly string[]): boolean => columns.every((column) => this.#columns.has(column));
    const format = has(TIMES) ? 'times' : has(SECONDS) ? 'phases' : has(['seconds']) ? 'totals' : undefined;
    if (format === undefined) {
      const nearest = names.some((name) => SECONDS.some((column) => column === name)) ? SECONDS : TIMES;
      const missing = nearest.filter((column) => !this.#columns.has(column));
      this.#problem(undefined, missing[0] ?? '', 'missing-field', `there is no column ${missing.join(', ')}`, EXPECTED);
      return;
    }
    for (const row of rows) {
      this.#record = row;
      if (!this.#hasWidth(names.length)) continue;
      if (format === 'times') this.#readTimes();
      else if (format === 'phases') this.#readPhases();
      else this.#readTotal();
    }
  }

  #readTimes(): void {
    const times = TIMES.map((column) => this.#time(column));
    const [created, launched, registered, initialized] = times;
    if (created === undefined || launched === undefined || registered === undefined || initialized === undefined)
      return;
    if (times.some(Number.isNaN)) {
      this.#unfinished++;
      return;
    }
    const phases = [launched - created, registered - launched, initialized - registered].map((ms) => ms / 1000);
    const backwards = phases.findIndex((seconds) => seconds < 0);
    if (backwards >= 0) {
      const column = TIMES[backwards + 1] ?? '';
      this.#problem(
        this.#cell(column),
        column,
        'invalid-value',
        `is before ${TIMES[backwards] ?? ''}`,
        'times in order',
      );
      return;
    }
    this.#add(phases);
  }

  #readPhases(): void {
    if (SECONDS.some((column) => (this.#cell(column)?.text ?? '') === '')) {
      this.#unfinished++;
      return;
    }
    const phases = SECONDS.map((column) => this.#seconds(this.#cell(column), column));
    if (!phases.includes(undefined)) this.#add(phases.map(Number));
  }

  #readTotal(): void {
    const total = this.#seconds(this.#cell('seconds'), 'seconds');
    const instanceType = this.#type();
    if (total !== undefined && instanceType !== undefined) this.#rows.push({ instanceType, total });
  }

  #add([first = 0, second = 0, third = 0]: readonly number[]): void {
    const instanceType = this.#type();
    if (instanceType === undefined) return;
    this.#rows.push({ instanceType, phases: [first, second, third], total: first + second + third });
  }

  #type(): string | undefined {
    const column = this.#columns.has('instancetype') ? 'instancetype' : 'type';
    const cell = this.#cell(column);
    const text = cell?.text ?? '';
    if (text === '' || /^[a-z0-9-]{1,32}\.[a-z0-9-]{1,32}$/.test(text)) return text;
    const message = `${shownCell(text)} is ${looksLikeFormula(text) ? 'a spreadsheet formula' : 'no instance type'}`;
    this.#problem(cell, column, 'invalid-value', message, 'an EC2 instance type such as m5.large');
    return undefined;
  }

  /** Epoch ms; NaN when the cell is empty, undefined when it is wrong. */
  #time(column: string): number | undefined {
    const cell = this.#cell(column);
    const text = cell?.text ?? '';
    if (text === '') return NaN;
    const ms = TIME.test(text) ? Date.parse(text) : NaN;
    if (!Number.isNaN(ms)) return ms;
    const message = `${shownCell(text)} is not a time`;
    this.#problem(cell, column, 'invalid-value', message, 'a time such as 2025-03-11T00:25:18.686Z');
    return undefined;
  }

  #seconds(cell: CsvCell | undefined, column: string): number | undefined {
    const text = cell?.text.trim() ?? '';
    const value = NUMBER.test(text) ? Number(text) : NaN;
    if (value <= LONGEST) return value;
    const what =
      value > LONGEST
        ? 'more than a day'
        : looksLikeFormula(text) && !isNumberLike(text)
          ? 'a spreadsheet formula'
          : 'no number of seconds';
    this.#problem(cell, column, 'invalid-value', `${shownCell(text)} is ${what}`, 'seconds such as 44.696');
    return undefined;
  }

  #hasWidth(width: number): boolean {
    const { length } = this.#record.cells;
    if (length === width) return true;
    this.#problem(undefined, '', 'wrong-type', `the row has ${length} fields`, `${width}, as the first line has`);
    return false;
  }

  #cell(column: string): CsvCell | undefined {
    const index = this.#columns.get(column);
    return index === undefined ? undefined : this.#record.cells[index];
  }

  #problem(cell: CsvCell | undefined, path: string, code: ProblemCode, message: string, expected: string): void {
    const { line } = this.#record;
    this.#problems.push({ file: this.file, line, column: cell?.column ?? 1, path, code, message, expected });
  }
}

function isNumberLike(text: string): boolean {
  return text.trim() !== '' && !Number.isNaN(Number(text.trim()));
}
