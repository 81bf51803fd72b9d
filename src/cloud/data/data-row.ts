import { DataFileError } from './data-file-error.js';

const NUMBER = /^-?\d+(\.\d+)?$/;

/** One row of a data table, read by column name. Every reader throws `DataFileError` with file, line and column. */
export class DataRow {
  constructor(
    readonly file: string,
    private readonly columns: ReadonlyMap<string, number>,
    private readonly fields: readonly string[],
    private readonly lineOf: () => number,
  ) {}

  /** Line of the row in the file, 1-based. */
  get line(): number {
    return this.lineOf();
  }

  /** The field as written; empty when the cell is empty. */
  optionalText(column: string): string {
    const index = this.columns.get(column);
    if (index === undefined) throw new DataFileError(this.file, 1, column, 'the header has no such column');
    return this.fields[index] ?? '';
  }

  text(column: string): string {
    const value = this.optionalText(column);
    return value === '' ? this.fail(column, 'is empty, expected a value') : value;
  }

  /** A decimal number, or undefined when the cell is empty. */
  optionalNumber(column: string): number | undefined {
    const value = this.optionalText(column);
    if (value === '') return undefined;
    return NUMBER.test(value) ? Number(value) : this.fail(column, `"${value}" is not a decimal number`);
  }

  number(column: string): number {
    return this.optionalNumber(column) ?? this.fail(column, 'is empty, expected a number');
  }

  /** A whole number that is not negative, or undefined when the cell is empty. */
  optionalCount(column: string): number | undefined {
    const value = this.optionalNumber(column);
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
    return this.fail(column, `"${value}" is not a whole number of at least 0`);
  }

  count(column: string): number {
    return this.optionalCount(column) ?? this.fail(column, 'is empty, expected a whole number');
  }

  /** A number that is not negative. */
  price(column: string): number {
    const value = this.number(column);
    return value >= 0 ? value : this.fail(column, `"${value}" is negative, expected a price`);
  }

  flag(column: string): boolean {
    return this.oneOf(column, ['true', 'false']) === 'true';
  }

  oneOf<T extends string>(column: string, choices: readonly T[]): T {
    const value = this.optionalText(column);
    const choice = choices.find((candidate) => candidate === value);
    return choice ?? this.fail(column, `"${value}" is none of ${choices.join(', ')}`);
  }

  /** Reports that the cell is wrong. */
  fail(column: string, problem: string): never {
    throw new DataFileError(this.file, this.line, column, problem);
  }
}
