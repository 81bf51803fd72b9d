import { controllerOf } from '../kubernetes/object-meta.js';
import { isRecord } from '../kubernetes/manifest/field-path.js';
import { coversPod, podDisruptionBudgetStatus, type ControllerScale } from '../kubernetes/pod-disruption-budget.js';
import { isPodFinished } from '../kubernetes/pod-conditions.js';
import type { Pod } from '../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../kubernetes/workloads.js';
import type { ManifestSet } from './manifest-set.js';
import type { ClusterLists } from './object-kinds.js';

/** PodDisruptionBudgets with the status that their controller would have written by now, where the file has none. */
export function clusterBudgets(
  manifests: ManifestSet<ClusterLists>,
  pods: readonly Pod[],
  nowMs: number,
): readonly PodDisruptionBudget[] {
  const { lists } = manifests;
  const scales = scalesByUid(lists);
  return lists.podDisruptionBudgets.map((budget) => {
    const raw = manifests.rawOf(budget);
    if (isRecord(raw) && raw['status'] !== undefined) return budget;
    const covered = pods.filter((pod) => !isPodFinished(pod) && coversPod(budget, pod));
    return { ...budget, status: podDisruptionBudgetStatus(budget, covered, (uid) => scales.get(uid), nowMs) };
  });
}

/** Scale of each controller by its UID; a ReplicaSet's is that of its Deployment. */
function scalesByUid({ deployments, replicaSets, statefulSets }: ClusterLists): ReadonlyMap<string, ControllerScale> {
  const scales = new Map<string, ControllerScale>();
  for (const { metadata, replicas } of [...deployments, ...statefulSets]) {
    scales.set(metadata.uid, { uid: metadata.uid, replicas });
  }
  for (const { metadata, replicas } of replicaSets) {
    const owner = controllerOf(metadata.ownerReferences);
    scales.set(metadata.uid, scales.get(owner?.uid ?? '') ?? { uid: metadata.uid, replicas });
  }
  return scales;
}
