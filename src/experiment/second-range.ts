import { mean } from 'd3-array';
import type { MetricsRecord } from '../analysis/metrics.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import type { Series } from './difference-interval.js';
import { replicate, type ReplicationOptions, type SharedReplication } from './replicate.js';
import type { ReplicationVariant } from './replication.js';
import type { SpecChange, UncertainSetting } from './uncertainty.js';

/** A variant that can be had in every world that may just as well be the real one. */
export interface DerivedVariant extends ReplicationVariant {
  /** What is derived from the scenario, a fleet for its peak for instance, is derived anew from the changed one. */
  readonly under: (change: SpecChange) => ScenarioSpec;
}

/** How many of the first seeds tell what a level shifts. */
const SHIFT_SEEDS = 1;

/** Seeds of each variant at each level, of so many in the world as given. */
export function shiftSeedsOf(seeds: number): number {
  return Math.min(SHIFT_SEEDS, seeds);
}

/** Runs at the levels of what nobody knows. */
export interface ShiftedRuns {
  /** How many there are. */
  readonly count: number;
  readonly interrupted: boolean;
  /** Figures of a variant's first seeds at a level; undefined where the level changes nothing of it. */
  readonly of: (variant: DerivedVariant, setting: UncertainSetting) => readonly MetricsRecord[] | undefined;
}

/** Whether a level changes anything of a variant: a fleet without spot has no spot prices. */
function isChangedBy({ spec }: DerivedVariant, { change }: UncertainSetting): boolean {
  return change(spec) !== spec;
}

/** How many runs {@link runShifted} makes. */
export function shiftedRunCount(
  variants: readonly DerivedVariant[],
  settings: readonly UncertainSetting[],
  seeds: number,
): number {
  const changed = settings.flatMap((setting) => variants.filter((variant) => isChangedBy(variant, setting)));
  return changed.length * seeds;
}

/** Runs variants at levels of what nobody knows, under the first seeds that they had in the world as given. */
export async function runShifted(
  variants: readonly DerivedVariant[],
  settings: readonly UncertainSetting[],
  options: SharedReplication & Pick<ReplicationOptions, 'seeds' | 'firstSeed'>,
  run: typeof replicate = replicate,
): Promise<ShiftedRuns> {
  const shifted = settings.flatMap((setting) =>
    variants.filter((variant) => isChangedBy(variant, setting)).map((variant) => ({ variant, setting })),
  );
  if (shifted.length === 0) return { count: 0, interrupted: false, of: () => undefined };
  const done = await run(
    shifted.map(({ variant: { name, under, firstSeed }, setting }) => ({
      name: `${name} with ${setting.name}`,
      spec: under(setting.change),
      firstSeed,
    })),
    options,
  );
  const figures = done.variants.map(({ runs }) => runs.map(({ metrics }) => metrics));
  return {
    count: shifted.length * options.seeds,
    interrupted: done.ended === 'interrupted',
    of: (variant, setting) => figures[shifted.findIndex((one) => one.variant === variant && one.setting === setting)],
  };
}

/** What a level adds to a figure under the same luck, mean over the seeds that have it with and without; undefined where none has. */
export function shiftOf(given: Series, shifted: Series): number | undefined {
  return mean(
    shifted.flatMap((after, index) => {
      const before = given[index] ?? null;
      return before === null || after === null ? [] : [after - before];
    }),
  );
}
