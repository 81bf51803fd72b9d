import { Autoscaler, type AutoscalerDecision } from '../../kubernetes/autoscaling/autoscaler.js';
import type { MeasuredPod } from '../../kubernetes/autoscaling/pod-metrics.js';
import type { HorizontalPodAutoscaler } from '../../kubernetes/horizontal-pod-autoscaler.js';
import { stableText } from '../stable-text.js';
import type { Verdict } from '../verdict.js';
import { readAutoscaler, readExternal } from './hpa-manifest.js';
import { measuredPod, type RecordedPod } from './hpa-pod.js';

interface TimelineStep {
  readonly pods?: readonly RecordedPod[] | undefined;
  readonly replicas?: number;
  readonly external?: Readonly<Record<string, readonly string[]>>;
}

interface RecordedStep {
  readonly t: number;
  readonly replicas: number;
  readonly desired: number;
  readonly after: number;
  readonly conditions?: Readonly<Record<string, { readonly status: string; readonly reason: string }>>;
  readonly metrics?: readonly string[];
  readonly error?: string;
  readonly pods?: readonly RecordedPod[];
}

/** A row of hpa.jsonl. */
interface HpaRow {
  readonly case: {
    readonly hpa: unknown;
    readonly replicas: number;
    readonly timeline?: readonly TimelineStep[];
    readonly follow?: { readonly external?: string; readonly demand?: readonly number[] };
  };
  readonly result: { readonly steps: readonly RecordedStep[] };
}

const CONDITIONS = ['AbleToScale', 'ScalingActive', 'ScalingLimited'] as const;

/** Replays a row sync by sync; the first that differs is shown. Messages are for people. */
export function checkHpaRow(row: unknown): Verdict {
  const { case: source, result } = row as HpaRow;
  const hpa = readAutoscaler(source.hpa);
  const autoscaler = new Autoscaler(hpa);
  let replicas = source.replicas;
  for (const [index, step] of result.steps.entries()) {
    const given: TimelineStep | undefined =
      source.timeline === undefined ? { pods: step.pods } : source.timeline[index];
    replicas = given?.replicas ?? replicas;
    const pods: MeasuredPod[] = (given?.pods ?? []).map(measuredPod);
    const external = externalOf(source, given, index);
    const input = { specReplicas: replicas, statusReplicas: pods.length, pods, external };
    const decision = autoscaler.sync(input, step.t * 1000);
    const expected = expectedOf(step);
    const got = gotOf(step.t, replicas, decision, hpa);
    if (stableText(expected) !== stableText(got)) return { agreed: false, expected, got };
    replicas = decision.replicas;
  }
  return { agreed: true, expected: undefined, got: undefined };
}

/** Values of external metrics in milli-units. */
function externalOf(
  { follow }: HpaRow['case'],
  given: TimelineStep | undefined,
  index: number,
): Readonly<Record<string, readonly number[]>> {
  const values: Record<string, readonly number[]> = {};
  for (const [name, texts] of Object.entries(given?.external ?? {})) values[name] = texts.map(readExternal);
  if (follow?.external !== undefined) {
    const demand = follow.demand?.[index] ?? follow.demand?.at(-1) ?? 0;
    values[follow.external] = [readExternal(String(demand))];
  }
  return values;
}

function expectedOf(step: RecordedStep): unknown {
  const { t, replicas, desired, after, conditions = {}, metrics = [], error } = step;
  const shown = Object.entries(conditions).map(([type, { status, reason }]) => [type, { status, reason }]);
  return {
    t,
    replicas,
    desired,
    after,
    conditions: Object.fromEntries(shown) as unknown,
    metrics: [...metrics].sort(),
    failed: error !== undefined,
  };
}

function gotOf(t: number, replicas: number, decision: AutoscalerDecision, hpa: HorizontalPodAutoscaler): unknown {
  const { status, metrics, error } = decision;
  const conditions: Record<string, unknown> = {};
  for (const type of CONDITIONS) {
    const condition = status.conditions[type];
    if (condition === undefined) continue;
    conditions[type] = { status: condition.status ? 'True' : 'False', reason: condition.reason };
  }
  return {
    t,
    replicas,
    desired: status.desiredReplicas,
    after: decision.replicas,
    conditions,
    metrics: metrics.flatMap((metric) => metricText(metric, hpa)).sort(),
    failed: error !== undefined,
  };
}

/** A metric as recordings write it: `cpu 57%`, `cpu 285m`, of an external metric's total `queue =3k`. */
function metricText({ name, result }: AutoscalerDecision['metrics'][number], hpa: HorizontalPodAutoscaler): string[] {
  if ('error' in result) return [];
  const resource = hpa.metrics.find((metric) => metric.resource === name);
  if (resource?.target.type === 'Utilization') return [`${name} ${result.current}%`];
  const external = hpa.externalMetrics?.find((metric) => metric.external === name);
  return [`${name} ${external?.target.type === 'Value' ? '=' : ''}${milliText(result.current)}`];
}

/** Kubernetes' canonical text of an amount in milli-units. */
function milliText(milli: number): string {
  if (milli % 1000 !== 0) return `${milli}m`;
  let value = milli / 1000;
  let suffix = 0;
  while (value !== 0 && value % 1000 === 0 && suffix < SUFFIXES.length - 1) {
    value /= 1000;
    suffix++;
  }
  return `${value}${SUFFIXES[suffix] ?? ''}`;
}

const SUFFIXES = ['', 'k', 'M', 'G', 'T'];
