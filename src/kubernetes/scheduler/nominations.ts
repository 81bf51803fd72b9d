import type { Pod } from '../pod.js';
import type { FilterCycle } from './filter-cycle.js';
import type { NodeInfo } from './node-info.js';
import { PodInfo } from './pod-info.js';
import type { Rejection } from './rejection.js';

/** Pods that preemption has made room for and that wait for their victims to be gone (kubernetes.md §1.4). */
export class Nominations {
  readonly #nodeByPod = new Map<string, string>();
  readonly #podsByNode = new Map<string, Map<string, PodInfo>>();

  /** True when nobody is nominated to any node. */
  get isEmpty(): boolean {
    return this.#nodeByPod.size === 0;
  }

  /** Nominates the pod to the node, instead of any node before. */
  set(pod: Pod, nodeName: string): void {
    const { uid } = pod.metadata;
    this.delete(uid);
    this.#nodeByPod.set(uid, nodeName);
    const pods = this.#podsByNode.get(nodeName) ?? new Map<string, PodInfo>();
    pods.set(uid, new PodInfo(pod));
    this.#podsByNode.set(nodeName, pods);
  }

  delete(uid: string): void {
    const nodeName = this.#nodeByPod.get(uid);
    if (nodeName === undefined) return;
    this.#nodeByPod.delete(uid);
    const pods = this.#podsByNode.get(nodeName);
    pods?.delete(uid);
    if (pods?.size === 0) this.#podsByNode.delete(nodeName);
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeByPod.get(uid);
  }

  /** Takes the nomination to this node from every pod of lower priority: they may no longer fit. */
  deleteLowerPriority(nodeName: string, priority: number): void {
    for (const [uid, info] of [...(this.#podsByNode.get(nodeName) ?? [])]) {
      if (info.facts.priority < priority) this.delete(uid);
    }
  }

  /**
   * Filters the node with the nominated pods of equal or higher priority on it, and then also without them: a pod that
   * needs them there (affinity) must not rely on their coming.
   */
  filter(cycle: FilterCycle, node: NodeInfo): Rejection | undefined {
    const others = this.#rivals(cycle.info, node.name);
    if (others.length === 0) return cycle.filter(node);
    const crowded = node.clone();
    const state = cycle.clone();
    for (const other of others) {
      crowded.addPod(other);
      state.adjust(other, node.node, 1);
    }
    return state.filter(crowded) ?? cycle.filter(node);
  }

  /** True when nobody is nominated to the node, so that filtering it is the plain case. */
  isFree(nodeName: string): boolean {
    return this.#podsByNode.size === 0 || !this.#podsByNode.has(nodeName);
  }

  #rivals(info: PodInfo, nodeName: string): PodInfo[] {
    const { uid } = info.pod.metadata;
    return [...(this.#podsByNode.get(nodeName)?.values() ?? [])].filter(
      (other) => other.facts.priority >= info.facts.priority && other.pod.metadata.uid !== uid,
    );
  }
}
