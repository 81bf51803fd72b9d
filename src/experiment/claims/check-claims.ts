import { METRICS, type MetricsRecord } from '../../analysis/metrics.js';
import { RandomStreams, type RandomStream } from '../../kernel/random-streams.js';
import type { ScenarioSpec } from '../../scenario/scenario-spec.js';
import type { UsageByWorkload } from '../../workload/pod-usage.js';
import { level } from '../difference-interval.js';
import { replicate, type SharedReplication } from '../replicate.js';
import { runShifted, shiftedRunCount, shiftOf, shiftSeedsOf, type DerivedVariant } from '../second-range.js';
import { scenarioUsage } from '../scenario-usage.js';
import { figureOf } from './claim-metric.js';
import { RIGHT_SIZED, STANDARD_RUNS, standardRun } from './claim-runs.js';
import type { Claim, Claims } from './load-claims.js';
import { spotDiscounts, type SpotDiscounts } from './spot-discounts.js';
import type { SpecChange, UncertainSetting } from '../uncertainty.js';
import { verdictOf, type Interval, type Verdict } from './verdict.js';

/** Levels of something that nobody knows exactly. They are tried together, one unknown after the other. */
interface Unknown {
  readonly settings: readonly UncertainSetting[];
}

/** How often, and under which luck. */
export interface ClaimsOptions extends SharedReplication {
  readonly seeds: number;
  /** What nobody knows exactly: a verdict that changes within it is undecided. Empty: luck alone. */
  readonly unknowns: readonly Unknown[];
  /** How runs are done; default: on worker threads. */
  readonly replicate?: typeof replicate | undefined;
}

/** A verdict with its evidence. */
export interface CheckedClaim {
  readonly claim: Claim;
  /** Mean over the seeds; null where the runs have nothing to measure. */
  readonly estimate: number | null;
  /** 95 % interval of luck; null below two seeds. Of a discount: the least and the largest of the types. */
  readonly interval: Interval | null;
  readonly verdict: Verdict;
  readonly finding: Finding;
  /** Seeds behind the estimate: those that have the figure. */
  readonly seeds: readonly string[];
}

/** Why a verdict is what it is; words are made at the edge. */
export type Finding =
  | { readonly code: 'judged' }
  /** The interval lies on both sides of what is claimed. */
  | { readonly code: 'straddles' }
  /** The verdict changes within what nobody knows exactly. */
  | { readonly code: 'flips'; readonly flips: readonly Flip[] }
  | { readonly code: 'one-seed' }
  /** No run has the figure. */
  | { readonly code: 'nothing-measured' }
  /** The requests would be judged by a load that nobody measured. */
  | { readonly code: 'usage-assumed' }
  | { readonly code: 'discounts'; readonly discounts: SpotDiscounts };

/** A level of something unknown at which the verdict would be another. */
export interface Flip {
  readonly unknown: string;
  readonly interval: Interval;
  readonly verdict: Verdict;
}

/** All verdicts, in the order of the claims. */
export interface ClaimsReport {
  readonly claims: readonly CheckedClaim[];
  /** Seeds of the runs, the same for all of them. */
  readonly seeds: readonly string[];
  /** Runs that were simulated, and how many of them for the second range. */
  readonly runs: number;
  readonly secondRangeRuns: number;
  readonly unknowns: readonly string[];
  /** What a signal has cut off: seeds of the runs themselves, or the second range; undefined when all was done. */
  readonly interrupted?: 'seeds' | 'second range' | undefined;
}

/**
 * Checks claims: every run that one of them refers to is simulated once under the same seeds, whoever else needs it. The second
 * range is asked of claims that luck has decided, until something unknown has flipped them, and of runs that it can change.
 *
 * @throws RunFailedError when a simulation fails
 */
