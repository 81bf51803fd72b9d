import { controllerOf } from '../../kubernetes/object-meta.js';
import { isOwnedByDaemonSet } from '../../karpenter/pod-predicates.js';
import { podCondition } from '../../kubernetes/pod-conditions.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { ClusterSnapshot } from '../cluster-snapshot.js';
import type { PodGroup } from '../estimator.js';

/** Pods below this priority order no nodes (kubernetes.md §7.2). */
const EXPENDABLE_BELOW = -10;

/**
 * Whether Cluster Autoscaler sees the pod as one for which a node is missing: kube-scheduler has tried it and found none, nobody is
 * making room for it, and it is worth a node. Pods in the scheduler's queue are invisible (kubernetes.md §7.2).
 */
export function isUnschedulable(pod: Pod): boolean {
  return (
    pod.spec.nodeName === undefined &&
    pod.metadata.deletionTimeMs === undefined &&
    pod.status.nominatedNodeName === undefined &&
    (pod.spec.priority ?? 0) >= EXPENDABLE_BELOW &&
    !isOwnedByDaemonSet(pod) &&
    podCondition(pod, 'PodScheduled')?.reason === 'Unschedulable'
  );
}

/** Since when kube-scheduler has found no node for the pod, epoch ms. */
export function unschedulableSinceMs(pod: Pod): number {
  return podCondition(pod, 'PodScheduled')?.lastTransitionTimeMs ?? pod.metadata.creationTimeMs;
}

/**
 * Takes out the pods that fit somewhere in the snapshot, upcoming nodes included; those are placed there and stay. Higher priority
 * first; filters only, no scores (kubernetes.md §7.2).
 */
export function withoutSchedulable(pods: readonly Pod[], snapshot: ClusterSnapshot): readonly Pod[] {
  const ordered = [...pods].sort((a, b) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0));
  return ordered.filter((pod) => !placeAnywhere(pod, snapshot));
}

function placeAnywhere(pod: Pod, snapshot: ClusterSnapshot): boolean {
  const fits = snapshot.filters(pod);
  const node = fits === undefined ? undefined : snapshot.cache.nodes.find(fits);
  if (node === undefined) return false;
  snapshot.place(pod, node.name);
  return true;
}

/** Pods of one owner and one spec, which need not be looked at one by one; pods without an owner stand alone. */
export function equivalenceGroups(pods: readonly Pod[]): readonly PodGroup[] {
  const groups: { readonly owner: string | undefined; readonly pods: Pod[] }[] = [];
  for (const pod of pods) {
    const owner = controllerOf(pod.metadata.ownerReferences)?.uid;
    const group = groups.find((known) => owner !== undefined && known.owner === owner && isAlike(known.pods[0], pod));
    if (group === undefined) groups.push({ owner, pods: [pod] });
    else group.pods.push(pod);
  }
  return groups;
}

/** Pods of one template share their containers until somebody changes them. */
function isAlike(a: Pod | undefined, b: Pod): boolean {
  return a?.spec.containers === b.spec.containers && a.metadata.labels === b.metadata.labels;
}
