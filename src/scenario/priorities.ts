import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { PriorityClass } from '../kubernetes/manifest/decode-priority-class.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { PodSpec } from '../kubernetes/pod.js';
import type { PodTemplate } from '../kubernetes/workloads.js';
import type { ManifestSet } from './manifest-set.js';
import type { ClusterObjects } from './scenario-spec.js';

type ResolvedPriority = Pick<PriorityClass, 'value' | 'preemptionPolicy'>;

/** Classes that every cluster has. */
const BUILT_IN: Readonly<Record<string, ResolvedPriority>> = {
  'system-cluster-critical': { value: 2_000_000_000, preemptionPolicy: 'PreemptLowerPriority' },
  'system-node-critical': { value: 2_000_001_000, preemptionPolicy: 'PreemptLowerPriority' },
};

/** Gives pods the priority of their class, as the API server does at admission. An unknown class is a problem. */
export function resolvePriorities(manifests: ManifestSet): {
  readonly objects: ClusterObjects;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const { priorityClasses: classes, ...lists } = manifests.lists;
  const byName = new Map<string, ResolvedPriority>(Object.entries(BUILT_IN));
  for (const item of classes) byName.set(item.metadata.name, item);
  const standard = classes.find(({ globalDefault }) => globalDefault);

  const resolve = (object: object, path: readonly string[], spec: PodSpec): PodSpec => {
    const name = spec.priorityClassName;
    const found = name === undefined ? standard : byName.get(name);
    if (name !== undefined && found === undefined) {
      problems.push(
        manifests.problemAt(object, [...path, 'priorityClassName'], {
          code: 'missing-reference',
          message: `there is no PriorityClass "${name}"`,
          expected: `one of ${[...byName.keys()].join(', ')}`,
          hint: didYouMean(name, byName.keys()),
        }),
      );
    }
    if (found === undefined || spec.priority !== undefined) return spec;
    return { ...spec, priority: found.value, preemptionPolicy: spec.preemptionPolicy ?? found.preemptionPolicy };
  };
  const withTemplate = <T extends { readonly template: PodTemplate }>(workload: T): T => {
    const spec = resolve(workload, ['spec', 'template', 'spec'], workload.template.spec);
    return spec === workload.template.spec ? workload : { ...workload, template: { ...workload.template, spec } };
  };

  const pods = lists.pods.map((pod) => {
    const spec = resolve(pod, ['spec'], pod.spec);
    return spec === pod.spec ? pod : { ...pod, spec };
  });
  return {
    objects: {
      ...lists,
      pods,
      deployments: lists.deployments.map(withTemplate),
      statefulSets: lists.statefulSets.map(withTemplate),
      daemonSets: lists.daemonSets.map(withTemplate),
      jobs: lists.jobs.map(withTemplate),
      cronJobs: lists.cronJobs.map((cronJob) => {
        const { spec } = cronJob.jobTemplate;
        const podSpec = resolve(cronJob, ['spec', 'jobTemplate', 'spec', 'template', 'spec'], spec.template.spec);
        if (podSpec === spec.template.spec) return cronJob;
        const resolved = { ...spec, template: { ...spec.template, spec: podSpec } };
        return { ...cronJob, jobTemplate: { ...cronJob.jobTemplate, spec: resolved } };
      }),
    },
    problems,
  };
}
