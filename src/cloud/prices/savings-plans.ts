import { openPricingData } from '../data/pricing-data.js';
import type { CommitmentPlan } from './commitment.js';
import type { DataSource } from './price-book.js';

/** What a plan takes off on-demand prices. */
export interface SavingsPlanRates {
  readonly source: DataSource;
  /** Shares of the on-demand price by instance family; `*` holds for families without a figure of their own. */
  readonly savings: Readonly<Record<string, number>>;
}

/**
 * Reads the rates of a plan.
 * @throws DataFileError
 */
export function readSavingsPlan(plan: CommitmentPlan): SavingsPlanRates {
  const rows = openPricingData('savings-plans.csv').rowsStartingWith([[plan]]);
  const savings: Record<string, number> = {};
  for (const row of rows) {
    const percent = row.number('saving_percent');
    if (percent < 0 || percent >= 100) row.fail('saving_percent', `"${percent}" is no saving, expected 0 to below 100`);
    savings[row.text('family')] = percent / 100;
  }
  const general = rows.find((row) => row.text('family') === '*');
  return {
    source: {
      name: 'Compute Savings Plan rates, 1 year, no upfront',
      asOf: general?.text('as_of') ?? 'an unknown date',
      source: general?.text('source') ?? 'no source',
    },
    savings,
  };
}

/** Share that a plan takes off the on-demand price of a type. */
export function savingOf(savings: Readonly<Record<string, number>>, instanceType: string): number {
  return savings[instanceType.slice(0, instanceType.indexOf('.'))] ?? savings['*'] ?? 0;
}
