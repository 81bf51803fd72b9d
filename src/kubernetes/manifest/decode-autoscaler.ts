import type {
  HorizontalPodAutoscaler,
  ResourceMetric,
  ScalingPolicy,
  ScalingRules,
} from '../horizontal-pod-autoscaler.js';
import { decodeObjectMeta } from './decode-object-meta.js';
import type { FieldReader } from './field-reader.js';

/** What the API server assumes when no metric is given (kubernetes.md §3.3). */
const DEFAULT_METRICS: readonly ResourceMetric[] = [
  { resource: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
];

const PERCENT_100: ScalingPolicy = { type: 'Percent', value: 100, periodSeconds: 15 };

/** Halves of `spec.behavior` that are not given (kubernetes.md §3.4). */
const DEFAULT_RULES: Readonly<Record<'scaleUp' | 'scaleDown', ScalingRules>> = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, PERCENT_100],
  },
  scaleDown: { stabilizationWindowSeconds: 300, selectPolicy: 'Max', policies: [PERCENT_100] },
};

/** autoscaling/v2 HorizontalPodAutoscaler; metrics other than resources are noted as not modelled. */
export function decodeHorizontalPodAutoscaler(object: FieldReader): HorizontalPodAutoscaler {
  object.irrelevant('status');
  const metadata = decodeObjectMeta(object, 'HorizontalPodAutoscaler', 'namespaced');
  const spec = object.requiredObject('spec');
  const target = spec.requiredObject('scaleTargetRef');
  target.irrelevant('apiVersion');
  const minReplicas = spec.integer('minReplicas', { min: 0 }) ?? 1;
  if (!spec.has('maxReplicas')) spec.missing('maxReplicas', '1 or more');
  const maxReplicas = spec.integer('maxReplicas', { min: 1 }) ?? Math.max(minReplicas, 1);
  if (maxReplicas < minReplicas) {
    spec.problem('maxReplicas', {
      code: 'refused-by-api-server',
      message: `maxReplicas ${maxReplicas} is below minReplicas ${minReplicas}`,
      expected: `${minReplicas} or more`,
    });
  }
  const behavior = spec.object('behavior');
  return {
    metadata,
    scaleTargetRef: { kind: target.requiredString('kind'), name: target.requiredString('name') },
    minReplicas,
    maxReplicas,
    metrics: spec.count('metrics') === 0 ? DEFAULT_METRICS : spec.objects('metrics').flatMap(decodeMetric),
    behavior: behavior && {
      scaleUp: decodeRules(behavior, 'scaleUp'),
      scaleDown: decodeRules(behavior, 'scaleDown'),
    },
  };
}

const METRIC_TYPES = ['Resource', 'Pods', 'Object', 'External', 'ContainerResource'] as const;

function decodeMetric(metric: FieldReader): ResourceMetric[] {
  const type = metric.oneOf('type', METRIC_TYPES);
  if (!metric.has('type')) metric.missing('type', `one of ${METRIC_TYPES.join(', ')}`);
  if (type !== 'Resource') {
    for (const key of metric.unreadKeys()) metric.noteUnmodelled(key);
    metric.restIrrelevant();
    return [];
  }
  const source = metric.requiredObject('resource');
  const resource = source.oneOf('name', ['cpu', 'memory']);
  const target = source.requiredObject('target');
  const kind = target.oneOf('type', ['Utilization', 'AverageValue']);
  if (!target.has('type')) target.missing('type', 'Utilization or AverageValue');
  if (resource === undefined) {
    if (!source.has('name')) source.missing('name', 'cpu or memory');
    return [];
  }
  if (kind === 'AverageValue') {
    const averageValue = target.amount('averageValue', resource);
    if (averageValue === undefined) target.missing('averageValue', 'a quantity per pod');
    return [{ resource, target: { type: kind, averageValue: averageValue ?? 1 } }];
  }
  const averageUtilization = target.integer('averageUtilization', { min: 1 });
  if (!target.has('averageUtilization')) target.missing('averageUtilization', 'percent of the request, such as 70');
  return [{ resource, target: { type: 'Utilization', averageUtilization: averageUtilization ?? 80 } }];
}

function decodeRules(behavior: FieldReader, direction: 'scaleUp' | 'scaleDown'): ScalingRules {
  const defaults = DEFAULT_RULES[direction];
  const rules = behavior.object(direction);
  if (rules === undefined) return defaults;
  const policies = rules.objects('policies').map((policy) => ({
    type: policy.oneOf('type', ['Pods', 'Percent']) ?? 'Pods',
    value: policy.integer('value', { min: 1 }) ?? 1,
    periodSeconds: policy.integer('periodSeconds', { min: 1, max: 1800 }) ?? 15,
  }));
  return {
    stabilizationWindowSeconds:
      rules.integer('stabilizationWindowSeconds', { min: 0, max: 3600 }) ?? defaults.stabilizationWindowSeconds,
    selectPolicy: rules.oneOf('selectPolicy', ['Max', 'Min', 'Disabled']) ?? 'Max',
    policies: policies.length === 0 ? defaults.policies : policies,
  };
}
