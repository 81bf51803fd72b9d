import type { RandomStreams } from '../../kernel/random-streams.js';
import { openPricingData } from '../data/pricing-data.js';
import { zonesOfRegion } from '../zones.js';
import { readSpotAdvice, type SpotAdvice } from './spot-advisor.js';
import { SpotPrices } from './spot-prices.js';

/** Where figures come from, for reports. */
export interface DataSource {
  readonly name: string;
  /** ISO date of the figures. */
  readonly asOf: string;
  readonly source: string;
}

/** Prices of one region, dollars an hour. */
export interface PriceBook {
  readonly region: string;
  readonly sources: readonly DataSource[];
  /** On-demand price, the same in every zone; undefined when none is known. */
  onDemand(type: string): number | undefined;
  /** Spot price in a zone; undefined when none is known. */
  spot(type: string, zone: string): number | undefined;
  readonly spotAdvice: ReadonlyMap<string, SpotAdvice>;
}

export interface PriceBookOptions {
  readonly region: string;
  /** Draws the dispersion of spot prices over zones; undefined: every zone has the regional price. */
  readonly streams?: RandomStreams | undefined;
  /** Names to read prices of; undefined reads all. */
  readonly types?: readonly string[] | undefined;
  /** On-demand prices of that year; no price of a type that the spot advisor knows differs but p4 and p5. */
  readonly edition?: 2023 | 2026 | undefined;
}

const EDITIONS = {
  2023: { file: 'on-demand-prices-2023.csv', asOf: '2023-09-18', source: 'karpenter-provider-aws v0.32.0 price table' },
  2026: { file: 'on-demand-prices.csv', asOf: '2026-07-06', source: 'karpenter-provider-aws v1.14.1 price table' },
};

/**
 * Reads the price book of a region.
 * @throws UnknownZoneOrRegionError for a region without data
 * @throws DataFileError
 */
export function readPriceBook(options: PriceBookOptions): PriceBook {
  const { region, streams, types } = options;
  const zones = zonesOfRegion(region);
  const edition = EDITIONS[options.edition ?? 2026];
  const onDemand = readOnDemandPrices(edition.file, region, types);
  const spotAdvice = readSpotAdvice(region, types);
  const spot = new SpotPrices(onDemand, spotAdvice, zones, streams);
  return {
    region,
    spotAdvice,
    sources: [
      { name: 'on-demand prices', asOf: edition.asOf, source: edition.source },
      {
        name: 'spot prices',
        asOf: '2025-06-28',
        source: `derived: on-demand price less the saving in the AWS Spot Instance Advisor feed${
          streams === undefined ? '' : ', with a drawn factor for each zone'
        }`,
      },
    ],
    onDemand: (type) => onDemand.get(type),
    spot: (type, zone) => spot.price(type, zone),
  };
}

function readOnDemandPrices(
  file: string,
  region: string,
  types: readonly string[] | undefined,
): ReadonlyMap<string, number> {
  const leading = types === undefined ? [[region]] : types.map((type) => [region, type]);
  const prices = new Map<string, number>();
  for (const row of openPricingData(file).rowsStartingWith(leading)) {
    const type = row.text('type');
    if (prices.has(type)) row.fail('type', `${type} occurs twice for ${region}`);
    prices.set(type, row.price('usd_per_hour'));
  }
  return prices;
}
