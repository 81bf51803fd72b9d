import { ObjectCache } from '../../kernel/object-cache.js';
import type { ExternalMetric, ResourceMetric } from '../horizontal-pod-autoscaler.js';
import type { Condition, Pod } from '../pod.js';
import { isPodReady, podCondition } from '../pod-conditions.js';
import type { MeasuredPod, PodMetrics } from './pod-metrics.js';

/** Settings of the controller-manager that replica counts depend on. */
export interface ReplicaCalculatorSettings {
  /** Relative distance from the target within which nothing happens. */
  readonly tolerance: number;
  /** While a pod is younger than this, its cpu counts only when it is ready and measured since, ms. */
  readonly cpuInitializationPeriodMs: number;
  /** A pod that has been unready since before this age has never been ready, ms. */
  readonly initialReadinessDelayMs: number;
}

/** What one metric asks for, or why it cannot be computed. */
export type MetricResult =
  | {
      readonly replicas: number;
      /** Utilisation in percent, or the average (milli-units; for memory bytes / 1000). */
      readonly current: number;
    }
  | { readonly error: string };

/** Memory is compared in thousandths of bytes, as cpu is in thousandths of cores. */
const MILLI: Readonly<Record<ResourceMetric['resource'], number>> = { cpu: 1, memory: 1000 };

/** Both bounds are inclusive, and each is computed on its own: at exactly 1.1 the pod count stays (kubernetes.md §3.3). */
function isWithin(ratio: number, tolerance: number): boolean {
  return 1 - tolerance <= ratio && ratio <= 1 + tolerance;
}

/** What a pod says of itself: the same at every sync until it changes. */
interface PodFacts {
  readonly isIgnored: boolean;
  readonly isPending: boolean;
  /** Undefined before its containers start. */
  readonly startTimeMs: number | undefined;
  readonly ready: Condition | undefined;
  readonly cpuRequest: number | string;
  readonly memoryRequest: number | string;
}

const facts = new ObjectCache<MeasuredPod, PodFacts>();

function factsOf(measured: MeasuredPod): PodFacts {
  let known = facts.get(measured);
  if (known === undefined) {
    const { pod } = measured;
    known = {
      isIgnored: pod.metadata.deletionTimeMs !== undefined || pod.status.phase === 'Failed',
      isPending: pod.status.phase === 'Pending',
      startTimeMs: pod.status.startTimeMs,
      ready: podCondition(pod, 'Ready'),
      cpuRequest: requestOf(pod, 'cpu'),
      memoryRequest: requestOf(pod, 'memory'),
    };
    facts.set(measured, known);
  }
  return known;
}

function isUnreadyForCpu(
  { ready, startTimeMs }: PodFacts,
  metrics: PodMetrics,
  settings: ReplicaCalculatorSettings,
  nowMs: number,
): boolean {
  if (ready === undefined || startTimeMs === undefined) return true;
  const isFalse = ready.status === 'False';
  if (startTimeMs + settings.cpuInitializationPeriodMs > nowMs) {
    return isFalse || metrics.timestampMs < ready.lastTransitionTimeMs + metrics.windowMs;
  }
  return isFalse && startTimeMs + settings.initialReadinessDelayMs > ready.lastTransitionTimeMs;
}

/** Request of the pod for the resource, sidecars included; a text says which container gives none. */
function requestOf(pod: Pod, resource: string): number | string {
  const { resources, containers, initContainers } = pod.spec;
  if (resources !== undefined) {
    return resources[resource] ?? `missing pod-level request for ${resource} in Pod ${pod.metadata.name}`;
  }
  let sum = 0;
  for (const { name, requests } of containers) {
    const request = requests[resource];
    if (request === undefined) return missingRequest(resource, name, pod);
    sum += request;
  }
  for (const { name, requests, restartPolicy } of initContainers) {
    if (restartPolicy !== 'Always') continue;
    const request = requests[resource];
    if (request === undefined) return missingRequest(resource, name, pod);
    sum += request;
  }
  return sum;
}

function missingRequest(resource: string, container: string, { metadata }: Pod): string {
  return `missing request for ${resource} in container ${container} of Pod ${metadata.name}`;
}

/** Sums over a set of pods. */
interface Sums {
  usage: number;
  request: number;
  pods: number;
}

/** Sums over the pods by what is known of them; those that are ignored are in none. */
interface Groups {
  readonly ready: Sums;
  readonly unready: Sums;
  readonly missing: Sums;
}

/** Filled anew by every call of {@link resourceReplicas}: tens of thousands a simulated day, and none is kept. */
const groups: Groups = {
  ready: { usage: 0, request: 0, pods: 0 },
  unready: { usage: 0, request: 0, pods: 0 },
  missing: { usage: 0, request: 0, pods: 0 },
};

function empty(sums: Sums): void {
  sums.usage = 0;
  sums.request = 0;
  sums.pods = 0;
}

/** How far a set of pods is from the target: the ratio, and the figure shown to users. */
type Measure = (sums: Sums) => { readonly ratio: number; readonly current: number };

