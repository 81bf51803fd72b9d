import type { Pod } from '../pod.js';
import { isPodActive } from '../pod-conditions.js';
import type { ReplicaSet } from '../workloads.js';
import { scaleDownOrder } from './scale-down-order.js';

/** At most this many creations or deletions a sync. */
export const BURST_REPLICAS = 500;

/** What one sync of a ReplicaSet does. */
export interface ReplicaSetPlan {
  /** How many pods to create from the template. */
  readonly create: number;
  readonly delete: readonly Pod[];
}

/**
 * One sync of a ReplicaSet (kubernetes.md §2.1). A pod that is being deleted is replaced at once, not when it is gone.
 * @param pods - Pods that it owns.
 * @param related - Pods of the other ReplicaSets of the same Deployment; they matter for the choice of victims.
 */
export function reconcileReplicaSet(
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  related: Iterable<Pod>,
  nowMs: number,
): ReplicaSetPlan {
  let surplus = -replicaSet.replicas;
  for (const pod of pods) if (isPodActive(pod)) surplus++;
  if (surplus <= 0) return { create: Math.min(-surplus, BURST_REPLICAS), delete: [] };
  const active = pods.filter(isPodActive);
  const count = Math.min(surplus, BURST_REPLICAS);
  // When all go there is nothing to rank.
  const victims = count < active.length ? scaleDownOrder(active, related, nowMs).slice(0, count) : active;
  return { create: 0, delete: victims };
}

/** Sizes of the batches in which a sync creates pods: 1, 2, 4, 8 … and the rest (slow start). */
export function slowStartBatches(count: number): number[] {
  const batches: number[] = [];
  for (let left = count, size = 1; left > 0; size *= 2) {
    const batch = Math.min(size, left);
    batches.push(batch);
    left -= batch;
  }
  return batches;
}
