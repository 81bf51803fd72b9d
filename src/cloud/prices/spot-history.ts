import { didYouMean } from '../../kubernetes/manifest/closest-name.js';
import type { Problem, ProblemCode } from '../../kubernetes/manifest/problem.js';
import { looksLikeFormula, shownCell } from '../data/csv-records.js';
import { jsonPlaces, jsonSyntaxPlace } from '../data/json-places.js';
import type { KnownOfferings } from './known-offerings.js';

/** Spot prices of one pool (type and zone) over time: from `atMs[i]` on, `prices[i]` dollars an hour holds. */
export interface SpotSeries {
  readonly instanceType: string;
  readonly zone: string;
  /** Epoch ms, ascending. */
  readonly atMs: readonly number[];
  readonly prices: readonly number[];
}

/** A user's own spot price history. */
export interface SpotHistory {
  readonly series: readonly SpotSeries[];
  /** Epoch ms of the first and the last record. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What stands in a history file, and what is wrong with it. */
export interface SpotHistoryFile {
  /** Undefined when no record is usable. */
  readonly history?: SpotHistory | undefined;
  /** Records that cannot be read. */
  readonly problems: readonly Problem[];
  /** Records of types and zones that the data does not know: harmless in a run, which never asks for them. */
  readonly unknown: readonly Problem[];
  /** Records of other operating systems. */
  readonly otherProducts: number;
}

/** EC2 tells prices in a VPC and outside of one apart, and Karpenter asks for both (aws.md §7). */
const LINUX = ['Linux/UNIX', 'Linux/UNIX (Amazon VPC)'];
const OTHER_PRODUCTS = /^(Windows|SUSE Linux|Red Hat Enterprise Linux)( \(Amazon VPC\))?$/;

const PRICE = /^\d+(\.\d+)?$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;
const RECORD_LIST = 'the JSON output of aws ec2 describe-spot-price-history';

type RawRecord = Readonly<Record<string, unknown>>;

/** Reads the JSON output of `aws ec2 describe-spot-price-history` as it is, or its list of records alone. */
export function readSpotHistory(file: string, text: string, known: KnownOfferings): SpotHistoryFile {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const whole = (code: ProblemCode, message: string, place = { line: 1, column: 1 }): SpotHistoryFile => ({
    problems: [{ file, ...place, path: '', code, message, expected: RECORD_LIST }],
    unknown: [],
    otherProducts: 0,
  });
  let root: unknown;
  try {
    root = JSON.parse(source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return whole('wrong-type', `not JSON: ${message}`, jsonSyntaxPlace(source, message));
  }
  const isList = Array.isArray(root);
  const list: unknown = isList
    ? root
    : typeof root === 'object' && root !== null
      ? (root as RawRecord)['SpotPriceHistory']
      : undefined;
  if (!Array.isArray(list)) return whole('wrong-type', 'there is no list SpotPriceHistory');
  const reader = new HistoryReader(file, source, isList ? '' : 'SpotPriceHistory', known);
  for (const [index, record] of list.entries()) reader.read(record, index);
  if (list.length === 0) return whole('missing-field', 'the history is empty');
  return reader.finish();
}

class HistoryReader {
  readonly #problems: Problem[] = [];
  readonly #unknown: Problem[] = [];
  /** By pool, the prices by time. */
  readonly #pools = new Map<string, { instanceType: string; zone: string; byTime: Map<number, number> }>();
  readonly #seen = new Map<string, number>();
  #otherProducts = 0;
  #places: ReturnType<typeof jsonPlaces> | undefined;

  constructor(
    private readonly file: string,
    private readonly source: string,
    private readonly listPath: string,
    private readonly known: KnownOfferings,
  ) {}

  read(record: unknown, index: number): void {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      this.#problem(index, '', 'wrong-type', 'not a record', 'an object with InstanceType, SpotPrice, Timestamp');
      return;
    }
    const before = this.#problems.length;
    const unknownBefore = this.#unknown.length;
    const fields = record as RawRecord;
    const product = this.#product(index, fields);
    const instanceType = this.#name(index, fields, 'InstanceType', this.known.types, 'instance type');
    const zone = this.#name(index, fields, 'AvailabilityZone', this.known.zones, 'availability zone');
    const price = this.#price(index, fields);
    const atMs = this.#time(index, fields);
    if (this.#problems.length > before || this.#unknown.length > unknownBefore) return;
    if (!LINUX.includes(product)) {
      this.#otherProducts++;
      return;
    }
    const key = `${instanceType}/${zone}/${product}/${atMs}`;
    const first = this.#seen.get(key);
    if (first !== undefined) {
      const message = `${instanceType} in ${zone} has a price at this time in ${this.#pathOf(first)} already`;
      this.#problem(index, '', 'duplicate-name', message, 'one record for each type, zone, product and time');
      return;
    }
    this.#seen.set(key, index);
    const pool = `${instanceType}/${zone}`;
    let series = this.#pools.get(pool);
    if (series === undefined) this.#pools.set(pool, (series = { instanceType, zone, byTime: new Map() }));
    series.byTime.set(atMs, price);
  }

  finish(): SpotHistoryFile {
    const series = [...this.#pools.keys()].sort().map((key): SpotSeries => {
      const { instanceType = '', zone = '', byTime = new Map<number, number>() } = this.#pools.get(key) ?? {};
      const changes = [...byTime].sort(([a], [b]) => a - b);
      return { instanceType, zone, atMs: changes.map(([at]) => at), prices: changes.map(([, price]) => price) };
    });
    const times = series.flatMap(({ atMs }) => [atMs[0] ?? 0, atMs.at(-1) ?? 0]);
    const range = {
      fromMs: times.reduce((a, b) => Math.min(a, b), Infinity),
      toMs: times.reduce((a, b) => Math.max(a, b), -Infinity),
    };
    if (series.length === 0 && this.#problems.length === 0 && this.#otherProducts > 0) {
      this.#problem(0, 'ProductDescription', 'missing-reference', 'no record is of Linux', LINUX.join(' or '));
    }
    return {
      history: series.length === 0 ? undefined : { series, ...range },
      problems: this.#problems,
      unknown: this.#unknown,
      otherProducts: this.#otherProducts,
    };
  }

  #product(index: number, fields: RawRecord): string {
    const product = this.#text(index, fields, 'ProductDescription');
    if (product === '' || LINUX.includes(product) || OTHER_PRODUCTS.test(product)) return product;
    const message = `${shownCell(product)} is no product`;
    this.#problem(index, 'ProductDescription', 'unsupported-value', message, LINUX.join(' or '));
    return product;
  }

