import { memoryLimit } from '../kubernetes/kubelet/memory-pressure.js';
import { podRequests } from '../kubernetes/pod-requests.js';
import type { Pod } from '../kubernetes/pod.js';
import type { LiveUsage, Usage } from '../workload/live-usage.js';
import type { ClusterStore } from './cluster-store.js';

const NOTHING: Usage = { cpuMilli: 0, memoryBytes: 0 };

/** A pod on its node. */
export interface PodUsage {
  readonly pod: Pod;
  /** As last measured, also after this was asked for; what it requests, if it has no traffic model. */
  readonly usage: Usage;
  /** Its cpu request. */
  readonly requestMilli: number;
  readonly memoryLimitBytes: number;
}

interface PodsOfNode {
  pods: readonly PodUsage[];
  total: Usage;
  /** Of the total. */
  isCurrent: boolean;
}

/**
 * What the pods of each node use. Most nodes have the same pods from one look to the next, and with steady traffic they use the same:
 * lists are made anew only after a pod of the node has been written, and totals after one has been measured to use something else.
 */
export class NodeUsage {
  readonly #store: ClusterStore;
  readonly #measured: (uid: string) => LiveUsage | undefined;
  readonly #byNode = new Map<string, PodsOfNode>();

  /** @param measured - Usage of a pod; undefined, always, for one without a traffic model. */
  constructor(store: ClusterStore, measured: (uid: string) => LiveUsage | undefined) {
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

  /** Pods bound to the node, in order of binding; the same list until one of them is written. */
  podsOn(nodeName: string): readonly PodUsage[] {
    return this.#of(nodeName).pods;
  }

  /** What all of them use: the same object until one of them is written, or uses something else. */
  totalOn(nodeName: string): Usage {
    const known = this.#of(nodeName);
    if (!known.isCurrent) {
      let cpuMilli = 0;
      let memoryBytes = 0;
      for (const { usage } of known.pods) {
        cpuMilli += usage.cpuMilli;
        memoryBytes += usage.memoryBytes;
      }
      known.total = { cpuMilli, memoryBytes };
      known.isCurrent = true;
    }
    return known.total;
  }

  #of(nodeName: string): PodsOfNode {
    let known = this.#byNode.get(nodeName);
    if (known === undefined) {
      const sum: PodsOfNode = { pods: [], total: NOTHING, isCurrent: false };
      sum.pods = this.#store.podsOn(nodeName).map((pod) => this.#read(pod, sum));
      this.#byNode.set(nodeName, (known = sum));
    }
    return known;
  }

  #read(pod: Pod, sum: PodsOfNode): PodUsage {
    const { cpu: cpuMilli = 0, memory: memoryBytes = 0 } = podRequests(pod);
    const measured = this.#measured(pod.metadata.uid);
    if (measured !== undefined) measured.sum = sum;
    const usage = measured ?? { cpuMilli, memoryBytes };
    return { pod, usage, requestMilli: cpuMilli, memoryLimitBytes: memoryLimit(pod) };
  }
}
