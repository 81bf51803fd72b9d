import { METRICS, metricNamed, type Metric, type MetricsRecord } from '../analysis/metrics.js';
import { RandomStreams, type RandomStream } from '../kernel/random-streams.js';
import { difference, level, type Series } from './difference-interval.js';
import type { Estimate } from './interval.js';
import type { ReplicatedVariant, Replication } from './replication.js';
import { shiftOf } from './second-range.js';
import { SERVICE_TOLERANCES, serviceOutcome, type ServiceOutcome, type ServiceTolerance } from './service-tolerance.js';
import type { UncertainSetting } from './uncertainty.js';

/**
 * What a difference amounts to. A cost is `not comparable` when the service it buys differs: cheap because it serves less is
 * no saving.
 */
export type ComparisonVerdict = 'better' | 'worse' | 'no difference shown' | 'not comparable';

/** One metric of two variants. */
export interface MetricComparison {
  readonly metric: Metric;
  /** Mean over the seeds; null where the runs have nothing to measure. */
  readonly a: number | null;
  readonly b: number | null;
  /** b − a with its interval; undefined below two seeds that have the metric. */
  readonly difference: Estimate | undefined;
  /** Where the difference may lie when what nobody knows is at another level; undefined where that was not asked. */
  readonly second: SecondRange | undefined;
  /** Verdict of the interval alone. */
  readonly byLuck: Exclude<ComparisonVerdict, 'not comparable'>;
  readonly verdict: ComparisonVerdict;
}

/** The interval of a difference, widened by what the levels of what nobody knows make of it. */
export interface SecondRange {
  readonly low: number;
  readonly high: number;
  /** Levels at which the verdict of luck would be another. */
  readonly flips: readonly {
    readonly setting: string;
    readonly low: number;
    readonly high: number;
    readonly verdict: ComparisonVerdict;
  }[];
}

/** How service compares with what is tolerated. */
export interface ServiceComparison extends ServiceTolerance {
  readonly compared: MetricComparison;
  readonly outcome: ServiceOutcome | 'no interval';
}

/** Runs of both variants at the levels of what nobody knows. */
export interface SecondRangeRuns {
  /** Those that change anything of either. */
  readonly settings: readonly UncertainSetting[];
  /** Of each variant at each level. */
  readonly seeds: number;
  /** How many they are. */
  readonly count: number;
  /** Figures of the first seeds; undefined where the level changes nothing of that variant. */
  readonly of: (side: 'a' | 'b', setting: UncertainSetting) => readonly MetricsRecord[] | undefined;
}

/** Two variants side by side. */
export interface Comparison {
  readonly a: ReplicatedVariant;
  readonly b: ReplicatedVariant;
  readonly independent: boolean;
  /** In the order of `METRICS`. */
  readonly metrics: readonly MetricComparison[];
  /** Where any of it differs, costs are not comparable. */
  readonly service: readonly ServiceComparison[];
  /** What the second range was asked of; undefined when it was not. */
  readonly secondRange?: SecondRangeRuns | undefined;
}

/** What a comparison is made of besides the runs. */
export interface ComparisonOptions {
  readonly tolerances?: readonly ServiceTolerance[] | undefined;
  readonly secondRange?: SecondRangeRuns | undefined;
}

/** Metrics that say what is paid. */
const COSTS: ReadonlySet<string> = new Set(['cost', 'bill']);

/**
 * Compares two variants of a replication, metric by metric: `better` or `worse` when the whole 95 % interval of the difference
 * lies on one side of zero, and would at every level of what nobody knows. Metrics are judged one by one, so of twenty that do
 * not differ one is declared different on average.
 */