  #name(index: number, fields: RawRecord, field: string, known: ReadonlySet<string>, what: string): string {
    const name = this.#text(index, fields, field);
    if (name === '' || known.has(name)) return name;
    if (looksLikeFormula(name)) {
      this.#problem(index, field, 'invalid-value', `${shownCell(name)} is a spreadsheet formula`, `an ${what}`);
    } else {
      const message = `${shownCell(name)} is no ${what} that karpsim knows`;
      const hint = didYouMean(name.slice(0, 64), known);
      this.#unknown.push(this.#located(index, field, 'missing-reference', message, undefined, hint));
    }
    return name;
  }

  #price(index: number, fields: RawRecord): number {
    const value = fields['SpotPrice'];
    // The API has prices as texts; whoever went through another tool may have numbers.
    const text = typeof value === 'number' ? String(value) : this.#text(index, fields, 'SpotPrice');
    const price = PRICE.test(text) ? Number(text) : NaN;
    if (text === '' || (price > 0 && price < Infinity)) return price;
    const message = price === 0 ? 'the price is zero' : `${shownCell(text)} is not a price`;
    this.#problem(index, 'SpotPrice', 'invalid-value', message, 'dollars an hour above zero, such as "0.0416"');
    return price;
  }

  #time(index: number, fields: RawRecord): number {
    const text = this.#text(index, fields, 'Timestamp');
    const atMs = TIME.test(text) ? Date.parse(text) : NaN;
    if (text !== '' && Number.isNaN(atMs)) {
      const expected = 'a time such as 2026-03-27T09:00:00+00:00';
      this.#problem(index, 'Timestamp', 'invalid-value', `${shownCell(text)} is not a time`, expected);
    }
    return atMs;
  }

  #text(index: number, fields: RawRecord, field: string): string {
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (typeof value === 'string' && value !== '') return value;
    const missing = value === undefined || value === '';
    const message = missing ? `${field} is missing` : `${shownCell(JSON.stringify(value))} has the wrong type`;
    this.#problem(index, field, missing ? 'missing-field' : 'wrong-type', message, 'a text');
    return '';
  }

  #problem(index: number, field: string, code: ProblemCode, message: string, expected?: string): void {
    this.#problems.push(this.#located(index, field, code, message, expected));
  }

  #located(
    index: number,
    field: string,
    code: ProblemCode,
    message: string,
    expected?: string,
    hint?: string,
  ): Problem {
    // Places are looked up only for problems: a year of history has a million records.
    this.#places ??= jsonPlaces(this.source);
    const place = this.#places(index, field);
    const path = field === '' ? this.#pathOf(index) : `${this.#pathOf(index)}.${field}`;
    return { file: this.file, ...place, path, code, message, expected, hint };
  }

  #pathOf(index: number): string {
    return `${this.listPath}[${index}]`;
  }
}