export async function checkClaims(claims: Claims, options: ClaimsOptions): Promise<ClaimsReport> {
  const { seeds: asked, unknowns, onProgress, replicate: run = replicate, ...shared } = options;
  const names = runsOf(claims.claims.filter(({ metric }) => metric.kind !== 'discount'));
  const usage = names.includes(RIGHT_SIZED) ? usageFor(claims, options) : undefined;
  const variants = names.map((name): DerivedVariant => {
    const under = (change: SpecChange): ScenarioSpec => specOf(name, claims, usage, change);
    return { name, under, spec: under((spec) => spec) };
  });
  const variantNamed = new Map(variants.map((variant) => [variant.name, variant]));
  const settings = unknowns.flatMap((unknown) => unknown.settings);
  const shiftSeeds = shiftSeedsOf(asked);
  let checked: readonly CheckedClaim[] = [];
  let done = 0;
  // The variants whose figures something may still hang on: what is undecided is not asked again.
  const open = (): readonly DerivedVariant[] => {
    const needed = new Set(runsOf(checked.filter(isDecided).map(({ claim }) => claim)));
    return variants.filter(({ name }) => needed.has(name));
  };
  const replication = { ...shared, firstSeed: claims.spec.seed };
  const counted = (total: number): SharedReplication['onProgress'] => {
    const before = done;
    return (progress) => onProgress?.({ done: before + progress.done, total });
  };

  const luckRuns = variants.length * asked;
  const most = luckRuns + shiftedRunCount(variants, settings, shiftSeeds);
  const luck =
    variants.length === 0
      ? undefined
      : await run(variants, { ...replication, seeds: asked, onProgress: counted(most) });
  const runs: RunsByName = new Map(luck?.variants.map((variant) => [variant.name, variant.runs]));
  checked = claims.claims.map((claim) => judge(claim, claims, runs));
  done = variants.length * (luck?.variants[0]?.runs.length ?? 0);
  let secondRangeRuns = 0;
  let interrupted: ClaimsReport['interrupted'] = luck?.ended === 'interrupted' ? 'seeds' : undefined;
  for (const [index, unknown] of unknowns.entries()) {
    if (interrupted !== undefined) break;
    const others = unknowns.slice(index).flatMap((one) => one.settings);
    const onShiftedRun = counted(done + shiftedRunCount(open(), others, shiftSeeds));
    const shifted = await runShifted(
      open(),
      unknown.settings,
      { ...replication, seeds: shiftSeeds, onProgress: onShiftedRun },
      run,
    );
    if (shifted.interrupted) {
      interrupted = 'second range';
      break;
    }
    done += shifted.count;
    secondRangeRuns += shifted.count;
    const shiftedRuns = (name: string, setting: UncertainSetting): readonly MetricsRecord[] | undefined => {
      const variant = variantNamed.get(name);
      return variant === undefined ? undefined : shifted.of(variant, setting);
    };
    checked = checked.map((one) => (isDecided(one) ? acrossSettings(one, unknown.settings, runs, shiftedRuns) : one));
  }
  return {
    claims: checked,
    seeds: [...runs.values()][0]?.map((one) => one.seed) ?? [],
    runs: done,
    secondRangeRuns,
    unknowns: settings.map(({ name }) => name),
    interrupted,
  };
}

/** Names of the runs behind claims, each once. */
function runsOf(claims: readonly Claim[]): readonly string[] {
  return [...new Set(claims.flatMap(({ run, baseline }) => (baseline === undefined ? [run] : [run, baseline])))];
}

/** Whether luck, and what has been tried of the second range, leaves no doubt. */
function isDecided({ finding }: CheckedClaim): boolean {
  return finding.code === 'judged';
}

interface SeedFigures {
  readonly seed: string;
  readonly metrics: MetricsRecord;
}

type RunsByName = ReadonlyMap<string, readonly SeedFigures[]>;

type ShiftedRunsByName = (name: string, setting: UncertainSetting) => readonly MetricsRecord[] | undefined;

/** Usage of the user's own, else that of the scenario as written. */
function usageFor({ usage, spec }: Claims, { simulatorVersion }: ClaimsOptions): UsageByWorkload {
  if (typeof usage === 'object') return usage.usage;
  return scenarioUsage(spec, simulatorVersion);
}

function specOf(
  name: string,
  { spec, ownRuns }: Claims,
  usage: UsageByWorkload | undefined,
  change: SpecChange,
): ScenarioSpec {
  return STANDARD_RUNS.includes(name) ? standardRun(name, change(spec), usage) : change(ownRuns.get(name) ?? spec);
}

