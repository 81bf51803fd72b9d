/** A data file that cannot be used: says where it is wrong, what was found and what was expected. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';

  constructor(
    readonly file: string,
    /** 1-based; undefined when the whole file is meant. */
    readonly line: number | undefined,
    /** Name of the column, from the header. */
    readonly column: string | undefined,
    readonly problem: string,
  ) {
    super(
      `${file}${line === undefined ? '' : `:${line}`}${column === undefined ? '' : `, column ${column}`}: ${problem}`,
    );
  }
}
