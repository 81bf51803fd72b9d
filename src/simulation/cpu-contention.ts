import { cpuLevel, cpuWeight, type CpuClaim } from '../workload/cpu-level.js';
import type { Usage } from '../workload/live-usage.js';
import type { ClusterStore } from './cluster-store.js';
import type { NodeUsage } from './node-usage.js';

/** What the kubelet and the system keep for themselves, milli (kubernetes.md §9.2). */
const SYSTEM_MILLI = 100;

/** What the shares of an exhausted node follow from. */
interface Contention {
  readonly capacityMilli: number;
  readonly total: Usage;
}

/**
 * Nodes whose pods want more cpu than there is: limits are higher than requests, and a node is filled by requests. The cgroups then
 * share it by request (kubernetes.md §9.2). Only what pods can serve follows from it; the cpu that autoscalers see does not change.
 */
export class CpuContention {
  readonly #store: ClusterStore;
  readonly #usage: NodeUsage;
  readonly #capTo: (uid: string, milli: number) => void;
  readonly #contended = new Map<string, Contention>();

  /** @param capTo - The pod can have no more than this from now on; Infinity: what its limit allows. */
  constructor(store: ClusterStore, usage: NodeUsage, capTo: (uid: string, milli: number) => void) {
    this.#store = store;
    this.#usage = usage;
    this.#capTo = capTo;
  }

  /** Looks at every node, with what its pods used lately. */
  look(): void {
    for (const { metadata, status } of this.#store.nodes.values()) {
      this.#lookAt(metadata.name, (status.capacity['cpu'] ?? Infinity) - SYSTEM_MILLI);
    }
  }

  #lookAt(node: string, capacityMilli: number): void {
    const total = this.#usage.totalOn(node);
    const isContended = total.cpuMilli > capacityMilli;
    const before = this.#contended.get(node);
    // Nearly every node at nearly every time.
    if (!isContended && before === undefined) return;
    // A pod that can be given its share anew, for instance because it is ready again, has been written: the total is another one.
    if (before?.total === total && before.capacityMilli === capacityMilli) return;
    if (isContended) this.#contended.set(node, { capacityMilli, total });
    else this.#contended.delete(node);
    const pods = this.#usage.podsOn(node);
    const claims = pods.map(({ usage, requestMilli }): CpuClaim => ({ requestMilli, wantMilli: usage.cpuMilli }));
    const level = cpuLevel(capacityMilli, claims);
    for (const { pod, requestMilli } of pods) this.#capTo(pod.metadata.uid, level * cpuWeight(requestMilli));
  }
}
