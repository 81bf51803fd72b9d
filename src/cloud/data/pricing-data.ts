import { fileURLToPath } from 'node:url';
import { DataTable } from './data-table.js';

// Three folders up from src/cloud/data and from dist/cloud/data alike, so it holds in a checkout and in an installed package.
const FOLDER = new URL('../../../pricing-data/', import.meta.url);

const OPENED = new Map<string, DataTable>();

/** One of the data files that come with the package: opened once, however many runs of a replication ask for it. */
export function openPricingData(fileName: string): DataTable {
  let table = OPENED.get(fileName);
  if (table === undefined) {
    table = DataTable.open(fileURLToPath(new URL(fileName, FOLDER)));
    OPENED.set(fileName, table);
  }
  return table;
}
