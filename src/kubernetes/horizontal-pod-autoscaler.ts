import type { ObjectMeta } from './object-meta.js';

/** A Resource metric with a utilisation (percent of requests) or average-value target (milli-cpu or bytes). */
export interface ResourceMetric {
  readonly resource: 'cpu' | 'memory';
  readonly target:
    | { readonly type: 'Utilization'; readonly averageUtilization: number }
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
  readonly metrics: readonly ResourceMetric[];
  readonly behavior?: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules } | undefined;
}
