import { timeBelowBudget } from './below-budget.js';
import { lostItsNode } from './evictions.js';
import type { MeasuredRun } from './measured-run.js';
import { quantilesOf } from './quantiles.js';

/** One figure of one service of a run. */
export interface ServiceMetric {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  /** Null where the service has nothing to measure. @param service - `namespace/name`. */
  readonly read: (run: MeasuredRun, service: string) => number | null;
}

const DAY_MS = 86_400_000;

/** Metrics of single services; in the figures of a run they stand as `name@namespace/service`. */
export const SERVICE_METRICS: readonly ServiceMetric[] = [
  ...(['p50', 'p99'] as const).map((statistic): ServiceMetric => ({
    name: `pending.${statistic}`,
    unit: 's',
    meaning: `pod created → bound, ${statistic}`,
    read: ({ analysis }, service) =>
      quantilesOf(analysis.pods.filter(({ pod }) => pod.service === service).map(({ pendingMs }) => pendingMs))[
        statistic
      ],
  })),
  {
    name: 'evictions',
    unit: 'pods/day',
    meaning: 'pods that had to leave because their node went, a simulated day',
    read: (run, service) =>
      perDay(run, run.analysis.pods.filter(({ pod }) => pod.service === service && lostItsNode(pod)).length),
  },
  {
    name: 'lostRequests',
    unit: 'requests/day',
    meaning: 'requests that no pod answered in time, a simulated day',
    read: (run, service) => {
      const lost = run.summary.requests.byService[service]?.lost;
      return lost === undefined ? null : perDay(run, lost);
    },
  },
  {
    name: 'lostRequests.share',
    unit: 'ratio',
    meaning: 'requests that no pod answered in time, of all',
    read: ({ summary }, service) => summary.requests.byService[service]?.lostShare ?? null,
  },
  {
    name: 'latency.p99',
    unit: 's',
    meaning: 'answer time of requests, p99',
    read: ({ summary }, service) => summary.requests.byService[service]?.latencySeconds.p99 ?? null,
  },
  {
    name: 'belowMinAvailable',
    unit: 's/day',
    meaning:
      'time with fewer Ready pods than a PodDisruptionBudget asks for, once a pod has been Ready, a simulated day',
    read: (run, service) => {
      const budgets = run.budgets.filter(({ services }) => services.includes(service));
      if (budgets.length === 0) return null;
      const pods = run.analysis.pods.map(({ pod }) => pod).filter((pod) => pod.service === service);
      // A run may begin without nodes: how long a cluster takes to come up is no outage.
      const firstReadyMs = pods.reduce((first, { readyMs = Infinity }) => Math.min(first, readyMs), Infinity);
      const below = timeBelowBudget(pods, budgets, firstReadyMs, run.analysis.facts.endMs);
      return perDay(
        run,
        below.reduce((total, { seconds }) => total + seconds, 0),
      );
    },
  },
  { name: 'onDemandShare', unit: 'ratio', meaning: 'pod-hours on on-demand nodes, of all', read: onDemandShare },
];

/** Every metric of every service of a run, by `name@namespace/service`. */
export function serviceMetricsOf(run: MeasuredRun): Readonly<Record<string, number | null>> {
  const services = Object.keys(run.summary.pods.byService);
  return Object.fromEntries(
    services.flatMap((service) => SERVICE_METRICS.map(({ name, read }) => [`${name}@${service}`, read(run, service)])),
  );
}

function onDemandShare({ analysis }: MeasuredRun, service: string): number | null {
  const capacityTypes = new Map(analysis.nodes.map(({ node, instance }) => [node, instance?.capacityType]));
  let onDemandMs = 0;
  let totalMs = 0;
  for (const { pod } of analysis.pods) {
    if (pod.service !== service || pod.boundMs === undefined) continue;
    const ms = (pod.goneMs ?? analysis.facts.endMs) - pod.boundMs;
    totalMs += ms;
    if (capacityTypes.get(pod.node) !== 'spot') onDemandMs += ms;
  }
  return totalMs === 0 ? null : onDemandMs / totalMs;
}

function perDay({ analysis: { facts } }: MeasuredRun, amount: number): number {
  return facts.endMs === 0 ? 0 : (amount * DAY_MS) / facts.endMs;
}
