import { difference, level } from './difference-interval.js';
import type { Estimate } from './interval.js';
import type { ReplicatedVariant } from './replication.js';

/** When more seeds would tell nothing more that matters. */
export interface Precision {
  /** Of this metric, see `METRICS`. */
  readonly metric: string;
  /** Half the interval may be at most this share of the first variant's mean: 0.01 is ±1 %. */
  readonly relative: number;
}

/** Fewer values than this may agree by chance. */
const FEWEST_SEEDS = 5;

/**
 * Whether intervals are narrow enough: that of a variant alone, or those of the differences of all others to the first. A
 * metric that some run has not is never precise.
 */
export function isPreciseEnough(
  variants: readonly ReplicatedVariant[],
  { metric, relative }: Precision,
  independent: boolean,
): boolean {
  const [first, ...others] = variants.map(({ runs }) => runs.map(({ metrics }) => metrics[metric] ?? null));
  if (first === undefined || first.length < FEWEST_SEEDS) return false;
  const own = first.includes(null) ? undefined : level(first);
  if (own === undefined) return false;
  const intervals =
    others.length === 0 ? [own] : others.map((other) => difference(first, other, independent)?.estimate);
  return intervals.every((interval) => interval !== undefined && halfWidth(interval) <= relative * Math.abs(own.mean));
}

function halfWidth({ low, high }: Estimate): number {
  return (high - low) / 2;
}
