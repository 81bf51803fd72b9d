import type { RandomStream, RandomStreams } from '../../kernel/random-streams.js';
import type { Zone } from '../zones.js';
import type { SpotAdvice } from './spot-advisor.js';
import type { SpotHistory, SpotSeries } from './spot-history.js';

/** Standard deviation of the logarithm of zone prices around the regional one, from zone prices of 2022 (aws.md §21). */
const ZONE_SIGMA = 0.055;

/** How long the price of a pool stands, and the standard deviation of the logarithm of its next step (aws.md §21). */
const STEP_MS = 6 * 3_600_000;
const STEP_SIGMA = 0.005;

/** Prices are kept to a millionth of a dollar. */
const MICRO = 1e6;

/** What spot prices are derived from. */
export interface SpotPriceSources {
  readonly onDemand: ReadonlyMap<string, number>;
  readonly advice: ReadonlyMap<string, SpotAdvice>;
  readonly zones: readonly Zone[];
  /** Undefined: every zone has the regional price, at all times. */
  readonly streams: RandomStreams | undefined;
  /** Whether derived prices change during a run. */
  readonly movement: boolean;
  /** Factor on derived prices. */
  readonly level: number;
  /** Observed prices, used instead for the pools that they have. */
  readonly history?: SpotHistory | undefined;
  /** Epoch ms at the start of the run; places it in the history. */
  readonly startTimeMs: number;
}

/**
 * Spot prices of the pools of a region over time: those of the user's history where it has the pool, else derived, not
 * observed. A derived price is the on-demand price less the advisor's saving, times a factor for each zone, never above
 * on-demand. Factors are lognormal with mean 1, so that the regional price stays the average over zones: the stream
 * `spot-price/<type>` gives one for each zone of the region in order, whichever of them a cluster uses. About every six hours
 * a derived price takes a small step: `spot-price-steps/<zone>/<type>` gives the time of the first and the size of each.
 */
export class SpotPrices {
  readonly #base = new Map<string, ReadonlyMap<string, number>>();
  readonly #walks = new Map<string, PriceWalk>();
  readonly #observed: ReadonlyMap<string, SpotSeries>;

  constructor(private readonly sources: SpotPriceSources) {
    const series = sources.history?.series ?? [];
    this.#observed = new Map(series.map((pool) => [`${pool.zone}/${pool.instanceType}`, pool]));
  }

  /** Dollars an hour at a time since the start of the run; undefined when the pool has no spot price. */
  price(type: string, zone: string, atMs: number): number | undefined {
    const observed = this.#observed.get(`${zone}/${type}`);
    if (observed !== undefined) return priceAt(observed, this.sources.startTimeMs + atMs);
    const base = this.#baseOf(type).get(zone);
    if (base === undefined) return undefined;
    const factor = this.#walk(type, zone)?.factor(atMs) ?? 1;
    return Math.round(Math.min(base * factor, this.#onDemandMicro(type))) / MICRO;
  }

  #walk(type: string, zone: string): PriceWalk | undefined {
    const { streams, movement } = this.sources;
    if (streams === undefined || !movement) return undefined;
    const name = `${zone}/${type}`;
    let walk = this.#walks.get(name);
    if (walk === undefined) this.#walks.set(name, (walk = new PriceWalk(streams.stream(`spot-price-steps/${name}`))));
    return walk;
  }

  /** Micro-dollars an hour by zone at the start. */
  #baseOf(type: string): ReadonlyMap<string, number> {
    let prices = this.#base.get(type);
    if (prices === undefined) this.#base.set(type, (prices = this.#pricesOf(type)));
    return prices;
  }

  #pricesOf(type: string): ReadonlyMap<string, number> {
    const { advice, streams, zones, level } = this.sources;
    const saving = advice.get(type)?.savingsPercent;
    const onDemandMicro = this.#onDemandMicro(type);
    if (Number.isNaN(onDemandMicro) || saving === undefined) return new Map();
    // In whole micro-dollars, so that halves round up exactly.
    const regionalMicro = (level * (onDemandMicro * (100 - saving))) / 100;
    const stream = streams?.stream(`spot-price/${type}`);
    return new Map(
      zones.map((zone) => {
        const factor = stream?.lognormal(-(ZONE_SIGMA ** 2) / 2, ZONE_SIGMA) ?? 1;
        return [zone.name, Math.round(Math.min(regionalMicro * factor, onDemandMicro))];
      }),
    );
  }

  #onDemandMicro(type: string): number {
    return Math.round((this.sources.onDemand.get(type) ?? NaN) * MICRO);
  }
}

/** The factor on a pool's first price over time. */
class PriceWalk {
  readonly #firstStepMs: number;
  /** `factors[n]` holds after n steps. */
  readonly #factors = [1];

  constructor(private readonly stream: RandomStream) {
    this.#firstStepMs = Math.round(stream.uniform(0, STEP_MS));
  }

  factor(atMs: number): number {
    const steps = Math.max(0, Math.floor((atMs - this.#firstStepMs) / STEP_MS) + 1);
    while (this.#factors.length <= steps) {
      const next = (this.#factors.at(-1) ?? 1) * this.stream.lognormal(-(STEP_SIGMA ** 2) / 2, STEP_SIGMA);
      this.#factors.push(next);
    }
    return this.#factors[steps] ?? 1;
  }
}

/** The last price not after a time; before the first record, the first. */
function priceAt({ atMs, prices }: SpotSeries, epochMs: number): number | undefined {
  let low = 0;
  let high = atMs.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((atMs[middle] ?? Infinity) <= epochMs) low = middle;
    else high = middle;
  }
  return prices[low];
}
