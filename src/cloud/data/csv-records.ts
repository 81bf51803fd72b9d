import { CsvError, parse, type Info } from 'csv-parse/sync';
import type { Problem } from '../../kubernetes/manifest/problem.js';

/** A field of a user's CSV file. */
export interface CsvCell {
  readonly text: string;
  /** 1-based character of the line where the field begins; in a record with line breaks counted from its first line. */
  readonly column: number;
}

/** A record of a user's CSV file; `line` is the one it begins on, 1-based. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly CsvCell[];
}

interface ParsedRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: Info;
}

/** A user's CSV file with the place of every field, empty lines left out; one that is no CSV has a problem and no records. */
export function csvRecords(
  file: string,
  text: string,
): { readonly records: readonly CsvRecord[]; readonly problem?: Problem | undefined } {
  let parsed: readonly ParsedRecord[];
  try {
    parsed = parse(text, { bom: true, relaxColumnCount: true, info: true, raw: true }) as unknown as ParsedRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error['lines'] ?? 1);
    const { message } = error;
    const expected = 'a CSV file';
    return { records: [], problem: { file, line, column: 1, path: '', code: 'wrong-type', message, expected } };
  }
  const records: CsvRecord[] = [];
  let passed = 0;
  for (const { record, raw, info } of parsed) {
    // A record's own count is that of its last line; quoted line breaks lie before it.
    const line = Math.max(passed + 1, info.lines - raw.trimEnd().split('\n').length + 1);
    passed = info.lines;
    if (record.length === 1 && record[0]?.trim() === '') continue;
    const columns = fieldColumns(raw);
    records.push({ line, cells: record.map((cell, index) => ({ text: cell, column: columns[index] ?? 1 })) });
  }
  return { records };
}

/** Where each field of a raw record begins, 1-based: after every comma outside of quotes. */
function fieldColumns(raw: string): readonly number[] {
  const columns = [1];
  let quoted = false;
  for (let at = 0; at < raw.length; at++) {
    if (raw[at] === '"') quoted = !quoted;
    else if (raw[at] === ',' && !quoted) columns.push(at + 2);
  }
  return columns;
}

/**
 * Whether a spreadsheet would run the field: `=`, `+`, `-` or `@` in front, unless it is a negative number, or a
 * control character that hides one.
 */
export function looksLikeFormula(cell: string): boolean {
  return /^[=+@\t\r]/.test(cell) || (cell.startsWith('-') && !/^-\d+(\.\d+)?$/.test(cell));
}

/** A field as a message shows it: quoted, control characters escaped, cut at 40 characters. */
export function shownCell(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 39)}…` : cell);
}
