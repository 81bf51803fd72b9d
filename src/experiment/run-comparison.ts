import { compareVariants, isAnyDecided, type Comparison, type SecondRangeRuns } from './compare.js';
import { replicate, type ReplicationOptions, type SharedReplication } from './replicate.js';
import type { Replication } from './replication.js';
import { runShifted, shiftedRunCount, shiftSeedsOf, type DerivedVariant } from './second-range.js';
import type { ServiceTolerance } from './service-tolerance.js';
import type { UncertainSetting } from './uncertainty.js';

/** How often, under which luck, and in which worlds. */
export interface RunComparisonOptions
  extends SharedReplication, Pick<ReplicationOptions, 'seeds' | 'firstSeed' | 'independent' | 'precision'> {
  readonly tolerances: readonly ServiceTolerance[];
  /** Levels of what nobody knows; empty: luck alone. */
  readonly settings: readonly UncertainSetting[];
}

/** What came of it. */
export interface ComparisonResult {
  readonly replication: Replication;
  /** Undefined when not even the first seed was finished. */
  readonly comparison: Comparison | undefined;
  /** Whether a signal cut the second range off: then the verdicts are those of luck. */
  readonly secondRangeInterrupted: boolean;
}

/**
 * Runs two variants and compares them. What nobody knows is tried only where luck has decided something, at each level with the
 * first seeds alone: so many runs at most as {@link shiftedRunCount} says, whatever the number of seeds.
 *
 * @throws RunFailedError when a simulation fails
 * @throws ResultsFileError when the file of results is something else
 */
export async function runComparison(
  sides: readonly [DerivedVariant, DerivedVariant],
  { tolerances, settings, onProgress, precision, independent, seeds, firstSeed, ...shared }: RunComparisonOptions,
): Promise<ComparisonResult> {
  const shiftSeeds = shiftSeedsOf(seeds);
  const total = seeds * sides.length + shiftedRunCount(sides, settings, shiftSeeds);
  const replication = await replicate(sides, {
    ...shared,
    seeds,
    firstSeed,
    precision,
    independent,
    onProgress: ({ done }) => onProgress?.({ done, total }),
  });
  const [a, b] = replication.variants;
  if (a === undefined || b === undefined || a.runs.length === 0) {
    return { replication, comparison: undefined, secondRangeInterrupted: false };
  }
  const comparison = compareVariants(replication, a, b, { tolerances });
  if (replication.ended === 'interrupted' || settings.length === 0 || !isAnyDecided(comparison)) {
    return { replication, comparison, secondRangeInterrupted: false };
  }
  const done = a.runs.length * sides.length;
  // Where luck is independent each goes on with the seeds that it had.
  const derived = {
    a: { ...sides[0], firstSeed: a.runs[0]?.seed },
    b: { ...sides[1], firstSeed: b.runs[0]?.seed },
  };
  const shifted = await runShifted([derived.a, derived.b], settings, {
    ...shared,
    seeds: shiftSeeds,
    onProgress: (progress) => onProgress?.({ done: done + progress.done, total: done + progress.total }),
  });
  if (shifted.interrupted) return { replication, comparison, secondRangeInterrupted: true };
  const of: SecondRangeRuns['of'] = (side, setting) => shifted.of(derived[side], setting);
  const secondRange: SecondRangeRuns = {
    settings: settings.filter((setting) => of('a', setting) !== undefined || of('b', setting) !== undefined),
    seeds: shiftSeeds,
    count: shifted.count,
    of,
  };
  return {
    replication,
    comparison: compareVariants(replication, a, b, { tolerances, secondRange }),
    secondRangeInterrupted: false,
  };
}
