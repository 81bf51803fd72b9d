import { didYouMean } from '../../kubernetes/manifest/closest-name.js';
import type { Problem, ProblemCode } from '../../kubernetes/manifest/problem.js';
import { csvRecords, looksLikeFormula, shownCell, type CsvCell, type CsvRecord } from '../data/csv-records.js';
import type { KnownOfferings } from './known-offerings.js';

/** One line of an on-demand price file. */
export interface OnDemandPrice {
  readonly region: string;
  readonly type: string;
  /** An hour, in the region's currency: yuan in China, else US dollars. As written, so that no digit is lost. */
  readonly price: string;
  /** When the price was read; empty when the file does not say. */
  readonly generatedAt: string;
}

/** What stands in a price file, and everything that is wrong with it. */
export interface OnDemandFile {
  readonly prices: readonly OnDemandPrice[];
  readonly problems: readonly Problem[];
}

const REQUIRED = ['region', 'type', 'usd_per_hour'] as const;
/** In the order in which {@link onDemandFileText} writes them. */
const COLUMNS = ['region', 'type', 'usd_per_hour', 'cny_per_hour', 'generated_at'] as const;

type Column = (typeof COLUMNS)[number];

const PRICE = /^\d+(\.\d+)?$/;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?$/;

/** Whether prices of a region are in yuan. */
export function isChina(region: string): boolean {
  return region.startsWith('cn-');
}

/**
 * Reads an on-demand price file: the columns of `pricing-data/on-demand-prices.csv`. Every row is looked at; rows with a
 * problem are left out of `prices`.
 */
export function readOnDemandFile(file: string, text: string, known: KnownOfferings): OnDemandFile {
  const { records, problem } = csvRecords(file, text);
  return problem === undefined ? new OnDemandReader(file, known).read(records) : { prices: [], problems: [problem] };
}

