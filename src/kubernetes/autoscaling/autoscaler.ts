import type { HorizontalPodAutoscaler, ScalingRules } from '../horizontal-pod-autoscaler.js';
import type { MeasuredPod } from './pod-metrics.js';
import {
  externalReplicas,
  type MetricResult,
  type ReplicaCalculatorSettings,
  resourceReplicas,
} from './replica-calculator.js';
import { scaleDownLimit, type ScaleEvent, scaleUpLimit } from './scaling-policies.js';

/** Settings of the controller-manager for all autoscalers; Kubernetes' defaults. */
export interface AutoscalerSettings extends ReplicaCalculatorSettings {
  /** Window of the highest recommendation for autoscalers without `behavior`, ms. */
  readonly downscaleStabilizationMs: number;
}

/** Defaults of kube-controller-manager (kubernetes.md §3.1). */
const AUTOSCALER_DEFAULTS: AutoscalerSettings = {
  tolerance: 0.1,
  cpuInitializationPeriodMs: 300_000,
  initialReadinessDelayMs: 30_000,
  downscaleStabilizationMs: 300_000,
};

/** What a sync looks at. */
export interface AutoscalerInput {
  /** `spec.replicas` of the target. */
  readonly specReplicas: number;
  /** `status.replicas` of the target. */
  readonly statusReplicas: number;
  /** Pods that the target's selector selects. */
  readonly pods: readonly MeasuredPod[];
  /** Values of external metrics by name, milli-units. */
  readonly external?: Readonly<Record<string, readonly number[]>> | undefined;
}

/** A condition of the autoscaler's status. */
export interface AutoscalerCondition {
  readonly status: boolean;
  readonly reason: string;
}

/** Conditions by type; undefined those never set. */
export interface AutoscalerConditions {
  readonly AbleToScale?: AutoscalerCondition | undefined;
  readonly ScalingActive?: AutoscalerCondition | undefined;
  readonly ScalingLimited?: AutoscalerCondition | undefined;
}

/** A metric as the sync saw it. */
export interface MetricStatus {
  readonly name: string;
  readonly result: MetricResult;
}

/** Outcome of one sync. */
export interface AutoscalerDecision {
  /** What `spec.replicas` of the target is to be; equal to what it was when nothing changes. */
  readonly replicas: number;
  readonly status: { readonly desiredReplicas: number; readonly conditions: AutoscalerConditions };
  readonly metrics: readonly MetricStatus[];
  /** Set when a metric could not be computed, whether or not the others were enough. */
  readonly error?: string | undefined;
}

interface Recommendation {
  readonly atMs: number;
  readonly replicas: number;
}

interface Bounded {
  readonly replicas: number;
  readonly reason: string;
}

interface Measured extends MetricStatus {
  readonly external: boolean;
}

interface Proposal {
  /** Undefined: do nothing this round. */
  readonly replicas?: number | undefined;
  readonly metrics: readonly MetricStatus[];
  readonly failure?: { readonly reason: string; readonly message: string } | undefined;
}

const DESIRED_WITHIN_RANGE = 'DesiredWithinRange';

/**
 * One HorizontalPodAutoscaler over time (kubernetes.md §3.2–3.4): remembers recommendations and scale events between
 * syncs. Whoever owns the clock calls {@link sync} every 15 s and writes the result to the target.
 */
export class Autoscaler {
  #hpa: HorizontalPodAutoscaler;
  readonly #settings: AutoscalerSettings;
  /** Oldest first. */
  readonly #recommendations: Recommendation[] = [];
  #added: ScaleEvent[] = [];
  #removed: ScaleEvent[] = [];
  #able: AutoscalerCondition | undefined;
  #active: AutoscalerCondition | undefined;
  #limited: AutoscalerCondition | undefined;
  #desiredReplicas = 0;

  constructor(hpa: HorizontalPodAutoscaler, settings: AutoscalerSettings = AUTOSCALER_DEFAULTS) {
    this.#hpa = hpa;
    this.#settings = settings;
  }

  get hpa(): HorizontalPodAutoscaler {
    return this.#hpa;
  }

  /** Takes over a changed object; what was recommended before stays known. */
  set hpa(hpa: HorizontalPodAutoscaler) {
    this.#hpa = hpa;
  }

