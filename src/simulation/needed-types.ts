import type { Baseline } from '../baseline/baseline.js';
import { HOSTNAME_LABEL, INSTANCE_TYPE_LABEL } from '../karpenter/requirements/labels.js';
import type { PodSpec } from '../kubernetes/pod.js';
import type { ClusterObjects, ScenarioSpec } from '../scenario/scenario-spec.js';

/**
 * Names of the instance types that a scenario can tell apart from not being there; undefined: all of them. Types that no
 * NodePool names can never be launched, but they do lend their labels' values to topology (TOP-1), so they are left out
 * only when every NodePool names its types and no pod looks at a topology other than the hostname.
 */
export function neededTypes(spec: ScenarioSpec): readonly string[] | undefined {
  const names = new Set(spec.managedNodeGroups.map((group) => group.instanceType));
  if (spec.baseline !== undefined) {
    // Without Karpenter no type matters that no group has.
    for (const name of baselineTypes(spec.baseline)) names.add(name);
    return [...names].sort();
  }
  const running = [...(spec.startState?.nodes ?? []), ...(spec.startState?.nodeClaims ?? [])];
  for (const { metadata } of running) names.add(metadata.labels[INSTANCE_TYPE_LABEL] ?? '');
  const applied = spec.events.flatMap((event) => (event.action === 'apply' ? [event.objects] : []));
  for (const objects of [spec.cluster, ...applied]) {
    if (!podSpecs(objects).every(looksAtHostnamesOnly)) return undefined;
    for (const { template } of objects.nodePools) {
      const named = template.requirements.find(({ key, operator }) => key === INSTANCE_TYPE_LABEL && operator === 'In');
      if (named === undefined) return undefined;
      for (const name of named.values) names.add(name);
    }
  }
  names.delete('');
  return [...names].sort();
}

function baselineTypes(baseline: Baseline): readonly string[] {
  return baseline.kind === 'static'
    ? baseline.groups.map(({ instanceType }) => instanceType)
    : baseline.groups.flatMap(({ instanceTypes }) => instanceTypes);
}

function podSpecs(objects: ClusterObjects): readonly PodSpec[] {
  const { deployments, statefulSets, daemonSets, jobs, cronJobs, pods } = objects;
  const jobsToCome = cronJobs.map(({ jobTemplate }) => jobTemplate.spec);
  return [
    ...[...deployments, ...statefulSets, ...daemonSets, ...jobs, ...jobsToCome].map(({ template }) => template.spec),
    ...pods.map((pod) => pod.spec),
  ];
}

function looksAtHostnamesOnly({ affinity, topologySpreadConstraints }: PodSpec): boolean {
  const affinities = [affinity?.podAffinity, affinity?.podAntiAffinity];
  const terms = affinities.flatMap((side) => [
    ...(side?.required ?? []),
    ...(side?.preferred ?? []).map(({ term }) => term),
  ]);
  return [...topologySpreadConstraints, ...terms].every(({ topologyKey }) => topologyKey === HOSTNAME_LABEL);
}
