import { closestName } from '../kubernetes/manifest/closest-name.js';
import type { ClusterObjects } from '../scenario/scenario-spec.js';
import { timeBelowBudget } from './below-budget.js';
import { coveredWorkloads } from './covered-workloads.js';
import { lostItsNode } from './evictions.js';
import type { MeasuredRun } from './measured-run.js';
import { nodeReadiness } from './node-readiness.js';
import { quantilesOf, type Quantiles } from './quantiles.js';
import type { RunAnalysis } from './run-analysis.js';
import { serviceMetricsOf } from './service-metrics.js';
import { summarise, type Summary } from './summary.js';

/** One figure of a run by which runs are compared. */
export interface Metric {
  /** A statistic is part of the name: `pending.p50` and `pending.p99` are two metrics. */
  readonly name: string;
  /** Such as `$/day`, `s` or `nodes`; a `ratio` is 0–1. */
  readonly unit: string;
  /** Which way an operator wants it to go. */
  readonly better: 'lower' | 'higher';
  /** What it is, in a few words. */
  readonly meaning: string;
  /** A percentile or an extreme of a run: its means over a few runs are far from normal, so that intervals are resampled. */
  readonly tail?: boolean | undefined;
  /** Null where the run has nothing to measure: no pod waited, no node came up, no requests were simulated. */
  readonly read: (run: MeasuredRun) => number | null;
}

/** Every metric of one run by name; those of single services by `name@namespace/service`. */
export type MetricsRecord = Readonly<Record<string, number | null>>;

/** No metric has this name. */
export class UnknownMetricError extends Error {
  override readonly name = 'UnknownMetricError';
  readonly expected = `one of ${METRICS.map((metric) => metric.name).join(', ')}`;
  readonly hint: string | undefined;

  constructor(metric: string) {
    super(`there is no metric "${metric}"`);
    const meant = closestName(
      metric,
      METRICS.map(({ name }) => name),
    );
    this.hint = meant === undefined ? undefined : `did you mean ${meant}?`;
  }
}

const DAY_MS = 86_400_000;

/**
 * The metrics, in the order in which tables show them. Counts and money are scaled to a day of simulated time, so that a run of
 * two hours and one of a day have figures of one kind; both are still different stories, and are not compared.
 */
export const METRICS: readonly Metric[] = [
  {
    name: 'cost',
    unit: '$/day',
    better: 'lower',
    meaning: 'instances, a simulated day',
    read: ({ analysis, summary }) => perDay(analysis, summary.cost.total),
  },
  {
    name: 'bill',
    unit: '$/day',
    better: 'lower',
    meaning: 'instances, volumes, monitoring, CPU credits and control plane, a simulated day',
    read: ({ analysis, summary }) => perDay(analysis, summary.cost.bill),
  },
  ...quantileMetrics('pending', 'pod created → bound, all pods', ['p50', 'p90', 'p99', 'max'], ({ analysis }) =>
    analysis.pods.map(({ pendingMs }) => pendingMs),
  ),
  ...quantileMetrics(
    'process',
    'pod created → Ready, pods that waited for a new node',
    ['p50', 'p90', 'p99'],
    ({ analysis }) =>
      analysis.pods.flatMap(({ marks, pod }) =>
        marks === undefined || pod.readyMs === undefined ? [] : [pod.readyMs - pod.createdMs],
      ),
  ),
  ...(['p50', 'p90', 'p99'] as const).map((statistic): Metric => ({
    name: `nodeReady.${statistic}`,
    unit: 's',
    better: 'lower',
    meaning: `NodeClaim created → Initialized, ${statistic}`,
    tail: true,
    read: ({ analysis }) => nodeReadiness(analysis.nodes, 30).createdToInitialized[statistic],
  })),
  {
    name: 'nodes.mean',
    unit: 'nodes',
    better: 'lower',
    meaning: 'instances billed at once, mean over time',
    read: ({ summary }) => summary.nodes.mean,
  },
  {
    name: 'nodes.max',
    unit: 'nodes',
    better: 'lower',
    meaning: 'instances billed at once at most',
    tail: true,
    read: ({ summary }) => summary.nodes.max,
  },
  {
    name: 'nodeHours',
    unit: 'node-hours/day',
    better: 'lower',
    meaning: 'hours of all instances that were billed, a simulated day',
    read: ({ summary }) => summary.nodes.mean * 24,
  },
  {
    name: 'churn',
    unit: 'nodes/day',
    better: 'lower',
    meaning: 'nodes whose deletion began, a simulated day',
    read: ({ analysis, summary }) => perDay(analysis, sum(Object.values(summary.disruptions.byReason))),
  },
  {
    name: 'evictions',
    unit: 'pods/day',
    better: 'lower',
    meaning: 'pods that had to leave because their node went, a simulated day',
    read: ({ analysis }) => perDay(analysis, analysis.pods.filter(({ pod }) => lostItsNode(pod)).length),
  },
  {
    name: 'interruptions',
    unit: 'nodes/day',
    better: 'lower',
    meaning: 'spot interruption warnings, a simulated day',
    read: ({ analysis, summary }) => perDay(analysis, summary.interruptions),
  },
  {
    name: 'podsLost',
    unit: 'pods/day',
    better: 'lower',
    meaning: 'pods that ran on a machine when EC2 took it, neither drained nor asked to stop, a simulated day',
    read: ({ analysis, summary }) => perDay(analysis, summary.interruptionLosses.podsLost),
  },
  {
    name: 'spotShare',
    unit: 'ratio',
    better: 'higher',
    meaning: 'spot instances of all instances, by time',
    read: ({ summary }) => summary.cost.spotShare,
  },
  {
    name: 'spotShare.nodePools',
    unit: 'ratio',
    better: 'higher',
    meaning: 'spot instances of those that Karpenter bought, by time',
    read: ({ analysis }) => boughtSpotShare(analysis),
  },
  {
    name: 'lostRequests',
    unit: 'requests/day',
    better: 'lower',
    meaning: 'requests that no pod answered in time, a simulated day',
    read: ({ analysis, summary }) => {
      const lost = requestsOf(summary)?.lost;
      return lost === undefined ? null : perDay(analysis, lost);
    },
  },
  {
    name: 'lostRequests.share',
    unit: 'ratio',
    better: 'lower',
    meaning: 'requests that no pod answered in time, of all',
    read: ({ summary }) => requestsOf(summary)?.lostShare ?? null,
  },
  {
    name: 'latency.p99',
    unit: 's',
    better: 'lower',
    meaning: 'answer time of requests, p99',
    tail: true,
    read: ({ summary }) => requestsOf(summary)?.latencySeconds.p99 ?? null,
  },
  {
    name: 'outOfMemory',
    unit: 'kills/day',
    better: 'lower',
    meaning: 'containers killed and pods evicted for want of memory, a simulated day',
    read: ({ analysis, summary: { containers } }) => perDay(analysis, containers.oomKilled + containers.evicted),
  },
  {
    name: 'databaseConnections.max',
    unit: 'connections/minute',
    better: 'lower',
    meaning: 'database connections that starting pods opened in a minute, at most',
    tail: true,
    read: ({ summary: { databaseConnections } }) =>
      databaseConnections.opened === 0 ? null : databaseConnections.perMinute.max,
  },
  {
    name: 'utilisation.cpu',
    unit: 'ratio',
    better: 'higher',
    meaning: 'CPU requests of allocatable, by time',
    read: ({ summary }) => summary.utilisation.cpu,
  },
  {
    name: 'utilisation.memory',
    unit: 'ratio',
    better: 'higher',
    meaning: 'memory requests of allocatable, by time',
    read: ({ summary }) => summary.utilisation.memory,
  },
  {
    name: 'belowMinAvailable',
    unit: 's/day',
    better: 'lower',
    meaning: 'time with fewer Ready pods than a PodDisruptionBudget asks for, all budgets together, a simulated day',
    read: ({ analysis, budgets }) => {
      const pods = analysis.pods.map(({ pod }) => pod);
      const below = timeBelowBudget(pods, budgets, 0, analysis.facts.endMs);
      return budgets.length === 0 ? null : perDay(analysis, sum(below.map(({ seconds }) => seconds)));
    },
  },
  {
    name: 'unschedulable',
    unit: 'pods',
    better: 'lower',
    meaning: 'pods for which no node ever came',
    read: ({ summary }) => summary.pods.unschedulable,
  },
];

