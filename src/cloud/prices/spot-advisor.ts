import type { DataRow } from '../data/data-row.js';
import { openPricingData } from '../data/pricing-data.js';

/** Share of spot capacity reclaimed in a month: 0 is below 5 %, 4 above 20 %. */
export type InterruptionBucket = 0 | 1 | 2 | 3 | 4;

/** What the Spot Instance Advisor says of a type in a region; it knows no zones. */
export interface SpotAdvice {
  /** Average saving against on-demand over 30 days, whole per cent; 0 or less for a few old types. */
  readonly savingsPercent: number;
  readonly interruptionBucket: InterruptionBucket;
}

/**
 * Advice by type for one region.
 * @param types names to read; undefined reads all
 * @throws DataFileError
 */
export function readSpotAdvice(region: string, types?: readonly string[]): ReadonlyMap<string, SpotAdvice> {
  const leading = types === undefined ? [[region, 'Linux']] : types.map((type) => [region, 'Linux', type]);
  const advice = new Map<string, SpotAdvice>();
  for (const row of openPricingData('spot-advisor.csv').rowsStartingWith(leading)) {
    const type = row.text('type');
    if (advice.has(type)) row.fail('type', `${type} occurs twice for ${region}`);
    advice.set(type, { savingsPercent: savings(row), interruptionBucket: bucket(row) });
  }
  return advice;
}

function savings(row: DataRow): number {
  const percent = row.number('savings_percent');
  return percent < 100 ? percent : row.fail('savings_percent', `"${percent}" leaves no price, expected less than 100`);
}

function bucket(row: DataRow): InterruptionBucket {
  return Number(row.oneOf('interruption_bucket_index', ['0', '1', '2', '3', '4'])) as InterruptionBucket;
}