export function compareVariants(
  { independent }: Pick<Replication, 'independent'>,
  a: ReplicatedVariant,
  b: ReplicatedVariant,
  { tolerances = SERVICE_TOLERANCES, secondRange }: ComparisonOptions = {},
): Comparison {
  const streams = bootstrapStreams(a);
  const compared = METRICS.map((metric): MetricComparison => {
    const [seriesA, seriesB] = [seriesOf(a, metric.name), seriesOf(b, metric.name)];
    const found = difference(seriesA, seriesB, independent, streamFor(metric, streams, 'difference'));
    const alone = (series: Series): number | null =>
      level(series)?.mean ?? series.find((value) => value !== null) ?? null;
    const estimate = found?.estimate;
    const byLuck = verdictOf(metric, estimate);
    const second =
      estimate === undefined || secondRange === undefined
        ? undefined
        : acrossSettings(estimate, metric, secondRange, { a, b });
    return {
      metric,
      a: found?.a ?? alone(seriesA),
      b: found?.b ?? alone(seriesB),
      difference: estimate,
      second,
      byLuck,
      verdict: second === undefined || second.flips.length === 0 ? byLuck : 'no difference shown',
    };
  });
  const service = tolerances.flatMap((one): ServiceComparison[] => {
    const found = compared.find(({ metric }) => metric === metricNamed(one.metric));
    if (found === undefined) return [];
    const outcome = found.difference === undefined ? 'no interval' : serviceOutcome(found.difference, one.tolerance);
    return [{ ...one, compared: found, outcome }];
  });
  const differs = service.some(({ outcome }) => outcome === 'differs');
  const metrics = compared.map((one) =>
    differs && COSTS.has(one.metric.name) && one.verdict !== 'no difference shown'
      ? { ...one, verdict: 'not comparable' as const }
      : one,
  );
  return { a, b, independent, metrics, service, secondRange };
}

/** Whether luck leaves no doubt about some metric, so that what nobody knows can take something back. */
export function isAnyDecided({ metrics }: Comparison): boolean {
  return metrics.some(({ byLuck }) => byLuck !== 'no difference shown');
}

/** The mean of a metric over the runs of a variant, with its interval; undefined below two runs that have it. */
export function metricLevel(variant: ReplicatedVariant, metric: Metric): Estimate | undefined {
  return level(seriesOf(variant, metric.name), streamFor(metric, bootstrapStreams(variant), 'level'));
}

/** Moves the interval of luck by what each level shifts A and B under the same luck. */
function acrossSettings(
  { low, high }: Estimate,
  metric: Metric,
  { settings, seeds, of }: SecondRangeRuns,
  sides: Readonly<Record<'a' | 'b', ReplicatedVariant>>,
): SecondRange {
  const byLuck = verdictOf(metric, { low, high });
  const moved = settings.map((setting) => {
    const shiftIn = (side: 'a' | 'b'): number => {
      const found = of(side, setting);
      const given = seriesOf(sides[side], metric.name).slice(0, seeds);
      return found === undefined ? 0 : (shiftOf(given, valuesOf(found, metric.name)) ?? 0);
    };
    const shift = shiftIn('b') - shiftIn('a');
    const interval = { low: low + shift, high: high + shift };
    return { setting: setting.name, ...interval, verdict: verdictOf(metric, interval) };
  });
  return {
    low: Math.min(low, ...moved.map((one) => one.low)),
    high: Math.max(high, ...moved.map((one) => one.high)),
    flips: byLuck === 'no difference shown' ? [] : moved.filter(({ verdict }) => verdict !== byLuck),
  };
}

/** Values of a metric in the order of the seeds. */
function seriesOf({ runs }: ReplicatedVariant, metric: string): Series {
  return valuesOf(
    runs.map(({ metrics }) => metrics),
    metric,
  );
}

function valuesOf(runs: readonly MetricsRecord[], metric: string): Series {
  return runs.map((metrics) => metrics[metric] ?? null);
}

function verdictOf(
  { better }: Metric,
  interval: Pick<Estimate, 'low' | 'high'> | undefined,
): MetricComparison['byLuck'] {
  if (interval === undefined || (interval.low <= 0 && interval.high >= 0)) return 'no difference shown';
  return interval.high < 0 === (better === 'lower') ? 'better' : 'worse';
}

/** Resampling has luck, too: it is that of the first seed, so that the same runs have the same intervals. */
function bootstrapStreams({ runs }: ReplicatedVariant): RandomStreams {
  return new RandomStreams(runs[0]?.seed ?? '');
}

function streamFor({ name, tail }: Metric, streams: RandomStreams, purpose: string): RandomStream | undefined {
  return tail === true ? streams.stream(`bootstrap/${purpose}/${name}`) : undefined;
}