  /** One sync at `nowMs` (epoch ms). */
  sync(input: AutoscalerInput, nowMs: number): AutoscalerDecision {
    const current = input.specReplicas;
    // The very first sync counts the present size as a recommendation, so that a restart does not scale down at once.
    if (this.#recommendations.length === 0) this.#recommendations.push({ atMs: nowMs, replicas: current });
    const { minReplicas, maxReplicas } = this.#hpa;
    if (current === 0 && minReplicas !== 0) {
      this.#able = condition(this.#able, true, 'SucceededGetScale');
      this.#active = condition(this.#active, false, 'ScalingDisabled');
      return this.#decide(current, current, [], undefined, nowMs);
    }
    if (current > maxReplicas || current < minReplicas) {
      this.#able = condition(this.#able, true, 'SucceededGetScale');
      return this.#decide(current, current > maxReplicas ? maxReplicas : minReplicas, [], undefined, nowMs);
    }
    const proposal = this.#propose(input, nowMs);
    const { failure, metrics } = proposal;
    if (proposal.replicas === undefined) {
      this.#able = condition(this.#able, true, 'SucceededGetScale');
      if (failure !== undefined) this.#active = condition(this.#active, false, failure.reason);
      const status = { desiredReplicas: this.#desiredReplicas, conditions: this.#conditions() };
      return { replicas: current, status, metrics, error: failure?.message };
    }
    this.#active = condition(this.#active, true, 'ValidMetricFound');
    const desired = this.#normalize(current, proposal.replicas, nowMs);
    return this.#decide(current, desired, metrics, failure?.message, nowMs);
  }

  #conditions(): AutoscalerConditions {
    return { AbleToScale: this.#able, ScalingActive: this.#active, ScalingLimited: this.#limited };
  }

  #decide(
    current: number,
    replicas: number,
    metrics: readonly MetricStatus[],
    error: string | undefined,
    nowMs: number,
  ): AutoscalerDecision {
    if (replicas !== current) {
      this.#able = condition(this.#able, true, 'SucceededRescale');
      this.#recordScale(current, replicas, nowMs);
    }
    this.#desiredReplicas = replicas;
    return { replicas, status: { desiredReplicas: replicas, conditions: this.#conditions() }, metrics, error };
  }

  /** The largest proposal of all metrics; a failed metric forbids scaling down. */
  #propose(input: AutoscalerInput, nowMs: number): Proposal {
    const metrics = this.#measure(input, nowMs);
    let replicas = 0;
    let failure: Proposal['failure'];
    let failed = 0;
    for (const { name, external, result } of metrics) {
      if ('error' in result) {
        failed++;
        const reason = external ? 'FailedGetExternalMetric' : 'FailedGetResourceMetric';
        failure ??= { reason, message: `${name}: ${result.error}` };
      } else if (result.replicas > replicas) replicas = result.replicas;
    }
    const blocked = failed === metrics.length || (failed > 0 && replicas < input.specReplicas);
    return { replicas: blocked ? undefined : replicas, metrics, failure };
  }

  #measure(input: AutoscalerInput, nowMs: number): readonly Measured[] {
    const { specReplicas, statusReplicas, pods, external } = input;
    const measured: Measured[] = this.#hpa.metrics.map((metric) => ({
      name: metric.resource,
      external: false,
      result: resourceReplicas(metric, pods, specReplicas, this.#settings, nowMs),
    }));
    for (const metric of this.#hpa.externalMetrics ?? []) {
      const values = external?.[metric.external] ?? [];
      const result = externalReplicas(metric, values, pods, specReplicas, statusReplicas, this.#settings);
      measured.push({ name: metric.external, external: true, result });
    }
    return measured;
  }

