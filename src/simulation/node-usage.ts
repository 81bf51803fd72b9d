import { memoryLimit } from '../kubernetes/kubelet/memory-pressure.js';
import { podRequests } from '../kubernetes/pod-requests.js';
import type { Pod } from '../kubernetes/pod.js';
import type { Usage } from '../workload/load-meter.js';
import type { ClusterStore } from './cluster-store.js';

/** A pod on its node. */
export interface PodUsage {
  readonly pod: Pod;
  /** As last measured, also after this was asked for; what it requests, if it has no traffic model. */
  readonly usage: Usage;
  /** Its cpu request. */
  readonly requestMilli: number;
  readonly memoryLimitBytes: number;
}

/**
 * What the pods of each node use. Most nodes have the same pods from one look to the next: their list is made anew only after one of
 * them has been written.
 */
export class NodeUsage {
  readonly #store: ClusterStore;
  readonly #measured: (uid: string) => Usage | undefined;
  readonly #byNode = new Map<string, readonly PodUsage[]>();

  /** @param measured - Usage of a pod, whose figures change; undefined, always, for one without a traffic model. */
  constructor(store: ClusterStore, measured: (uid: string) => Usage | undefined) {
    this.#store = store;
    this.#measured = measured;
    store.pods.subscribe(({ before, after }) => {
      if (before?.spec.nodeName !== undefined) this.#byNode.delete(before.spec.nodeName);
      if (after?.spec.nodeName !== undefined) this.#byNode.delete(after.spec.nodeName);
    });
    store.nodes.subscribe(({ before, after }) => {
      if (after === undefined && before !== undefined) this.#byNode.delete(before.metadata.name);
    });
  }

  /** Pods bound to the node, in order of binding; the same list until one of them changes. */
  podsOn(nodeName: string): readonly PodUsage[] {
    let pods = this.#byNode.get(nodeName);
    if (pods === undefined) {
      pods = this.#store.podsOn(nodeName).map((pod) => this.#read(pod));
      this.#byNode.set(nodeName, pods);
    }
    return pods;
  }

  /** What all of them use. */
  totalOn(nodeName: string): Usage {
    let cpuMilli = 0;
    let memoryBytes = 0;
    for (const { usage } of this.podsOn(nodeName)) {
      cpuMilli += usage.cpuMilli;
      memoryBytes += usage.memoryBytes;
    }
    return { cpuMilli, memoryBytes };
  }

  #read(pod: Pod): PodUsage {
    const { cpu: cpuMilli = 0, memory: memoryBytes = 0 } = podRequests(pod);
    const usage = this.#measured(pod.metadata.uid) ?? { cpuMilli, memoryBytes };
    return { pod, usage, requestMilli: cpuMilli, memoryLimitBytes: memoryLimit(pod) };
  }
}
