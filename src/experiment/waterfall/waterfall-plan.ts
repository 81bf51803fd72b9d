import type { RandomStream } from '../../kernel/random-streams.js';

/** Which combinations of factors are simulated, and how often. */
export interface WaterfallPlan {
  /** Every subset of the factors that is needed, each once; the empty one first. */
  readonly subsets: readonly (readonly string[])[];
  /** Orders in which factors are switched on; the sequential one first. Empty when every subset is there: then all orders count. */
  readonly orders: readonly (readonly string[])[];
  readonly exact: boolean;
  readonly seeds: number;
}

/** Fewer seeds than this have intervals too wide to tell factors apart. */
const WANTED_SEEDS = 4;
/** Below two there is no interval. */
const FEWEST_SEEDS = 2;
const MOST_ORDERS = 200;

/** Runs for which a waterfall of so many factors can be made at all: the given order, its reverse, and two seeds. */
export function fewestRuns(factors: number, besides: number): number {
  return (2 * factors + besides) * FEWEST_SEEDS;
}

/**
 * Spends a budget of runs. Where all 2ⁿ subsets fit with enough seeds, the order-free shares are exact. Otherwise pairs of a drawn
 * order and its reverse are added as long as they fit: a factor that comes early in one comes late in the other, so that the pair
 * errs less than two orders (antithetic sampling).
 *
 * @param besides - further runs that each seed needs
 */
export function waterfallPlan(
  factors: readonly string[],
  runs: number,
  besides: number,
  random: RandomStream,
): WaterfallPlan {
  const all = subsetsOf(factors);
  const exactSeeds = Math.floor(runs / (all.length + besides));
  if (exactSeeds >= WANTED_SEEDS) return { subsets: all, orders: [], exact: true, seeds: exactSeeds };
  const orders: (readonly string[])[] = [];
  const subsets = new Map<string, readonly string[]>();
  const addPair = (order: readonly string[]): void => {
    for (const one of [order, [...order].reverse()]) {
      orders.push(one);
      for (let length = 0; length <= one.length; length++) {
        const subset = inOrder(one.slice(0, length), factors);
        subsets.set(subset.join(' '), subset);
      }
    }
  };
  addPair(factors);
  for (let tries = 0; tries < MOST_ORDERS && orders.length < MOST_ORDERS; tries++) {
    const order = drawnOrder(factors, random);
    const before = { orders: orders.length, subsets: new Map(subsets) };
    addPair(order);
    if ((subsets.size + besides) * WANTED_SEEDS <= runs) continue;
    orders.length = before.orders;
    for (const key of subsets.keys()) if (!before.subsets.has(key)) subsets.delete(key);
    break;
  }
  const seeds = Math.max(FEWEST_SEEDS, Math.floor(runs / (subsets.size + besides)));
  return { subsets: [...subsets.values()].sort((a, b) => a.length - b.length), orders, exact: false, seeds };
}

function subsetsOf(factors: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: 2 ** factors.length }, (_, bits) =>
    factors.filter((_factor, index) => (bits & (1 << index)) !== 0),
  );
}

/** The members of a subset in the order of the factors, so that equal subsets read alike. */
function inOrder(subset: readonly string[], factors: readonly string[]): readonly string[] {
  return factors.filter((factor) => subset.includes(factor));
}

/** Fisher and Yates. */
function drawnOrder(factors: readonly string[], random: RandomStream): readonly string[] {
  const order = [...factors];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.int(last + 1);
    [order[last], order[other]] = [order[other] ?? '', order[last] ?? ''];
  }
  return order;
}