/** The text of a price file, by region and type. */
export function onDemandFileText(prices: readonly OnDemandPrice[]): string {
  const sorted = [...prices].sort((a, b) => byCodeUnit(a.region, b.region) || byCodeUnit(a.type, b.type));
  const lines = sorted.map(({ region, type, price, generatedAt }) => {
    const [dollars, yuan] = isChina(region) ? ['', price] : [price, ''];
    return [region, type, dollars, yuan, generatedAt].join(',');
  });
  return [COLUMNS.join(','), ...lines].map((line) => `${line}\n`).join('');
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

class OnDemandReader {
  readonly #problems: Problem[] = [];
  readonly #lineOf = new Map<string, number>();
  #columns: ReadonlyMap<string, number> = new Map();
  #record: CsvRecord = { line: 1, cells: [] };

  constructor(
    private readonly file: string,
    private readonly known: KnownOfferings,
  ) {}

  read([header, ...rows]: readonly CsvRecord[]): OnDemandFile {
    if (header === undefined) {
      this.#problem(undefined, '', 'wrong-type', 'the file is empty', `a header line ${COLUMNS.join(',')}`);
      return { prices: [], problems: this.#problems };
    }
    this.#record = header;
    this.#readHeader(header);
    if (this.#problems.length > 0) return { prices: [], problems: this.#problems };
    if (rows.length === 0) {
      this.#problem(undefined, '', 'missing-field', 'there is no price below the header', 'a line for each type');
    }
    const prices = rows.flatMap((row) => this.#readRow(row) ?? []);
    return { prices, problems: this.#problems };
  }

  #readHeader({ cells }: CsvRecord): void {
    const names = cells.map(({ text }) => text.trim());
    for (const [index, cell] of cells.entries()) {
      const name = cell.text.trim();
      if (!COLUMNS.some((column) => column === name)) {
        const message = `unknown column ${shownCell(name)}`;
        const hint = didYouMean(name, COLUMNS);
        this.#problem(cell, name, 'unknown-field', message, `columns ${COLUMNS.join(', ')}`, hint);
      } else if (names.indexOf(name) !== index) {
        this.#problem(cell, name, 'duplicate-name', `column ${name} stands there twice`, 'each column once');
      }
    }
    const missing = REQUIRED.filter((column) => !names.includes(column));
    if (missing.length > 0) {
      const expected = `columns ${REQUIRED.join(', ')} and, where there are any, cny_per_hour, generated_at`;
      this.#problem(undefined, missing[0] ?? '', 'missing-field', `there is no column ${missing.join(', ')}`, expected);
    }
    this.#columns = new Map(names.map((name, index) => [name, index]));
  }

  #readRow(record: CsvRecord): OnDemandPrice | undefined {
    this.#record = record;
    const before = this.#problems.length;
    if (record.cells.length !== this.#columns.size) {
      const message = `the row has ${record.cells.length} fields`;
      this.#problem(undefined, '', 'wrong-type', message, `${this.#columns.size}, as the header has`);
      return undefined;
    }
    const region = this.#name('region', this.known.regions);
    const type = this.#name('type', this.known.types);
    const price = this.#price(isChina(region) ? 'cny_per_hour' : 'usd_per_hour');
    if (isChina(region)) this.#leftEmpty('usd_per_hour', `${region} is priced in yuan`);
    else this.#leftEmpty('cny_per_hour', `${region} is priced in dollars`);
    const generatedAt = this.#time();
    if (this.#problems.length > before) return undefined;
    const key = `${region} ${type}`;
    const first = this.#lineOf.get(key);
    if (first !== undefined) {
      const message = `${type} in ${region} has a price in line ${first} already`;
      this.#problem(this.#cell('type'), 'type', 'duplicate-name', message, 'one row for each region and type');
      return undefined;
    }
    this.#lineOf.set(key, record.line);
    return { region, type, price, generatedAt };
  }

  #name(column: Column, known: ReadonlySet<string>): string {
    const cell = this.#cell(column);
    const text = cell?.text ?? '';
    const what = column === 'type' ? 'instance type' : 'region';
    if (text === '') this.#problem(cell, column, 'missing-field', `the ${what} is empty`);
    else if (looksLikeFormula(text)) this.#formula(cell, column);
    else if (!known.has(text)) {
      const message = `${shownCell(text)} is no ${what} that karpsim knows`;
      this.#problem(cell, column, 'missing-reference', message, undefined, didYouMean(text.slice(0, 64), known));
    }
    return text;
  }

  #price(column: Column): string {
    const cell = this.#cell(column);
    const text = cell?.text ?? '';
    const value = PRICE.test(text) ? Number(text) : NaN;
    const expected = 'dollars an hour above zero, such as 0.096';
    if (text === '') this.#problem(cell, column, 'missing-field', 'the price is missing', expected);
    else if (value === 0) this.#problem(cell, column, 'invalid-value', 'the price is zero', expected);
    else if (PRICE.test(text) && value > MAX_PRICE) {
      const message = `${shownCell(text)} an hour is beyond any instance's price`;
      this.#problem(cell, column, 'invalid-value', message, `at most ${MAX_PRICE}`);
    } else if (Number.isNaN(value)) {
      if (/^-\d+(\.\d+)?$/.test(text)) this.#problem(cell, column, 'invalid-value', `${text} is negative`, expected);
      else if (looksLikeFormula(text)) this.#formula(cell, column);
      else this.#problem(cell, column, 'invalid-value', `${shownCell(text)} is not a price`, expected);
    }
    return text;
  }

  #leftEmpty(column: Column, because: string): void {
    const cell = this.#cell(column);
    if (cell === undefined || cell.text === '') return;
    if (looksLikeFormula(cell.text)) this.#formula(cell, column);
    else
      this.#problem(cell, column, 'invalid-value', `${because}, so ${shownCell(cell.text)} has no meaning`, 'nothing');
  }

  #time(): string {
    const cell = this.#cell('generated_at');
    const text = cell?.text ?? '';
    if (text === '' || (TIME.test(text) && !Number.isNaN(Date.parse(text)))) return text;
    if (looksLikeFormula(text)) this.#formula(cell, 'generated_at');
    else {
      const message = `${shownCell(text)} is not a time`;
      this.#problem(cell, 'generated_at', 'invalid-value', message, 'a UTC time such as 2026-07-06T14:20:29Z');
    }
    return text;
  }

  #formula(cell: CsvCell | undefined, column: Column): void {
    const message = `${shownCell(cell?.text ?? '')} is a spreadsheet formula`;
    this.#problem(cell, column, 'invalid-value', message, 'a plain value', 'do not open this file in a spreadsheet');
  }

  #cell(column: Column): CsvCell | undefined {
    const index = this.#columns.get(column);
    return index === undefined ? undefined : this.#record.cells[index];
  }

  #problem(
    cell: CsvCell | undefined,
    path: string,
    code: ProblemCode,
    message: string,
    expected?: string,
    hint?: string,
  ): void {
    const { line } = this.#record;
    const shownPath = path === '' || COLUMNS.some((column) => column === path) ? path : shownCell(path);
    this.#problems.push({
      file: this.file,
      line,
      column: cell?.column ?? 1,
      path: shownPath,
      code,
      message,
      expected,
      hint,
    });
  }
}

/** Dollars an hour; the dearest instance type costs a few hundred. */
const MAX_PRICE = 10_000;
