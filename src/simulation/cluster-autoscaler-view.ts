import { ClusterSnapshot } from '../baseline/cluster-snapshot.js';
import { isUnschedulable } from '../baseline/cluster-autoscaler/pending-pods.js';
import type { Pod } from '../kubernetes/pod.js';
import { SchedulerCache } from '../kubernetes/scheduler/scheduler-cache.js';
import type { Namespace } from '../kubernetes/workloads.js';
import type { World } from './world.js';

/** What Cluster Autoscaler sees of the API server: nodes, placed pods, and the pods for which a node is missing. */
export class ClusterAutoscalerView {
  readonly snapshot: ClusterSnapshot;
  readonly #unschedulable = new Map<string, Pod>();
  #version = 0;

  constructor(world: World, namespaces: readonly Namespace[]) {
    const cache = new SchedulerCache();
    this.snapshot = new ClusterSnapshot(cache);
    for (const namespace of namespaces) cache.setNamespace(namespace);
    world.store.pods.subscribe(({ before, after }) => {
      this.#version++;
      const uid = (after ?? before)?.metadata.uid ?? '';
      if (after !== undefined && isUnschedulable(after)) this.#unschedulable.set(uid, after);
      else this.#unschedulable.delete(uid);
      if (after === undefined) cache.deletePod(uid);
      else if (after.spec.nodeName !== undefined) cache.setPod(after);
    });
    world.store.nodes.subscribe(({ before, after }) => {
      this.#version++;
      if (after !== undefined) cache.setNode(after);
      else if (before !== undefined) cache.deleteNode(before.metadata.name);
    });
  }

  /** Another number as soon as any pod or node has changed. */
  get version(): number {
    return this.#version;
  }

  /** In the order in which kube-scheduler gave up on them. */
  get unschedulable(): readonly Pod[] {
    return [...this.#unschedulable.values()];
  }
}
