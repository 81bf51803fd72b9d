import type { Node } from '../node.js';
import type { Pod } from '../pod.js';
import { isPodFinished } from '../pod-conditions.js';
import type { Nominations } from './nominations.js';
import type { SchedulerCache } from './scheduler-cache.js';
import type { SchedulingQueue } from './scheduling-queue.js';

/** A pod that holds room on a node. */
function occupies(pod: Pod | undefined): pod is Pod {
  return pod?.spec.nodeName !== undefined && !isPodFinished(pod);
}

/** A pod that the scheduler has yet to place. A pod that is being deleted is not worth a node any more. */
function isPending(pod: Pod | undefined): pod is Pod {
  return (
    pod !== undefined &&
    pod.spec.nodeName === undefined &&
    pod.metadata.deletionTimeMs === undefined &&
    !isPodFinished(pod)
  );
}

/** Keeps a scheduler's cache and queue in step with the API server: one call for each change of a pod or node. */
export class ClusterFeed {
  constructor(
    private readonly cache: SchedulerCache,
    private readonly queue: SchedulingQueue,
    private readonly nominations?: Nominations | undefined,
  ) {}

  /** A pod was created (no `before`), changed, or removed (no `after`). */
  podChanged(before: Pod | undefined, after: Pod | undefined, nowMs: number): void {
    const uid = (after ?? before)?.metadata.uid;
    if (uid === undefined) return;
    // An assumed pod is as good as bound: news about it must not queue it again.
    if (isPending(after) && this.cache.isPlaced(uid)) return;
    if (isPending(after)) this.queue.set(after, nowMs);
    else if (isPending(before)) {
      this.queue.delete(uid);
      this.nominations?.delete(uid);
      // A pending pod that is gone may have been assumed on a node already.
      if (!occupies(after)) this.cache.deletePod(uid);
    }
    if (occupies(after)) this.cache.setPod(after);
    else if (occupies(before)) this.cache.deletePod(uid);
    if (occupies(before) || occupies(after)) {
      this.queue.onEvent(
        {
          kind: 'pod',
          before: occupies(before) ? before : undefined,
          after: occupies(after) ? after : undefined,
        },
        nowMs,
      );
    }
  }

  /** A node was created (no `before`), changed, or removed (no `after`). */
  nodeChanged(before: Node | undefined, after: Node | undefined, nowMs: number): void {
    if (after !== undefined) this.cache.setNode(after);
    else if (before !== undefined) this.cache.deleteNode(before.metadata.name);
    this.queue.onEvent({ kind: 'node', before, after }, nowMs);
  }
}
