import type { RandomStreams } from '../../kernel/random-streams.js';
import { openPricingData } from '../data/pricing-data.js';
import { zonesOfRegion } from '../zones.js';
import { readSpotAdvice, type SpotAdvice } from './spot-advisor.js';

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

/** Standard deviation of the logarithm of zone prices around the regional one, from zone prices of 2022 (aws.md §21). */
const ZONE_SIGMA = 0.055;

/** Prices are kept to a millionth of a dollar. */
const MICRO = 1e6;

/**
 * Reads the price book of a region. Spot prices are derived, not observed: on-demand price less the advisor's saving, times
 * a factor for each pool (type and zone) that is drawn once for a run from the stream `spot-price/<zone>/<type>`, and never
 * above on-demand. Prices do not move during a run; steps in time would be further draws of the same streams.
 * @throws UnknownZoneOrRegionError for a region without data
 * @throws DataFileError
 */
export function readPriceBook(options: PriceBookOptions): PriceBook {
  const { region, streams } = options;
  zonesOfRegion(region);
  const edition = EDITIONS[options.edition ?? 2026];
  const onDemand = readOnDemandPrices(edition.file, region, options.types);
  const spotAdvice = readSpotAdvice(region, options.types);
  const spotPrices = new Map<string, number>();

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
    spot: (type, zone) => {
      const pool = `${zone}/${type}`;
      const known = spotPrices.get(pool);
      if (known !== undefined) return known;
      const base = onDemand.get(type);
      const advice = spotAdvice.get(type);
      if (base === undefined || advice === undefined) return undefined;
      // In whole micro-dollars, so that halves round up exactly.
      const onDemandMicro = Math.round(base * MICRO);
      const regionalMicro = (onDemandMicro * (100 - advice.savingsPercent)) / 100;
      const price = Math.round(Math.min(regionalMicro * zoneFactor(streams, pool), onDemandMicro)) / MICRO;
      spotPrices.set(pool, price);
      return price;
    },
  };
}

/** Lognormal with mean 1, so that the regional price stays the average over zones. */
function zoneFactor(streams: RandomStreams | undefined, pool: string): number {
  return streams?.stream(`spot-price/${pool}`).lognormal(-(ZONE_SIGMA ** 2) / 2, ZONE_SIGMA) ?? 1;
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
