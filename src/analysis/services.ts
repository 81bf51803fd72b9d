import { group } from 'd3-array';
import { GroupedSteps, type StatisticsByGroup } from './grouped-steps.js';
import { podsOfRun, type PodLatency } from './pod-latency.js';
import { quantilesOf, type Quantiles } from './quantiles.js';

/** Pods of one service. */
export interface ServicePods {
  /** Pods bound to a node and not yet gone: mean over time, maximum, and at the end. */
  readonly mean: number;
  readonly max: number;
  readonly end: number;
  readonly created: number;
  readonly bound: number;
  /** Marked Unschedulable and still without a node when deleted, or at the end of the run. */
  readonly unschedulable: number;
  readonly pendingSeconds: Quantiles;
}

/** Pods by owning service, names in code unit order; bare pods stand under `(none)`. */
export function podsByService(latencies: readonly PodLatency[], endMs: number): Readonly<Record<string, ServicePods>> {
  const groups = group(latencies, serviceName);
  const counts = boundPods(latencies, endMs);
  const names = [...groups.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(
    names.map((name) => {
      const own = podsOfRun(groups.get(name) ?? []);
      const service: ServicePods = {
        ...(counts[name] ?? { mean: 0, max: 0, end: 0 }),
        created: own.length,
        bound: own.filter(({ pod }) => pod.boundMs !== undefined).length,
        unschedulable: own.filter(isUnschedulable).length,
        pendingSeconds: quantilesOf(own.map(({ pendingMs }) => pendingMs)),
      };
      return [name, service];
    }),
  );
}

/** Whether kube-scheduler found no node for the pod and none ever came. */
export function isUnschedulable({ pod }: PodLatency): boolean {
  return pod.boundMs === undefined && pod.unschedulableMs !== undefined;
}

function serviceName({ pod }: PodLatency): string {
  return pod.service === '' ? '(none)' : pod.service;
}

function boundPods(latencies: readonly PodLatency[], endMs: number): StatisticsByGroup {
  const changes: { timeMs: number; name: string; change: number }[] = [];
  for (const latency of latencies) {
    const { boundMs, goneMs } = latency.pod;
    if (boundMs === undefined) continue;
    changes.push({ timeMs: boundMs, name: serviceName(latency), change: 1 });
    if (goneMs !== undefined) changes.push({ timeMs: goneMs, name: serviceName(latency), change: -1 });
  }
  changes.sort((a, b) => a.timeMs - b.timeMs);
  const steps = new GroupedSteps();
  for (const { timeMs, name, change } of changes) steps.add(name, timeMs, change);
  return steps.statistics(endMs);
}