  #normalize(current: number, proposed: number, nowMs: number): number {
    const { behavior } = this.#hpa;
    const stabilized =
      behavior === undefined
        ? this.#highestRecent(proposed, nowMs)
        : this.#stabilize(current, proposed, behavior.scaleUp, behavior.scaleDown, nowMs);
    this.#remember(proposed, nowMs);
    let ableReason = 'ReadyForNewScale';
    if (stabilized !== proposed) {
      ableReason = behavior !== undefined && proposed >= current ? 'ScaleUpStabilized' : 'ScaleDownStabilized';
    }
    const bounded =
      behavior === undefined ? this.#bound(current, stabilized) : this.#boundByPolicies(current, stabilized, nowMs);
    this.#able = condition(this.#able, true, ableReason);
    this.#limited = condition(this.#limited, bounded.replicas !== stabilized, bounded.reason);
    return bounded.replicas;
  }

  /** Without behavior: the highest proposal of the last five minutes; one exactly that old still counts. */
  #highestRecent(proposed: number, nowMs: number): number {
    const cutoffMs = nowMs - this.#settings.downscaleStabilizationMs;
    let highest = proposed;
    for (const { atMs, replicas } of this.#recommendations) {
      if (atMs >= cutoffMs && replicas > highest) highest = replicas;
    }
    return highest;
  }

  /** With behavior: moves no further than every proposal within the window agrees to; one as old as it is out. */
  #stabilize(current: number, proposed: number, up: ScalingRules, down: ScalingRules, nowMs: number): number {
    const upCutoffMs = nowMs - up.stabilizationWindowSeconds * 1000;
    const downCutoffMs = nowMs - down.stabilizationWindowSeconds * 1000;
    let lowest = proposed;
    let highest = proposed;
    for (const { atMs, replicas } of this.#recommendations) {
      if (atMs > upCutoffMs) lowest = Math.min(lowest, replicas);
      if (atMs > downCutoffMs) highest = Math.max(highest, replicas);
    }
    return Math.min(Math.max(current, lowest), highest);
  }

  /** Without behavior: at most double, or four, and never beyond the autoscaler's own bounds. */
  #bound(current: number, wanted: number): Bounded {
    const { minReplicas, maxReplicas } = this.#hpa;
    const limit = Math.max(2 * current, 4);
    const most = Math.min(maxReplicas, limit);
    if (wanted < minReplicas) return { replicas: minReplicas, reason: 'TooFewReplicas' };
    if (wanted > most) return { replicas: most, reason: maxReplicas > limit ? 'ScaleUpLimit' : 'TooManyReplicas' };
    return { replicas: wanted, reason: DESIRED_WITHIN_RANGE };
  }

  #boundByPolicies(current: number, wanted: number, nowMs: number): Bounded {
    const { minReplicas, maxReplicas, behavior } = this.#hpa;
    if (behavior !== undefined && wanted > current) {
      const limit = Math.max(current, scaleUpLimit(behavior.scaleUp, current, this.#added, this.#removed, nowMs));
      const most = Math.min(maxReplicas, limit);
      if (wanted > most) return { replicas: most, reason: maxReplicas > limit ? 'ScaleUpLimit' : 'TooManyReplicas' };
    } else if (behavior !== undefined && wanted < current) {
      const limit = Math.min(current, scaleDownLimit(behavior.scaleDown, current, this.#added, this.#removed, nowMs));
      const least = Math.max(minReplicas, limit);
      if (wanted < least) return { replicas: least, reason: minReplicas < limit ? 'ScaleDownLimit' : 'TooFewReplicas' };
    }
    return { replicas: wanted, reason: DESIRED_WITHIN_RANGE };
  }

  #remember(replicas: number, nowMs: number): void {
    const { behavior } = this.#hpa;
    const longestSeconds = Math.max(
      this.#settings.downscaleStabilizationMs / 1000,
      behavior?.scaleUp.stabilizationWindowSeconds ?? 0,
      behavior?.scaleDown.stabilizationWindowSeconds ?? 0,
    );
    const oldestMs = nowMs - longestSeconds * 1000;
    while ((this.#recommendations[0]?.atMs ?? Infinity) < oldestMs) this.#recommendations.shift();
    this.#recommendations.push({ atMs: nowMs, replicas });
  }

  #recordScale(before: number, after: number, nowMs: number): void {
    const { behavior } = this.#hpa;
    if (behavior === undefined) return;
    const policies = [...behavior.scaleUp.policies, ...behavior.scaleDown.policies];
    const oldestMs = nowMs - Math.max(...policies.map(({ periodSeconds }) => periodSeconds)) * 1000;
    const recent = ({ atMs }: ScaleEvent): boolean => atMs >= oldestMs;
    this.#added = this.#added.filter(recent);
    this.#removed = this.#removed.filter(recent);
    (after > before ? this.#added : this.#removed).push({ atMs: nowMs, change: Math.abs(after - before) });
  }
}

/** The condition with that status and reason; the same object if it had them. */
function condition(known: AutoscalerCondition | undefined, status: boolean, reason: string): AutoscalerCondition {
  return known?.status === status && known.reason === reason ? known : { status, reason };
}
