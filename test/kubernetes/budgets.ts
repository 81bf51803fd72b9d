import type { PodDisruptionBudget } from '../../src/kubernetes/workloads.js';

/** A budget over the whole namespace `default`. */
export function budget(spec: Partial<PodDisruptionBudget> = {}): PodDisruptionBudget {
  return {
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'uid-pdb',
      labels: {},
      annotations: {},
      ownerReferences: [],
      creationTimeMs: 0,
    },
    selector: { matchLabels: {}, matchExpressions: [] },
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    ...spec,
  };
}
