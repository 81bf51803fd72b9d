import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { DataFileError } from './data-file-error.js';
import { DataRow } from './data-row.js';

/** Where a piece of the file stands, so that a row can name its line: offset of each of the piece's lines. */
type LineOffset = (index: number) => number;

/**
 * A CSV file with a header line, read by column name. Opening reads the text only; rows are parsed when asked for, since
 * the price files hold every region and type while a run needs a few (parsing them all takes ten times as long).
 */
export class DataTable {
  readonly #columns: ReadonlyMap<string, number>;
  readonly #bodyOffset: number;
  #all: readonly DataRow[] | undefined;
  readonly #found = new Map<string, readonly DataRow[]>();

  constructor(
    readonly file: string,
    private readonly source: string,
  ) {
    const headerEnd = source.indexOf('\n');
    this.#bodyOffset = headerEnd < 0 ? source.length : headerEnd + 1;
    const header = source.slice(source.startsWith('\uFEFF') ? 1 : 0, this.#bodyOffset);
    const names = this.#parse(header, () => 0)[0] ?? [];
    if (names.length < 2) throw new DataFileError(file, 1, undefined, 'expected a header line with column names');
    this.#columns = new Map(names.map((name, index) => [name, index]));
    if (this.#columns.size !== names.length) throw new DataFileError(file, 1, undefined, 'a column name occurs twice');
  }

  /**
   * @param path of a UTF-8 file
   * @throws DataFileError when it cannot be read or has no header
   */
  static open(path: string): DataTable {
    let source: string;
    try {
      source = readFileSync(path, 'utf8');
    } catch (error) {
      throw new DataFileError(path, undefined, undefined, `cannot be read: ${(error as Error).message}`);
    }
    return new DataTable(path, source);
  }

  /** All rows, in file order. They are kept. */
  rows(): readonly DataRow[] {
    this.#all ??= this.#rows(this.source.slice(this.#bodyOffset), (index) => this.#nthLineOffset(index));
    return this.#all;
  }

  /** Rows whose first fields are one of the given lists, in file order. They are kept: every run of a replication asks for the same. */
  rowsStartingWith(leading: readonly (readonly string[])[]): readonly DataRow[] {
    const key = JSON.stringify(leading);
    let rows = this.#found.get(key);
    if (rows === undefined) this.#found.set(key, (rows = this.#find(leading)));
    return rows;
  }

  #find(leading: readonly (readonly string[])[]): readonly DataRow[] {
    // A quoted field may hold commas and line breaks: then lines are not rows and all must be parsed.
    if (this.source.includes('"')) {
      return this.rows().filter((row) => leading.some((fields) => this.#startsWith(row, fields)));
    }
    const lines = new Map<number, string>();
    for (const fields of leading) this.#findLines(`${fields.join(',')},`, lines);
    const offsets = [...lines.keys()].sort((a, b) => a - b);
    const piece = offsets.map((offset) => lines.get(offset)).join('\n');
    return this.#rows(piece, (index) => offsets[index] ?? this.source.length);
  }

  /** First field of every row, read without parsing the rest. */
  firstFields(): readonly string[] {
    if (this.source.includes('"')) {
      const [first = ''] = this.#columns.keys();
      return this.rows().map((row) => row.text(first));
    }
    const lines = this.source.slice(this.#bodyOffset).split('\n');
    return lines.filter((line) => line.trim() !== '').map((line) => line.slice(0, line.indexOf(',')));
  }

  #findLines(prefix: string, lines: Map<number, string>): void {
    const needle = `\n${prefix}`;
    let at = this.source.indexOf(needle, this.#bodyOffset - 1);
    while (at >= 0) {
      const end = this.source.indexOf('\n', at + 1);
      lines.set(at + 1, this.source.slice(at + 1, end < 0 ? undefined : end).replace(/\r$/, ''));
      at = end < 0 ? -1 : this.source.indexOf(needle, end);
    }
  }

  #startsWith(row: DataRow, fields: readonly string[]): boolean {
    const names = [...this.#columns.keys()];
    return fields.every((field, index) => row.optionalText(names[index] ?? '') === field);
  }

  #rows(piece: string, offsetOf: LineOffset): readonly DataRow[] {
    const width = this.#columns.size;
    return this.#parse(piece, offsetOf).map((fields, index) => {
      const lineOf = (): number => this.#lineAt(offsetOf(index));
      if (fields.length !== width) {
        throw new DataFileError(this.file, lineOf(), undefined, `has ${fields.length} fields, expected ${width}`);
      }
      return new DataRow(this.file, this.#columns, fields, lineOf);
    });
  }

  #parse(piece: string, offsetOf: LineOffset): readonly string[][] {
    try {
      return parse(piece, { relaxColumnCount: true });
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const index = Number(error['lines'] ?? 1) - 1;
      throw new DataFileError(this.file, this.#lineAt(offsetOf(index)), undefined, error.message);
    }
  }

  /** Only errors ask for lines, so they are counted and not kept. After a quoted line break the line is too early. */
  #lineAt(offset: number): number {
    let line = 1;
    for (let at = this.source.indexOf('\n'); at >= 0 && at < offset; at = this.source.indexOf('\n', at + 1)) line += 1;
    return line;
  }

  #nthLineOffset(index: number): number {
    let offset = this.#bodyOffset;
    for (let passed = 0; passed < index && offset > 0; passed += 1) offset = this.source.indexOf('\n', offset) + 1;
    return offset > 0 ? offset : this.source.length;
  }
}
