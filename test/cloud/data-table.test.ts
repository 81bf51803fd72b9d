import { describe, expect, it } from 'vitest';
import { DataTable } from '../../src/cloud/data/data-table.js';
import { DataFileError } from '../../src/cloud/data/data-file-error.js';
import { openPricingData } from '../../src/cloud/data/pricing-data.js';

const SMALL = 'type,zone,price\nm5.large,a,0.096\nm5.xlarge,a,0.192\nm5.large,b,\n';

function problemOf(read: () => unknown): DataFileError {
  try {
    read();
  } catch (error) {
    if (error instanceof DataFileError) return error;
    throw error;
  }
  throw new Error('expected a DataFileError');
}

describe('a data table', () => {
  it('is read by column name, in file order', () => {
    const rows = new DataTable('p.csv', SMALL).rows();
    expect(rows.map((row) => [row.text('type'), row.optionalNumber('price'), row.line])).toEqual([
      ['m5.large', 0.096, 2],
      ['m5.xlarge', 0.192, 3],
      ['m5.large', undefined, 4],
    ]);
  });

  it('gives only the rows that begin as asked, with their own line numbers', () => {
    const rows = new DataTable('p.csv', SMALL).rowsStartingWith([['m5.large', 'b'], ['m5.xlarge']]);
    expect(rows.map((row) => [row.text('type'), row.line])).toEqual([
      ['m5.xlarge', 3],
      ['m5.large', 4],
    ]);
  });

  it('does not take the beginning of a name for the name', () => {
    expect(new DataTable('p.csv', SMALL).rowsStartingWith([['m5.l']])).toEqual([]);
  });

  it('reads quoted fields, Windows line ends and a byte order mark alike', () => {
    const table = new DataTable('p.csv', '\uFEFFtype,note\r\nm5.large,"big, and\nquoted"\r\nc5.large,plain\r\n');
    expect(table.rows().map((row) => row.text('note'))).toEqual(['big, and\nquoted', 'plain']);
    expect(table.rowsStartingWith([['c5.large']]).map((row) => row.text('note'))).toEqual(['plain']);
    expect(table.firstFields()).toEqual(['m5.large', 'c5.large']);
    expect(new DataTable('q.csv', 'a,b\r\n1,2\r\n').rowsStartingWith([['1']])[0]?.text('b')).toBe('2');
  });

  it.each([
    ['a number', 'type,price\nm5.large,abc\n', 'price', 'p.csv:2, column price: "abc" is not a decimal number'],
    ['NaN', 'type,price\nm5.large,NaN\n', 'price', 'p.csv:2, column price: "NaN" is not a decimal number'],
    ['a formula', 'type,price\nm5.large,=1+1\n', 'price', 'p.csv:2, column price: "=1+1" is not a decimal number'],
    [
      'a negative price',
      'type,price\nx,1\nm5.large,-2\n',
      'price',
      'p.csv:3, column price: "-2" is negative, expected a price',
    ],
    ['an empty cell', 'type,price\nm5.large,\n', 'price', 'p.csv:2, column price: is empty, expected a number'],
    ['a missing column', 'type,cost\nm5.large,1\n', 'price', 'p.csv:1, column price: the header has no such column'],
  ])('names file, line and column of %s', (_, source, column, message) => {
    const read = (): unknown => new DataTable('p.csv', source).rows().map((row) => row.price(column));
    expect(problemOf(read).message).toBe(message);
  });

  it.each([
    ['too few fields', 'a,b\n1,2\n3\n', 'p.csv:3: has 1 fields, expected 2'],
    ['an empty line in between', 'a,b\n\n1,2\n', 'p.csv:2: has 1 fields, expected 2'],
    ['no header', '', 'p.csv:1: expected a header line with column names'],
    ['a column twice', 'a,a\n1,2\n', 'p.csv:1: a column name occurs twice'],
  ])('refuses %s', (_, source, message) => {
    expect(problemOf(() => new DataTable('p.csv', source).rows()).message).toBe(message);
  });

  it('names the line of an open quote and of an unreadable file the file', () => {
    expect(problemOf(() => new DataTable('p.csv', 'a,b\n1,2\n3,"4\n').rows())).toMatchObject({ file: 'p.csv' });
    expect(problemOf(() => DataTable.open('/nowhere/p.csv')).message).toMatch(
      /^\/nowhere\/p.csv: cannot be read: ENOENT/,
    );
  });

  it('of the package is opened, and read in full, once', () => {
    const table = openPricingData('savings-plans.csv');
    expect(openPricingData('savings-plans.csv')).toBe(table);
    expect(table.rows()).toBe(table.rows());
  });
});