/** The verdict of luck alone. */
function judge(claim: Claim, claims: Claims, runs: RunsByName): CheckedClaim {
  if (claim.metric.kind === 'discount') return judgeDiscount(claim, claims.spec);
  const own = runs.get(claim.run) ?? [];
  const figures = own.flatMap(({ seed }, index) => {
    const value = figureAt(claim, index, (name) => runs.get(name)?.map(({ metrics }) => metrics));
    return value === null ? [] : [{ seed, value }];
  });
  const seeds = figures.map(({ seed }) => seed);
  const values = figures.map(({ value }) => value);
  const estimate = level(values, bootstrapOf(claim, claims.spec));
  const mean = estimate?.mean ?? values[0] ?? null;
  const interval = estimate === undefined ? null : { low: estimate.low, high: estimate.high };
  const found = { claim, estimate: mean, interval, seeds };
  if (mean === null) return { ...found, verdict: 'not testable', finding: { code: 'nothing-measured' } };
  if ([claim.run, claim.baseline].includes(RIGHT_SIZED) && claims.usage === 'assumed') {
    return { ...found, verdict: 'not testable', finding: { code: 'usage-assumed' } };
  }
  if (interval === null) return { ...found, verdict: 'undecided', finding: { code: 'one-seed' } };
  const verdict = verdictOf(claim.condition, interval);
  return { ...found, verdict, finding: { code: verdict === 'undecided' ? 'straddles' : 'judged' } };
}

/** The verdict with something unknown at each of its levels. */
function acrossSettings(
  decided: CheckedClaim,
  settings: readonly UncertainSetting[],
  runs: RunsByName,
  shifted: ShiftedRunsByName,
): CheckedClaim {
  const flips = settings.flatMap((setting) => flipOf(decided, setting, runs, shifted) ?? []);
  return flips.length === 0 ? decided : { ...decided, verdict: 'undecided', finding: { code: 'flips', flips } };
}

/** Percentiles of the tail are skewed: their mean is resampled. The draws are those of the scenario's seed. */
function bootstrapOf({ id, metric }: Claim, { seed }: ScenarioSpec): RandomStream | undefined {
  const [figure] = metric.key.split('@');
  const isTail = METRICS.some(({ name, tail }) => name === figure && tail === true);
  return isTail ? new RandomStreams(seed).stream(`bootstrap/claim/${id}`) : undefined;
}

/** The figure of the seed with that index. */
function figureAt(
  { metric, run, baseline }: Claim,
  index: number,
  runs: (name: string) => readonly MetricsRecord[] | undefined,
): number | null {
  const own = runs(run)?.[index];
  return own === undefined ? null : figureOf(metric, own, baseline === undefined ? undefined : runs(baseline)?.[index]);
}

/** Moves the interval by what the setting changes under the same luck. */
function flipOf(
  { claim, interval, verdict }: CheckedClaim,
  setting: UncertainSetting,
  runs: RunsByName,
  shifted: ShiftedRunsByName,
): Flip | undefined {
  const given = (name: string): readonly MetricsRecord[] | undefined => runs.get(name)?.map(({ metrics }) => metrics);
  // Of a run that the setting does not change, the figure without it.
  const then = (name: string): readonly MetricsRecord[] | undefined => shifted(name, setting) ?? given(name);
  const seeds = Array.from({ length: shiftSeedsOf(runs.get(claim.run)?.length ?? 0) }, (_, index) => index);
  const shift = shiftOf(
    seeds.map((index) => figureAt(claim, index, given)),
    seeds.map((index) => figureAt(claim, index, then)),
  );
  if (shift === undefined || interval === null) return undefined;
  const moved = { low: interval.low + shift, high: interval.high + shift };
  const found = verdictOf(claim.condition, moved);
  return found === verdict ? undefined : { unknown: setting.name, interval: moved, verdict: found };
}

/** Prices are published: there is no luck in them, and the types are the range. */
function judgeDiscount(claim: Claim, spec: ScenarioSpec): CheckedClaim {
  const discounts = spotDiscounts(spec);
  const values = discounts.types.map(({ discount }) => discount);
  if (values.length === 0) {
    const finding = { code: 'nothing-measured' } as const;
    return { claim, estimate: null, interval: null, verdict: 'not testable', finding, seeds: [] };
  }
  const interval = { low: Math.min(...values), high: Math.max(...values) };
  return {
    claim,
    estimate: values.reduce((sum, value) => sum + value, 0) / values.length,
    interval,
    verdict: verdictOf(claim.condition, interval),
    finding: { code: 'discounts', discounts },
    seeds: [],
  };
}
