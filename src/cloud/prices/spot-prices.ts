import type { RandomStreams } from '../../kernel/random-streams.js';
import type { Zone } from '../zones.js';
import type { SpotAdvice } from './spot-advisor.js';

/** Standard deviation of the logarithm of zone prices around the regional one, from zone prices of 2022 (aws.md §21). */
const ZONE_SIGMA = 0.055;

/** Prices are kept to a millionth of a dollar. */
const MICRO = 1e6;

/**
 * Spot prices of the pools of a region, derived, not observed: the on-demand price less the advisor's saving, times a factor
 * for each zone, and never above on-demand. Factors are lognormal with mean 1, so that the regional price stays the average
 * over zones. The stream `spot-price/<type>` gives one for each zone of the region in order, whichever of them a cluster uses.
 * Prices do not move during a run; steps in time would be further draws of the same streams.
 */
export class SpotPrices {
  readonly #byType = new Map<string, ReadonlyMap<string, number>>();

  constructor(
    private readonly onDemand: ReadonlyMap<string, number>,
    private readonly advice: ReadonlyMap<string, SpotAdvice>,
    private readonly zones: readonly Zone[],
    /** Undefined: every zone has the regional price. */
    private readonly streams: RandomStreams | undefined,
  ) {}

  /** Dollars an hour; undefined when the type has no spot price. */
  price(type: string, zone: string): number | undefined {
    let prices = this.#byType.get(type);
    if (prices === undefined) this.#byType.set(type, (prices = this.#pricesOf(type)));
    return prices.get(zone);
  }

  #pricesOf(type: string): ReadonlyMap<string, number> {
    const onDemand = this.onDemand.get(type);
    const advice = this.advice.get(type);
    if (onDemand === undefined || advice === undefined) return new Map();
    // In whole micro-dollars, so that halves round up exactly.
    const onDemandMicro = Math.round(onDemand * MICRO);
    const regionalMicro = (onDemandMicro * (100 - advice.savingsPercent)) / 100;
    const stream = this.streams?.stream(`spot-price/${type}`);
    return new Map(
      this.zones.map((zone) => {
        const factor = stream?.lognormal(-(ZONE_SIGMA ** 2) / 2, ZONE_SIGMA) ?? 1;
        return [zone.name, Math.round(Math.min(regionalMicro * factor, onDemandMicro)) / MICRO];
      }),
    );
  }
}