function decide(
  { ready, unready, missing }: Groups,
  currentReplicas: number,
  tolerance: number,
  measure: Measure,
  fallbackUsage: (missing: Sums) => number,
): MetricResult {
  const { ratio, current } = measure(ready);
  const scaleUpWithUnready = unready.pods > 0 && ratio > 1;
  if (!scaleUpWithUnready && missing.pods === 0) {
    if (isWithin(ratio, tolerance)) return { replicas: currentReplicas, current };
    return { replicas: Math.ceil(ratio * ready.pods), current };
  }
  const all: Sums = { ...ready };
  const include = (sums: Sums, usage: number): void => {
    all.usage += usage;
    all.request += sums.request;
    all.pods += sums.pods;
  };
  // Pods without metrics hold a scale-down back (they may be busy) and a scale-up too (they may be idle).
  if (missing.pods > 0 && ratio < 1) include(missing, fallbackUsage(missing));
  else if (missing.pods > 0 && ratio > 1) include(missing, 0);
  if (scaleUpWithUnready) include(unready, 0);
  const damped = measure(all).ratio;
  const flips = (ratio < 1 && damped > 1) || (ratio > 1 && damped < 1);
  if (isWithin(damped, tolerance) || flips) return { replicas: currentReplicas, current };
  const replicas = Math.ceil(damped * all.pods);
  const wrongWay = (damped < 1 && replicas > currentReplicas) || (damped > 1 && replicas < currentReplicas);
  return { replicas: wrongWay ? currentReplicas : replicas, current };
}

/** Replicas that a cpu or memory metric asks for (kubernetes.md §3.3). */
export function resourceReplicas(
  metric: ResourceMetric,
  pods: readonly MeasuredPod[],
  currentReplicas: number,
  settings: ReplicaCalculatorSettings,
  nowMs: number,
): MetricResult {
  const { resource, target } = metric;
  const isCpu = resource === 'cpu';
  const utilization = target.type === 'Utilization';
  empty(groups.ready);
  empty(groups.unready);
  empty(groups.missing);
  let requestError: string | undefined;
  let isMeasured = false;
  for (const measured of pods) {
    const { metrics } = measured;
    isMeasured ||= metrics !== undefined;
    const known = factsOf(measured);
    let request: number | string = 0;
    if (utilization) request = isCpu ? known.cpuRequest : known.memoryRequest;
    if (typeof request === 'string') requestError ??= request;
    if (known.isIgnored) continue;
    // Not metrics?.usage[resource]: a key that varies is looked up several times slower.
    const usage = isCpu ? metrics?.usage['cpu'] : metrics?.usage['memory'];
    let sums = groups.ready;
    if (known.isPending) sums = groups.unready;
    else if (metrics === undefined || usage === undefined) sums = groups.missing;
    else if (isCpu && isUnreadyForCpu(known, metrics, settings, nowMs)) sums = groups.unready;
    if (typeof request === 'number') sums.request += request;
    sums.usage += usage ?? 0;
    sums.pods++;
  }
  if (!isMeasured) {
    return { error: `unable to get metrics for resource ${resource}: no metrics returned from resource metrics API` };
  }
  if (groups.ready.pods === 0) return { error: 'did not receive metrics for targeted pods (pods might be unready)' };
  // A single pod without a request spoils the metric, whatever group it is in.
  if (requestError !== undefined) return { error: requestError };
  const { tolerance } = settings;
  if (target.type === 'Utilization') {
    const goal = target.averageUtilization;
    if (groups.ready.request === 0) return { error: 'no metrics returned matched known pods' };
    const measure: Measure = ({ usage, request }) => {
      const percent = Math.trunc((usage * 100) / request);
      return { ratio: percent / goal, current: percent };
    };
    return decide(groups, currentReplicas, tolerance, measure, ({ request }) => (request * Math.max(100, goal)) / 100);
  }
  const milli = MILLI[resource];
  const goal = target.averageValue * milli;
  const measure: Measure = (sums) => {
    const average = Math.trunc((sums.usage * milli) / sums.pods);
    return { ratio: average / goal, current: average };
  };
  return decide(groups, currentReplicas, tolerance, measure, (missing) => missing.pods * target.averageValue);
}

/**
 * Replicas that an external metric asks for (kubernetes.md §3.3).
 * @param values - Milli-units.
 */
export function externalReplicas(
  metric: ExternalMetric,
  values: readonly number[],
  pods: readonly MeasuredPod[],
  currentReplicas: number,
  statusReplicas: number,
  settings: ReplicaCalculatorSettings,
): MetricResult {
  const { target } = metric;
  if (values.length === 0) return { error: 'no metrics returned from external metrics API' };
  const total = values.reduce((sum, value) => sum + value, 0);
  if (target.type === 'AverageValue') {
    const ratio = total / (target.averageValue * statusReplicas);
    const replicas = isWithin(ratio, settings.tolerance) ? statusReplicas : Math.ceil(total / target.averageValue);
    return { replicas, current: Math.ceil(total / statusReplicas) };
  }
  const ratio = total / target.value;
  if (currentReplicas === 0) return { replicas: Math.ceil(ratio), current: total };
  if (isWithin(ratio, settings.tolerance)) return { replicas: currentReplicas, current: total };
  const ready = pods.filter(({ pod }) => pod.status.phase === 'Running' && isPodReady(pod)).length;
  return { replicas: Math.ceil(ratio * ready), current: total };
}
