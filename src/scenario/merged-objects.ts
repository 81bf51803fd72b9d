import { NODEPOOL_HASH_ANNOTATION } from '../karpenter/lifecycle/markers.js';
import type { NodePool } from '../karpenter/nodepool.js';
import type { ClusterObjects } from './scenario-spec.js';
import type { StartState } from './start-state.js';
import { namespacedName } from './workload-checks.js';

/** The applied objects in the place of those of the same name, so that the order of the others stays; new ones last. */
export function merged(base: ClusterObjects, applied: ClusterObjects): ClusterObjects {
  const entries = Object.keys(base).map((key) => {
    const list = key as keyof ClusterObjects;
    const left = new Map<string, ClusterObjects[typeof list][number]>(
      applied[list].map((object) => [namespacedName(object), object]),
    );
    const kept = base[list].map((object) => {
      const replacement = left.get(namespacedName(object));
      left.delete(namespacedName(object));
      return replacement ?? object;
    });
    return [list, [...kept, ...left.values()]];
  });
  return Object.fromEntries(entries) as ClusterObjects;
}

/** Pods that the start state has, too, are there once. */
export function besideStartState(cluster: ClusterObjects, { pods }: StartState): ClusterObjects {
  const there = new Set(pods.map(({ pod }) => namespacedName(pod)));
  return { ...cluster, pods: cluster.pods.filter((pod) => !there.has(namespacedName(pod))) };
}

/** A NodePool whose hash is what this simulator makes of its fields: one from a cluster would outlive every change. */
export function withoutHash(pool: NodePool): NodePool {
  const annotations = Object.entries(pool.metadata.annotations).filter(([key]) => key !== NODEPOOL_HASH_ANNOTATION);
  return { ...pool, metadata: { ...pool.metadata, annotations: Object.fromEntries(annotations) } };
}
