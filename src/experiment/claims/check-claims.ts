import { METRICS, type MetricsRecord } from '../../analysis/metrics.js';
import { RandomStreams, type RandomStream } from '../../kernel/random-streams.js';
import type { ScenarioSpec } from '../../scenario/scenario-spec.js';
import type { UsageByWorkload } from '../../workload/pod-usage.js';
import { level } from '../difference-interval.js';
import { replicate, type ReplicationOptions } from '../replicate.js';
import type { ReplicationVariant } from '../replication.js';
import { scenarioUsage } from '../scenario-usage.js';
import { figureOf } from './claim-metric.js';
import { RIGHT_SIZED, STANDARD_RUNS, standardRun } from './claim-runs.js';
import type { Claim, Claims } from './load-claims.js';
import { spotDiscounts, type SpotDiscounts } from './spot-discounts.js';
import type { UncertainSetting } from '../uncertainty.js';
import { verdictOf, type Interval, type Verdict } from './verdict.js';

/** Levels of something that nobody knows exactly. They are tried together, one unknown after the other. */
interface Unknown {
  readonly settings: readonly UncertainSetting[];
}

/** How often, and under which luck. */
export interface ClaimsOptions extends Pick<ReplicationOptions, 'simulatorVersion' | 'workers' | 'signal'> {
  readonly seeds: number;
  /** What nobody knows exactly: a verdict that changes within it is undecided. Empty: luck alone. */
  readonly unknowns: readonly Unknown[];
  readonly onProgress?: ReplicationOptions['onProgress'];
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
}

/** Seeds on which the second range is measured: what an unknown shifts hardly depends on luck when both sides have the same. */
const SHIFT_SEEDS = 1;

/**
 * Checks claims: every run that one of them refers to is simulated once under the same seeds, whoever else needs it. The second
 * range is asked of claims that luck has decided, until something unknown has flipped them, and of runs that it can change.
 *
 * @throws RunFailedError when a simulation fails
 */
