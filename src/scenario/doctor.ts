import { INSTANCE_TYPE_LABEL } from '../karpenter/requirements/labels.js';
import { matchesLabelSelector } from '../kubernetes/label-selector.js';
import type { Container } from '../kubernetes/pod.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';
import type { ScenarioSpec } from './scenario-spec.js';
import { namespacedName } from './workload-checks.js';

/** Something a scenario lacks or assumes, and what its results are worth because of it. */
export interface Diagnosis {
  /** `wrong`: results mislead; `missing`: a part of the cluster plays no role; `assumed`: a guess stands in for it. */
  readonly severity: 'wrong' | 'missing' | 'assumed';
  readonly code:
    | 'no-node-pool'
    | 'no-price'
    | 'no-requests'
    | 'autoscaler-without-load'
    | 'no-usage'
    | 'no-autoscaler'
    | 'no-disruption-budget'
    | 'not-modelled'
    | 'remark';
  readonly text: string;
  /** What to do about it. */
  readonly advice: string;
  readonly subjects: readonly string[];
}

const SEVERITIES: readonly Diagnosis['severity'][] = ['wrong', 'missing', 'assumed'];

/** Looks through a scenario for what is missing or assumed, worst first. */
export function examineScenario(spec: ScenarioSpec, { typeNames }: ScenarioCatalogue): readonly Diagnosis[] {
  const found: Diagnosis[] = [];
  const say = (
    severity: Diagnosis['severity'],
    code: Diagnosis['code'],
    text: string,
    advice: string,
    subjects: readonly string[],
  ): void => {
    if (subjects.length > 0) found.push({ severity, code, text, advice, subjects });
  };
  const { cluster, services, startState, unmodelled, notes } = spec;
  const { deployments, statefulSets, daemonSets, horizontalPodAutoscalers: autoscalers } = cluster;
  if (cluster.nodePools.length === 0) {
    say(
      'wrong',
      'no-node-pool',
      'there is no NodePool: Karpenter decides nothing',
      'name its manifest under manifests',
      [spec.name],
    );
  }
  say(
    'wrong',
    'no-price',
    'nodes of types for which there is no price: they cost nothing',
    'give a price file under prices.onDemand',
    [
      ...new Set((startState?.nodes ?? []).map(({ metadata }) => metadata.labels[INSTANCE_TYPE_LABEL] ?? '(no type)')),
    ].filter((type) => !typeNames.has(type)),
  );
  const withoutRequests = (workloads: typeof deployments | typeof statefulSets | typeof daemonSets): string[] =>
    workloads.filter(({ template }) => !template.spec.containers.every(asksForBoth)).map(namespacedName);
  say(
    'wrong',
    'no-requests',
    'workloads with containers that request no cpu or no memory: Karpenter takes them to need nothing',
    'set resources.requests, from usage where you can',
    [...withoutRequests(deployments), ...withoutRequests(statefulSets)],
  );
  const loaded = new Set(services.map(({ deployment }) => deployment));
  const targets = new Set(
    autoscalers.map(({ metadata, scaleTargetRef }) => `${metadata.namespace}/${scaleTargetRef.name}`),
  );
  const names = deployments.map(namespacedName);
  say(
    'wrong',
    'autoscaler-without-load',
    'workloads with an autoscaler and no load: it never scales them',
    'add them under services with a traffic curve; karpsim import --usage does it',
    [...names, ...statefulSets.map(namespacedName)].filter((name) => targets.has(name) && !loaded.has(name)),
  );
  say(
    'missing',
    'no-usage',
    'Deployments without load: they are taken to use what they request',
    'add them under services',
    names.filter((name) => !targets.has(name) && !loaded.has(name)),
  );
  const paths = new Map<string, string[]>();
  for (const { file, line, path } of unmodelled) {
    const field = path.replaceAll(/\[\d+\]/g, '[]');
    paths.set(field, [...(paths.get(field) ?? []), `${file}:${line}`]);
  }
  for (const [path, places] of [...paths].sort(([, a], [, b]) => b.length - a.length)) {
    say(
      'missing',
      'not-modelled',
      `${path} is not modelled and has no effect`,
      'know it when you read the results',
      places,
    );
  }
  say(
    'assumed',
    'no-autoscaler',
    'Deployments with load and no autoscaler: their size is fixed',
    'nothing, if it is so in the cluster',
    names.filter((name) => loaded.has(name) && !targets.has(name)),
  );
  say(
    'assumed',
    'no-requests',
    'DaemonSets with containers that request no cpu or no memory: Karpenter takes them to need nothing',
    'nothing, if it is so in the cluster; EKS ships some',
    withoutRequests(daemonSets),
  );
  const guarded = cluster.podDisruptionBudgets;
  say(
    'assumed',
    'no-disruption-budget',
    'workloads of several pods without a PodDisruptionBudget: all of them may be evicted at once',
    'nothing, if it is so in the cluster',
    [...deployments, ...statefulSets]
      .filter(
        ({ metadata, replicas, template }) =>
          replicas > 1 &&
          !guarded.some(
            (budget) =>
              budget.metadata.namespace === metadata.namespace &&
              budget.selector !== undefined &&
              matchesLabelSelector(budget.selector, template.labels),
          ),
      )
      .map(namespacedName),
  );
  for (const note of notes) say('assumed', 'remark', note, '', [spec.name]);
  return found
    .map((diagnosis, index) => ({ diagnosis, index }))
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(a.diagnosis.severity) - SEVERITIES.indexOf(b.diagnosis.severity) || a.index - b.index,
    )
    .map(({ diagnosis }) => diagnosis);
}

function asksForBoth({ requests }: Container): boolean {
  return (requests['cpu'] ?? 0) > 0 && (requests['memory'] ?? 0) > 0;
}
