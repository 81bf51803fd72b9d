import { METRICS, metricNamed, type Metric } from '../analysis/metrics.js';
import { RandomStreams, type RandomStream } from '../kernel/random-streams.js';
import { difference, level, type Series } from './difference-interval.js';
import type { Estimate } from './interval.js';
import type { ReplicatedVariant, Replication } from './replication.js';

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
  readonly verdict: ComparisonVerdict;
}

/** Service as seen from outside, and how much of it may differ before costs are not comparable. */
export interface ServiceTolerance {
  readonly metric: string;
  /** Of the difference, in the metric's unit. */
  readonly tolerance: number;
}

/** A thousandth of the requests, and half a minute at the 99th percentile of waiting: an operator would notice either. */
export const SERVICE_TOLERANCES: readonly ServiceTolerance[] = [
  { metric: 'lostRequests.share', tolerance: 0.001 },
  { metric: 'pending.p99', tolerance: 30 },
];

/** Metrics that say what is paid. */
const COSTS: ReadonlySet<string> = new Set(['cost', 'bill']);

/** Two variants side by side. */
export interface Comparison {
  readonly a: ReplicatedVariant;
  readonly b: ReplicatedVariant;
  readonly independent: boolean;
  /** In the order of `METRICS`. */
  readonly metrics: readonly MetricComparison[];
  readonly tolerances: readonly ServiceTolerance[];
  /** The tolerances that are exceeded: why costs are not comparable. */
  readonly serviceDiffers: readonly MetricComparison[];
}

/**
 * Compares two variants of a replication, metric by metric: `better` or `worse` when the whole 95 % interval of the difference
 * lies on one side of zero. Metrics are judged one by one, so of twenty that do not differ one is declared different on
 * average.
 */
export function compareVariants(
  { independent }: Pick<Replication, 'independent'>,
  a: ReplicatedVariant,
  b: ReplicatedVariant,
  tolerances: readonly ServiceTolerance[] = SERVICE_TOLERANCES,
): Comparison {
  const streams = bootstrapStreams(a);
  const compared = METRICS.map((metric): MetricComparison => {
    const [seriesA, seriesB] = [seriesOf(a, metric.name), seriesOf(b, metric.name)];
    const found = difference(seriesA, seriesB, independent, streamFor(metric, streams, 'difference'));
    const alone = (series: Series): number | null =>
      level(series)?.mean ?? series.find((value) => value !== null) ?? null;
    return {
      metric,
      a: found?.a ?? alone(seriesA),
      b: found?.b ?? alone(seriesB),
      difference: found?.estimate,
      verdict: verdictOf(metric, found?.estimate),
    };
  });
  const serviceDiffers = tolerances.flatMap(({ metric, tolerance }) =>
    compared.filter(
      (one) =>
        one.metric === metricNamed(metric) &&
        one.verdict !== 'no difference shown' &&
        Math.abs(one.difference?.mean ?? 0) > tolerance,
    ),
  );
  const metrics =
    serviceDiffers.length === 0
      ? compared
      : compared.map((one) =>
          COSTS.has(one.metric.name) && one.verdict !== 'no difference shown'
            ? { ...one, verdict: 'not comparable' as const }
            : one,
        );
  return { a, b, independent, metrics, tolerances, serviceDiffers };
}

/** The mean of a metric over the runs of a variant, with its interval; undefined below two runs that have it. */
export function metricLevel(variant: ReplicatedVariant, metric: Metric): Estimate | undefined {
  return level(seriesOf(variant, metric.name), streamFor(metric, bootstrapStreams(variant), 'level'));
}

/** Values of a metric in the order of the seeds. */
function seriesOf({ runs }: ReplicatedVariant, metric: string): Series {
  return runs.map(({ metrics }) => metrics[metric] ?? null);
}

function verdictOf({ better }: Metric, estimate: Estimate | undefined): ComparisonVerdict {
  if (estimate === undefined || (estimate.low <= 0 && estimate.high >= 0)) return 'no difference shown';
  return estimate.mean < 0 === (better === 'lower') ? 'better' : 'worse';
}

/** Resampling has luck, too: it is that of the first seed, so that the same runs have the same intervals. */
function bootstrapStreams({ runs }: ReplicatedVariant): RandomStreams {
  return new RandomStreams(runs[0]?.seed ?? '');
}

function streamFor({ name, tail }: Metric, streams: RandomStreams, purpose: string): RandomStream | undefined {
  return tail === true ? streams.stream(`bootstrap/${purpose}/${name}`) : undefined;
}
