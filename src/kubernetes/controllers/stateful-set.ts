import type { PersistentVolumeClaim, StatefulSet } from '../workloads.js';
import type { Pod } from '../pod.js';
import { isPodFinished, isPodReady } from '../pod-conditions.js';

/** What one sync of a StatefulSet does. */
export interface StatefulSetPlan {
  /** Ordinals to create. */
  readonly create: readonly number[];
  readonly delete: readonly Pod[];
}

/** Name of the pod with that ordinal. */
export function statefulPodName(set: StatefulSet, ordinal: number): string {
  return `${set.metadata.name}-${ordinal}`;
}

function ordinalOf(pod: Pod): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);
}

/** What a sync asks about pods. */
interface PodViews {
  /** Whether the pod was made from another template than the set has now. */
  readonly isOutdated: (pod: Pod) => boolean;
  /** Whether it has been ready for `minReadySeconds`, and is not being deleted. */
  readonly isAvailable: (pod: Pod) => boolean;
}

const PLAIN: PodViews = {
  isOutdated: () => false,
  isAvailable: (pod) => isPodReady(pod) && pod.metadata.deletionTimeMs === undefined,
};

/** Whether a pod with that ordinal is made from the template before the update. */
export function keepsOldTemplate({ updateStrategy }: StatefulSet, ordinal: number): boolean {
  return updateStrategy.type === 'RollingUpdate' && ordinal < updateStrategy.partition;
}

/**
 * One sync of a StatefulSet (kubernetes.md §2.4). OrderedReady waits for each pod to be healthy before the next and
 * deletes from the highest ordinal, one at a time; Parallel does everything at once. A pod's successor is created only
 * when its object is gone. A rolling update replaces pods from the highest ordinal down to the partition, each when the ones
 * above it are healthy, with either policy.
 */
export function reconcileStatefulSet(
  set: StatefulSet,
  pods: readonly Pod[],
  { isOutdated, isAvailable }: PodViews = PLAIN,
): StatefulSetPlan {
  const isHealthy = (pod: Pod): boolean => pod.status.phase === 'Running' && isAvailable(pod);
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
  const [next] = condemned;
  if (ordered && next !== undefined)
    return { create: [], delete: next.metadata.deletionTimeMs === undefined ? [next] : [] };
  const update = outdatedPod(set, byOrdinal, isOutdated, isHealthy);
  return { create, delete: [...replace, ...alive, ...(update === undefined ? [] : [update])] };
}

/** The next pod that a rolling update deletes; undefined while it waits for one, and when there is none left. */
function outdatedPod(
  set: StatefulSet,
  byOrdinal: ReadonlyMap<number, Pod>,
  isOutdated: (pod: Pod) => boolean,
  isHealthy: (pod: Pod) => boolean,
): Pod | undefined {
  if (set.updateStrategy.type === 'OnDelete') return undefined;
  for (let ordinal = set.replicas - 1; ordinal >= set.updateStrategy.partition; ordinal--) {
    const pod = byOrdinal.get(ordinal);
    if (pod !== undefined && pod.metadata.deletionTimeMs === undefined && isOutdated(pod)) return pod;
    if (pod === undefined || !isHealthy(pod)) return undefined;
  }
  return undefined;
}

/** Claims that the pod with that ordinal needs; a claim outlives its pod, so those that exist are used again. */
export function claimsOf(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
  return set.volumeClaimTemplates.map((template) => {
    const name = `${template.metadata.name}-${statefulPodName(set, ordinal)}`;
    const { namespace } = set.metadata;
    return { ...template, metadata: { ...template.metadata, name, namespace, uid: `${namespace}/${name}` } };
  });
}
