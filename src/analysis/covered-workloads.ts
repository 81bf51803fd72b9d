import { matchesLabelSelector } from '../kubernetes/label-selector.js';
import type { ClusterObjects } from '../scenario/scenario-spec.js';
import type { CoveredWorkloads } from './below-budget.js';

/** PodDisruptionBudgets with the Deployments and StatefulSets that they cover. */
export function coveredWorkloads(cluster: ClusterObjects): readonly CoveredWorkloads[] {
  const workloads = [...cluster.deployments, ...cluster.statefulSets];
  return cluster.podDisruptionBudgets.map(({ metadata, selector, minAvailable, maxUnavailable }) => ({
    budget: `${metadata.namespace}/${metadata.name}`,
    services: workloads
      .filter(
        (workload) =>
          workload.metadata.namespace === metadata.namespace &&
          matchesLabelSelector(selector, workload.template.labels),
      )
      .map((workload) => `${workload.metadata.namespace}/${workload.metadata.name}`),
    minAvailable,
    maxUnavailable,
  }));
}
