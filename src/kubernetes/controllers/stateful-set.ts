import type { PersistentVolumeClaim, StatefulSet } from '../workloads.js';
import type { Pod } from '../pod.js';
import { isPodFinished, isPodReady } from '../pod-conditions.js';

/** What one sync of a StatefulSet does. */
export interface StatefulSetPlan {
  /** Ordinals to create. */
  readonly create: readonly number[];
  readonly delete: readonly Pod[];
}

const NOTHING: StatefulSetPlan = { create: [], delete: [] };

/** Name of the pod with that ordinal. */
export function statefulPodName(set: StatefulSet, ordinal: number): string {
  return `${set.metadata.name}-${ordinal}`;
}

function ordinalOf(pod: Pod): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);
}

function isHealthy(pod: Pod): boolean {
  return pod.status.phase === 'Running' && isPodReady(pod) && pod.metadata.deletionTimeMs === undefined;
}

/**
 * One sync of a StatefulSet (kubernetes.md §2.4). OrderedReady waits for each pod to be healthy before the next and
 * deletes from the highest ordinal, one at a time; Parallel does everything at once. A pod's successor is created only
 * when its object is gone. Rolling updates are not modelled.
 */
export function reconcileStatefulSet(set: StatefulSet, pods: readonly Pod[]): StatefulSetPlan {
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
  const ordered = set.podManagementPolicy === 'OrderedReady';
  const create: number[] = [];
  const replace: Pod[] = [];
  for (let ordinal = 0; ordinal < set.replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (pod !== undefined && isHealthy(pod)) continue;
    if (pod === undefined) create.push(ordinal);
    else if (isPodFinished(pod) && pod.metadata.deletionTimeMs === undefined) replace.push(pod);
    if (ordered) return { create, delete: replace };
  }
  const condemned = pods.filter((pod) => ordinalOf(pod) >= set.replicas).sort((a, b) => ordinalOf(b) - ordinalOf(a));
  const alive = condemned.filter((pod) => pod.metadata.deletionTimeMs === undefined);
  if (!ordered) return { create, delete: [...replace, ...alive] };
  const [next] = condemned;
  return next?.metadata.deletionTimeMs === undefined && next !== undefined ? { create: [], delete: [next] } : NOTHING;
}

/** Claims that the pod with that ordinal needs; a claim outlives its pod, so those that exist are used again. */
export function claimsOf(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
  return set.volumeClaimTemplates.map((template) => {
    const name = `${template.metadata.name}-${statefulPodName(set, ordinal)}`;
    const { namespace } = set.metadata;
    return { ...template, metadata: { ...template.metadata, name, namespace, uid: `${namespace}/${name}` } };
  });
}
