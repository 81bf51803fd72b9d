import type { RandomStreams } from '../../kernel/random-streams.js';
import { openPricingData } from '../data/pricing-data.js';
import { zonesOfRegion } from '../zones.js';
import type { Edition } from './editions.js';
import type { OnDemandPrice } from './on-demand-file.js';
import { readSpotAdvice, type SpotAdvice } from './spot-advisor.js';
import type { SpotHistory } from './spot-history.js';
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
  /** What EC2 asks for spot in a zone, `atMs` after the start of the run (default 0); undefined when none is known. */
  spot(type: string, zone: string, atMs?: number): number | undefined;
  /** Whether spot prices change during a run. */
  readonly moves: boolean;
  readonly spotAdvice: ReadonlyMap<string, SpotAdvice>;
}

/** On-demand prices of a user's own file. */
export interface OwnOnDemandPrices {
  readonly file: string;
  readonly prices: readonly OnDemandPrice[];
}

/** A user's own spot price history, with the file it is from. */
export interface OwnSpotHistory extends SpotHistory {
  readonly file: string;
}

/** Which prices a run uses. */
export interface PriceSelection {
  /** Default 2026. */
  readonly onDemand?: Edition | OwnOnDemandPrices | undefined;
  readonly spotHistory?: OwnSpotHistory | undefined;
  /** Whether derived spot prices change during a run; default true. */
  readonly spotMovement?: boolean | undefined;
  /** Factor on derived spot prices; default 1. */
  readonly spotLevel?: number | undefined;
}

/** Whose prices are read, and with which luck. */
export interface PriceBookOptions extends PriceSelection {
  readonly region: string;
  /** Draws the dispersion of spot prices over zones and time; undefined: every zone has the regional price, always. */
  readonly streams?: RandomStreams | undefined;
  /** Names to read prices of; undefined reads all. */
  readonly types?: readonly string[] | undefined;
  /** Epoch ms at the start of the run, which a spot history is read from; default 0. */
  readonly startTimeMs?: number | undefined;
}

const EDITIONS: Readonly<Record<Edition, { readonly file: string; readonly source: string }>> = {
  2023: { file: 'on-demand-prices-2023.csv', source: 'karpenter-provider-aws v0.32.0 price table' },
  2026: { file: 'on-demand-prices.csv', source: 'karpenter-provider-aws v1.14.1 price table' },
};

/** Karpenter carries prices of this region for every region without prices of its own (aws.md §7). */
const FALLBACK_REGION = 'us-east-1';
const ADVISOR_AS_OF = '2025-06-28';

interface OnDemandList {
  readonly prices: ReadonlyMap<string, number>;
  readonly source: DataSource;
}

/**
 * Reads the price book of a region.
 * @throws UnknownZoneOrRegionError for a region without data
 * @throws DataFileError
 */
export function readPriceBook(options: PriceBookOptions): PriceBook {
  const { region, streams, types, spotHistory, startTimeMs = 0, spotLevel = 1 } = options;
  const zones = zonesOfRegion(region);
  const { prices: onDemand, source } = onDemandList(options.onDemand ?? 2026, region, types);
  const spotAdvice = readSpotAdvice(region, types);
  const movement = streams !== undefined && (options.spotMovement ?? true);
  const spot = new SpotPrices({
    onDemand,
    advice: spotAdvice,
    zones,
    streams,
    movement,
    level: spotLevel,
    history: spotHistory,
    startTimeMs,
  });
  const derived = {
    name: 'spot prices',
    asOf: ADVISOR_AS_OF,
    source:
      'derived: on-demand price less the saving in the AWS Spot Instance Advisor feed' +
      (spotLevel === 1 ? '' : `, times ${spotLevel}`) +
      (streams === undefined ? '' : `, with a drawn factor for each zone${movement ? ' and small steps in time' : ''}`),
  };
  return {
    region,
    spotAdvice,
    sources: [source, ...(spotHistory === undefined ? [] : [historySource(spotHistory, startTimeMs)]), derived],
    onDemand: (type) => onDemand.get(type),
    spot: (type, zone, atMs = 0) => spot.price(type, zone, atMs),
    moves: movement || spotHistory !== undefined,
  };
}

function onDemandList(
  selection: Edition | OwnOnDemandPrices,
  region: string,
  types: readonly string[] | undefined,
): OnDemandList {
  if (typeof selection !== 'object') return shippedList(selection, region, types);
  const own = selection.prices.filter((price) => price.region === region);
  const wanted = types === undefined ? undefined : new Set(types);
  const prices = new Map<string, number>();
  for (const { type, price } of own) if (wanted?.has(type) ?? true) prices.set(type, Number(price));
  const dates = own.map(({ generatedAt }) => generatedAt.slice(0, 10)).sort();
  const [oldest = '', newest = ''] = [dates[0], dates.at(-1)];
  const asOf =
    newest === '' ? 'an unknown date' : oldest === newest || oldest === '' ? newest : `${oldest} to ${newest}`;
  return { prices, source: { name: 'on-demand prices', asOf, source: selection.file } };
}

function shippedList(edition: Edition, region: string, types: readonly string[] | undefined): OnDemandList {
  const { file, source } = EDITIONS[edition];
  const table = openPricingData(file);
  const leading = types === undefined ? [[region]] : types.map((type) => [region, type]);
  const rows = table.rowsStartingWith(leading);
  const prices = new Map<string, number>();
  for (const row of rows) {
    const type = row.text('type');
    if (prices.has(type)) row.fail('type', `${type} occurs twice for ${region}`);
    prices.set(type, row.price('usd_per_hour'));
  }
  const dated = rows[0] ?? table.rowsStartingWith([[FALLBACK_REGION]])[0];
  const asOf = dated?.text('generated_at').slice(0, 10) ?? 'an unknown date';
  return { prices, source: { name: 'on-demand prices', asOf, source } };
}

function historySource({ file, series, fromMs, toMs }: OwnSpotHistory, startTimeMs: number): DataSource {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const misses =
    startTimeMs > toMs
      ? '; it ends before the run begins, so its last prices hold'
      : startTimeMs < fromMs
        ? '; it begins after the run does, so its first prices hold until then'
        : '';
  return {
    name: 'observed spot prices',
    asOf: fromMs === toMs ? day(toMs) : `${day(fromMs)} to ${day(toMs)}`,
    source: `${file}, ${series.length} pools${misses}; the prices of other pools are derived`,
  };
}