export async function checkClaims(claims: Claims, options: ClaimsOptions): Promise<ClaimsReport> {
  const names = runsOf(claims.claims.filter(({ metric }) => metric.kind !== 'discount'));
  const usage = names.includes(RIGHT_SIZED) ? usageFor(claims, options) : undefined;
  const given = names.map((name) => ({ name, spec: specOf(name, claims, usage) }));
  const settings = options.unknowns.flatMap((unknown) => unknown.settings);
  const shiftSeeds = Math.min(SHIFT_SEEDS, options.seeds);
  const luckRuns = given.length * options.seeds;
  const most = luckRuns + settings.length * given.length * shiftSeeds;
  const { seed } = claims.spec;
  const runs = new Map(await runAll(given, options.seeds, { done: 0, total: most }, seed, options));
  const seeds = [...runs.values()][0]?.map((run) => run.seed) ?? [];
  let checked = claims.claims.map((claim) => judge(claim, claims, runs));
  let done = luckRuns;
  for (const unknown of options.unknowns) {
    const asked = new Set(runsOf(checked.filter(isDecided).map(({ claim }) => claim)));
    const shifted = unknown.settings.flatMap((setting) =>
      given
        .filter(({ name, spec }) => asked.has(name) && setting.change(spec) !== spec)
        // What is derived from the scenario, a fleet for its peak for instance, is derived anew.
        .map(({ name }) => ({ name: shiftedName(name, setting), spec: specOf(name, claims, usage, setting) })),
    );
    const found = await runAll(shifted, shiftSeeds, { done, total: most }, seed, options);
    for (const [name, figures] of found) runs.set(name, figures);
    done += shifted.length * shiftSeeds;
    checked = checked.map((one) => (isDecided(one) ? acrossSettings(one, unknown.settings, runs) : one));
  }
  return {
    claims: checked,
    seeds,
    runs: done,
    secondRangeRuns: done - luckRuns,
    unknowns: settings.map(({ name }) => name),
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

async function runAll(
  variants: readonly ReplicationVariant[],
  seeds: number,
  progress: { readonly done: number; readonly total: number },
  firstSeed: string,
  { simulatorVersion, workers, signal, onProgress, ...options }: ClaimsOptions,
): Promise<RunsByName> {
  if (variants.length === 0) return new Map();
  const replication = await (options.replicate ?? replicate)(variants, {
    seeds,
    firstSeed,
    simulatorVersion,
    workers,
    signal,
    onProgress: ({ done }) => onProgress?.({ done: progress.done + done, total: progress.total }),
  });
  return new Map(replication.variants.map(({ name, runs }) => [name, runs]));
}

/** Usage of the user's own, else that of the scenario as written. */
function usageFor({ usage, spec }: Claims, { simulatorVersion }: ClaimsOptions): UsageByWorkload {
  if (typeof usage === 'object') return usage.usage;
  return scenarioUsage(spec, simulatorVersion);
}

function specOf(
  name: string,
  { spec, ownRuns }: Claims,
  usage: UsageByWorkload | undefined,
  unknown?: UncertainSetting,
): ScenarioSpec {
  const change = unknown === undefined ? (given: ScenarioSpec) => given : unknown.change;
  return STANDARD_RUNS.includes(name) ? standardRun(name, change(spec), usage) : change(ownRuns.get(name) ?? spec);
}

function shiftedName(name: string, { name: unknown }: UncertainSetting): string {
  return `${name} with ${unknown}`;
}

/** The verdict of luck alone. */
function judge(claim: Claim, claims: Claims, runs: RunsByName): CheckedClaim {
  if (claim.metric.kind === 'discount') return judgeDiscount(claim, claims.spec);
  const own = runs.get(claim.run) ?? [];
  const figures = own.flatMap(({ seed }, index) => {
    const value = figureAt(claim, runs, index);
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
function acrossSettings(decided: CheckedClaim, settings: readonly UncertainSetting[], runs: RunsByName): CheckedClaim {
  const flips = settings.flatMap((setting) => flipOf(decided, setting, runs) ?? []);
  return flips.length === 0 ? decided : { ...decided, verdict: 'undecided', finding: { code: 'flips', flips } };
}

/** Percentiles of the tail are skewed: their mean is resampled. The draws are those of the scenario's seed. */
function bootstrapOf({ id, metric }: Claim, { seed }: ScenarioSpec): RandomStream | undefined {
  const [figure] = metric.key.split('@');
  const isTail = METRICS.some(({ name, tail }) => name === figure && tail === true);
  return isTail ? new RandomStreams(seed).stream(`bootstrap/claim/${id}`) : undefined;
}

/** The figure of the seed with that index; of a run that a setting does not change, the figure without it. */
function figureAt({ metric, run, baseline }: Claim, runs: RunsByName, index: number, suffix = ''): number | null {
  const metricsOf = (name: string): MetricsRecord | undefined =>
    (runs.get(`${name}${suffix}`) ?? runs.get(name))?.[index]?.metrics;
  const own = metricsOf(run);
  return own === undefined ? null : figureOf(metric, own, baseline === undefined ? undefined : metricsOf(baseline));
}

/** Moves the interval by what the setting changes under the same luck. */
function flipOf(
  { claim, interval, verdict }: CheckedClaim,
  setting: UncertainSetting,
  runs: RunsByName,
): Flip | undefined {
  const suffix = shiftedName('', setting);
  const shifts = Array.from({ length: SHIFT_SEEDS }, (_, index) => {
    const [before, after] = [figureAt(claim, runs, index), figureAt(claim, runs, index, suffix)];
    return before === null || after === null ? [] : [after - before];
  }).flat();
  if (shifts.length === 0 || interval === null) return undefined;
  const shift = shifts.reduce((sum, value) => sum + value, 0) / shifts.length;
  const moved = { low: interval.low + shift, high: interval.high + shift };
  const then = verdictOf(claim.condition, moved);
  return then === verdict ? undefined : { unknown: setting.name, interval: moved, verdict: then };
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
