import { fileURLToPath } from 'node:url';
import { DataTable } from './data-table.js';

// Three folders up from src/cloud/data and from dist/cloud/data alike, so it holds in a checkout and in an installed package.
const FOLDER = new URL('../../../pricing-data/', import.meta.url);

/** Opens one of the data files that come with the package. */
export function openPricingData(fileName: string): DataTable {
  return DataTable.open(fileURLToPath(new URL(fileName, FOLDER)));
}
