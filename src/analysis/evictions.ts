import type { DeletionCause } from '../simulation/event-log.js';
import type { PodHistory } from './pod-history.js';

/** Evicted by a drain, deleted when its grace was over, or gone with its node, at once or when a taint was tolerated no longer. */
const WITH_THE_NODE: ReadonlySet<DeletionCause> = new Set([
  'eviction',
  'termination',
  'garbage-collection',
  'taint-eviction',
]);

/** Whether a pod had to leave because its node went, and not because its workload shrank or another pod took its place. */
export function lostItsNode({ boundMs, deletedBy }: PodHistory): boolean {
  return boundMs !== undefined && deletedBy !== undefined && WITH_THE_NODE.has(deletedBy);
}
