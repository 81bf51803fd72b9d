import { readInstanceTypeNames } from '../catalogue/instance-type-record.js';
import { openPricingData } from '../data/pricing-data.js';
import { zonesOfRegion, availableRegions } from '../zones.js';

/** Names that a user's price data may use. */
export interface KnownOfferings {
  readonly regions: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
  /** Zones of the regions that can be simulated. */
  readonly zones: ReadonlySet<string>;
}

/**
 * Every region, zone and instance type that the shipped data names: described types and those with a price alone.
 * @throws DataFileError
 */
export function readKnownOfferings(): KnownOfferings {
  const priced = openPricingData('on-demand-prices.csv').rows();
  return {
    regions: new Set([
      ...openPricingData('spot-advisor.csv').firstFields(),
      ...priced.map((row) => row.text('region')),
    ]),
    types: new Set([...readInstanceTypeNames(), ...priced.map((row) => row.text('type'))]),
    zones: new Set(availableRegions().flatMap((region) => zonesOfRegion(region).map(({ name }) => name))),
  };
}