/** The metric of that name. @throws UnknownMetricError with all names and the one that was probably meant */
export function metricNamed(name: string): Metric {
  const metric = METRICS.find((known) => known.name === name);
  if (metric === undefined) throw new UnknownMetricError(name);
  return metric;
}

/** Reads every metric of an analysed run. @param cluster - The run's manifests, for their PodDisruptionBudgets. */
export function measure(analysis: RunAnalysis, cluster: ClusterObjects): MetricsRecord {
  const run: MeasuredRun = { analysis, summary: summarise(analysis), budgets: coveredWorkloads(cluster) };
  const figures = METRICS.map(({ name, read }) => [name, rounded(read(run))]);
  const byService = Object.entries(serviceMetricsOf(run)).map(([name, value]) => [name, rounded(value)]);
  return Object.fromEntries([...figures, ...byService]) as MetricsRecord;
}

function quantileMetrics(
  name: string,
  meaning: string,
  statistics: readonly (keyof Quantiles)[],
  durationsMs: (run: MeasuredRun) => readonly number[],
): readonly Metric[] {
  const quantiles = oncePerRun((run) => quantilesOf(durationsMs(run)));
  return statistics.map((statistic) => ({
    name: `${name}.${statistic}`,
    unit: 's',
    better: 'lower',
    meaning: `${meaning}, ${statistic}`,
    tail: true,
    read: (run) => quantiles(run)[statistic],
  }));
}

/** Several metrics are statistics of one thing, which is read for the first of them. */
function oncePerRun<T extends object>(read: (run: MeasuredRun) => T): (run: MeasuredRun) => T {
  const known = new WeakMap<MeasuredRun, T>();
  return (run) => {
    let value = known.get(run);
    if (value === undefined) known.set(run, (value = read(run)));
    return value;
  };
}

/** Requests of a run; undefined where nobody sent any. */
function requestsOf({ requests }: Summary): Summary['requests'] | undefined {
  return requests.total === 0 ? undefined : requests;
}

function boughtSpotShare({ ledger }: RunAnalysis): number | null {
  let spot = 0;
  let all = 0;
  for (const { history, billedSeconds } of ledger) {
    if (history.managed) continue;
    all += billedSeconds;
    if (history.instance?.capacityType === 'spot') spot += billedSeconds;
  }
  return all === 0 ? null : spot / all;
}

function perDay({ facts }: RunAnalysis, amount: number): number {
  return facts.endMs === 0 ? 0 : (amount * DAY_MS) / facts.endMs;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Six decimals: no binary residue. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}
