import type { Node } from '../kubernetes/node.js';
import type { Pod } from '../kubernetes/pod.js';
import { FilterCycle } from '../kubernetes/scheduler/filter-cycle.js';
import type { NodeInfo } from '../kubernetes/scheduler/node-info.js';
import { PodInfo } from '../kubernetes/scheduler/pod-info.js';
import { SchedulerCache } from '../kubernetes/scheduler/scheduler-cache.js';

/**
 * A cluster in which pods can be placed and nodes added to see what would happen, and everything taken back: Cluster
 * Autoscaler's ClusterSnapshot. Whether a pod fits is asked of kube-scheduler's own filters; scores are not asked.
 */
export class ClusterSnapshot {
  readonly cache: SchedulerCache;
  readonly #undo: (() => void)[] = [];

  /** @param cache the cluster as it is; it is changed while something is tried, and the same again after {@link revert} */
  constructor(cache = new SchedulerCache()) {
    this.cache = cache;
  }

  /** A mark to {@link revert} to. */
  fork(): number {
    return this.#undo.length;
  }

  /** Takes back everything since the mark, last first. */
  revert(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()?.();
  }

  addNode(node: Node): void {
    const { name } = node.metadata;
    this.cache.setNode(node);
    this.#undo.push(() => {
      this.cache.deleteNode(name);
    });
  }

  /** Takes a node away; its pods stand nowhere then. */
  removeNode(node: Node, pods: readonly Pod[]): void {
    const { name } = node.metadata;
    for (const pod of pods) this.cache.deletePod(pod.metadata.uid);
    this.cache.deleteNode(name);
    this.#undo.push(() => {
      this.cache.setNode(node);
      for (const pod of pods) this.cache.setPod(pod);
    });
  }

  /** Puts a pod on a node without asking whether it fits. */
  place(pod: Pod, nodeName: string): void {
    const { uid } = pod.metadata;
    this.cache.setPod({ ...pod, spec: { ...pod.spec, nodeName } });
    this.#undo.push(() => {
      this.cache.deletePod(uid);
    });
  }

  /** What kube-scheduler's filters say of the pod, node by node; undefined when no node can take it whatever it has. */
  filters(pod: Pod): ((node: NodeInfo) => boolean) | undefined {
    const unbound = pod.spec.nodeName === undefined ? pod : { ...pod, spec: { ...pod.spec, nodeName: undefined } };
    const cycle = FilterCycle.begin(new PodInfo(unbound), this.cache);
    return cycle instanceof FilterCycle ? (node) => cycle.filter(node) === undefined : undefined;
  }

  /** The node of that name. */
  node(name: string): NodeInfo | undefined {
    return this.cache.node(name);
  }
}
