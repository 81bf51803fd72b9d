import type { EventHandle } from '../kernel/kernel.js';
import type { RandomStream } from '../kernel/random-streams.js';
import { ClusterFeed } from '../kubernetes/scheduler/cluster-feed.js';
import { KubeScheduler } from '../kubernetes/scheduler/kube-scheduler.js';
import type { SchedulerCache } from '../kubernetes/scheduler/scheduler-cache.js';
import { SchedulingQueue } from '../kubernetes/scheduler/scheduling-queue.js';
import { objectKey } from './cluster-store.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import { epochNow, PRIORITY, type World } from './world.js';

/** Time one attempt takes (kubernetes.md §1.11): 50 pods a second, which is also what the API client allows. */
const PLACED_MS = 20;
const FAILED_MS = 10;
/** Binding is asynchronous. */
const BIND_MS = { min: 5, max: 30 };

/** Runs kube-scheduler: one pod at a time, in queue order, bound a moment after its decision. */
export class SchedulerController {
  readonly #world: World;
  readonly #pods: PodLifecycle;
  readonly #cache: SchedulerCache;
  readonly #scheduler: KubeScheduler;
  readonly #queue: SchedulingQueue;
  readonly #bindLatency: RandomStream;
  #busyUntilMs = 0;
  #wake: EventHandle | undefined;
  readonly #work = (): void => {
    this.#wake = undefined;
    this.#attempt();
    this.#arm();
  };

  constructor(world: World, pods: PodLifecycle, cache: SchedulerCache) {
    this.#world = world;
    this.#pods = pods;
    this.#cache = cache;
    this.#scheduler = new KubeScheduler(cache, { seed: world.streams.seed });
    this.#queue = new SchedulingQueue({ namespaceLabels: cache.namespaceLabels });
    this.#bindLatency = world.streams.stream('kube-scheduler/bind-latency');
    const feed = new ClusterFeed(cache, this.#queue, this.#scheduler.nominations);
    world.store.pods.subscribe(({ before, after }) => {
      feed.podChanged(before, after, epochNow(world));
      this.#arm();
    });
    world.store.nodes.subscribe(({ before, after }) => {
      feed.nodeChanged(before, after, epochNow(world));
      this.#arm();
    });
  }

  /** Makes sure that the next attempt is due no later than the queue wants it. */
  #arm(): void {
    const { kernel, startTimeMs } = this.#world;
    const wakeMs = this.#queue.nextWakeMs(epochNow(this.#world));
    if (wakeMs === undefined) return;
    const at = Math.max(wakeMs - startTimeMs, this.#busyUntilMs, kernel.now);
    if (this.#wake !== undefined) {
      if (this.#wake.timeMs <= at) return;
      kernel.cancel(this.#wake);
    }
    this.#wake = kernel.at(at, PRIORITY.scheduler, 'kube-scheduler', this.#work);
  }

  #attempt(): void {
    const { kernel } = this.#world;
    const pod = this.#queue.pop(epochNow(this.#world));
    if (pod === undefined) return;
    const key = objectKey(pod.metadata);
    const result = this.#scheduler.schedule(pod);
    if ('node' in result) {
      this.#busyUntilMs = kernel.now + PLACED_MS;
      this.#cache.assume(pod, result.node);
      const latency = Math.round(this.#bindLatency.uniform(BIND_MS.min, BIND_MS.max));
      kernel.after(latency, PRIORITY.scheduler, `binding of ${key}`, () => {
        this.#bind(key, pod.metadata.uid, result.node);
      });
      return;
    }
    this.#busyUntilMs = kernel.now + FAILED_MS;
    this.#queue.failed(pod.metadata.uid, result.unschedulable.plugins, epochNow(this.#world));
    this.#pods.markUnschedulable(key, result.preemption?.node);
    for (const victim of result.preemption?.victims ?? []) this.#pods.delete(objectKey(victim.metadata), 'preemption');
  }

  /** The node may have gone since the decision; the pod is then tried again. */
  #bind(key: string, uid: string, nodeName: string): void {
    const { store } = this.#world;
    const pod = store.pods.get(key);
    if (pod?.metadata.uid !== uid) return;
    if (store.nodes.get(nodeName) !== undefined) {
      this.#pods.bind(key, nodeName);
      return;
    }
    this.#cache.deletePod(uid);
    this.#queue.failed(uid, new Set(), epochNow(this.#world));
    this.#arm();
  }
}
