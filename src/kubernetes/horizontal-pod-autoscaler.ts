import type { ObjectMeta } from './object-meta.js';

/** A Resource metric with a utilisation (percent of requests) or average-value target (milli-cpu or bytes). */
export interface ResourceMetric {
  readonly resource: 'cpu' | 'memory';
  readonly target:
    | { readonly type: 'Utilization'; readonly averageUtilization: number }
    | { readonly type: 'AverageValue'; readonly averageValue: number };
}

/** An External metric by name; amounts are in milli-units, as the controller compares them. */
export interface ExternalMetric {
  readonly external: string;
  readonly target:
    | { readonly type: 'Value'; readonly value: number }
    | { readonly type: 'AverageValue'; readonly averageValue: number };
}

/** One scaling policy. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

/** One direction of `spec.behavior`, defaults filled in. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
}

/** autoscaling/v2 HorizontalPodAutoscaler. `behavior` undefined uses the legacy normalisation. */
export interface HorizontalPodAutoscaler {
  readonly metadata: ObjectMeta;
  readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Empty is not defaulted here: the reader of manifests puts cpu 80 % there, as the API server does. */
  readonly metrics: readonly ResourceMetric[];
  /** External metrics, considered after `metrics`. */
  readonly externalMetrics?: readonly ExternalMetric[] | undefined;
  readonly behavior?: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules } | undefined;
}
