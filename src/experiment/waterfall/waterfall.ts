import { RandomStreams } from '../../kernel/random-streams.js';
import type { ScenarioSpec } from '../../scenario/scenario-spec.js';
import { withBaseline } from '../../scenario/with-baseline.js';
import type { UsageByWorkload } from '../../workload/pod-usage.js';
import { FACTOR_IDS, FACTORS, withFactors, type Factor, type FactorId } from '../factors.js';
import { meanInterval, type Estimate } from '../interval.js';
import { replicate, type SharedReplication } from '../replicate.js';
import { scenarioUsage } from '../scenario-usage.js';
import { orderFreeShares, sequentialShares } from './shares.js';
import { fewestRuns, waterfallPlan } from './waterfall-plan.js';

/** What is explained: dollars a simulated day. */
export type WaterfallMetric = 'cost' | 'bill';

/** How much work, and of what. */
export interface WaterfallOptions extends SharedReplication {
  /** At most so many. */
  readonly runs: number;
  readonly metric: WaterfallMetric;
  /** Measured usage; undefined: that of the scenario's own load. */
  readonly usage?: UsageByWorkload | undefined;
  /** How runs are done; default: on worker threads. */
  readonly replicate?: typeof replicate | undefined;
}

/** What one factor changes. Dollars a day; negative is a saving. */
export interface FactorShare {
  readonly factor: Factor;
  /** In the order of the factors, one after the other. */
  readonly sequential: Estimate;
  /** Mean over orders. */
  readonly orderFree: Estimate;
}

/** From a static fleet to a cluster with every factor on. Dollars a simulated day. */
export interface Waterfall {
  readonly spec: ScenarioSpec;
  readonly metric: WaterfallMetric;
  /** The static on-demand fleet, with its headroom and its reserve for a lost zone. */
  readonly staticFleet: Estimate;
  /** What the reserve costs: a fleet of the peak in Karpenter's hands, every factor off, less the static fleet. */
  readonly reserve: Estimate;
  readonly shares: readonly FactorShare[];
  /** The NodePools and requests as written. */
  readonly asGiven: Estimate;
  /** Every factor on. */
  readonly end: Estimate;
  readonly seeds: number;
  /** Fewer were done when a signal came first. */
  readonly seedsAsked: number;
  readonly runs: number;
  /** Orders behind the order-free shares; undefined: all of them, exactly. */
  readonly orders?: number | undefined;
  readonly usageAssumed: boolean;
}

const STATIC = 'static';
/** The static fleet, and the scenario as written, which is no subset of the sampled orders. */
const BESIDES = 2;

/** Budget below which there is no waterfall. */
const FEWEST_RUNS = fewestRuns(FACTOR_IDS.length, BESIDES);

/**
 * Explains a saving by factors that are switched on and off in the simulation, under the same luck: one after the other, and
 * free of the order (Shapley).
 *
 * @returns undefined when a signal came before there were two seeds
 * @throws RangeError when the budget is below {@link FEWEST_RUNS}
 * @throws RunFailedError when a simulation fails
 */
export async function waterfall(spec: ScenarioSpec, options: WaterfallOptions): Promise<Waterfall | undefined> {
  const { runs, metric, usage: measured, replicate: run = replicate, ...shared } = options;
  if (runs < FEWEST_RUNS) throw new RangeError(`${runs} runs: a waterfall takes at least ${FEWEST_RUNS}`);
  const random = new RandomStreams(spec.seed).stream('waterfall/orders');
  const plan = waterfallPlan(FACTOR_IDS, runs, BESIDES, random);
  const usage = measured ?? scenarioUsage(spec, shared.simulatorVersion);
  const given = FACTORS.filter((factor) => factor.given).map(({ id }) => id);
  const subsets = new Map([...plan.subsets, given].map((subset) => [nameOf(subset), subset]));
  const variants = [...subsets].map(([name, subset]) => ({
    name,
    spec: withFactors(spec, new Set(subset as readonly FactorId[]), { usage }),
  }));
  const { variants: done } = await run([{ name: STATIC, spec: withBaseline(spec, 'static') }, ...variants], {
    ...shared,
    seeds: plan.seeds,
    firstSeed: spec.seed,
  });
  const seeds = done[0]?.runs.length ?? 0;
  if (seeds < 2) return undefined;
  const figures = new Map(done.map(({ name, runs: own }) => [name, own.map(({ metrics }) => metrics[metric] ?? NaN)]));
  const estimate = (valueAt: (seed: number) => number): Estimate => {
    const found = meanInterval(Array.from({ length: seeds }, (_, seed) => valueAt(seed)));
    if (found === undefined) throw new Error('a waterfall has at least two seeds');
    return found;
  };
  const valueOf = (seed: number) => (subset: readonly string[]) => figures.get(nameOf(subset))?.[seed] ?? NaN;
  const staticAt = (seed: number): number => figures.get(STATIC)?.[seed] ?? NaN;
  return {
    spec,
    metric,
    staticFleet: estimate(staticAt),
    reserve: estimate((seed) => valueOf(seed)([]) - staticAt(seed)),
    shares: FACTORS.map((factor, index) => ({
      factor,
      sequential: estimate((seed) => sequentialShares(FACTOR_IDS, FACTOR_IDS, valueOf(seed))[index] ?? NaN),
      orderFree: estimate((seed) => orderFreeShares(FACTOR_IDS, plan.orders, valueOf(seed))[index] ?? NaN),
    })),
    asGiven: estimate((seed) => valueOf(seed)(given)),
    end: estimate((seed) => valueOf(seed)(FACTOR_IDS)),
    seeds,
    seedsAsked: plan.seeds,
    runs: done.length * seeds,
    orders: plan.exact ? undefined : plan.orders.length,
    usageAssumed: measured === undefined,
  };
}

function nameOf(subset: readonly string[]): string {
  return subset.length === 0 ? 'every factor off' : subset.join(' ');
}
