import { podRequests } from '../kubernetes/pod-requests.js';
import { cpuLevel, cpuWeight, type CpuClaim } from '../workload/cpu-level.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import type { World } from './world.js';

/** What the kubelet and the system keep for themselves, milli (kubernetes.md §9.2). */
const SYSTEM_MILLI = 100;

/** What is known of the cpu of pods with traffic. */
export interface ContendingPods {
  /** Cpu that the pod would use if the node had it; undefined for a pod without traffic, which is taken to use its request. */
  readonly wantMilli: (uid: string) => number | undefined;
  /** The pod can have no more than this from now on; Infinity: what its limit allows. */
  readonly capTo: (uid: string, milli: number) => void;
}

/**
 * Nodes whose pods want more cpu than there is: limits are higher than requests, and a node is filled by requests. The cgroups then
 * share it by request (kubernetes.md §9.2). Only what pods can serve follows from it; the cpu that autoscalers see does not change.
 */
export class CpuContention {
  readonly #world: World;
  readonly #pods: ContendingPods;
  readonly #requests = new Map<string, number>();
  readonly #contended = new Set<string>();

  constructor(world: World, lifecycle: PodLifecycle, pods: ContendingPods) {
    this.#world = world;
    this.#pods = pods;
    lifecycle.onCreated((pod) => this.#requests.set(pod.metadata.uid, podRequests(pod)['cpu'] ?? 0));
    world.store.pods.subscribe(({ before, after }) => {
      if (after === undefined && before !== undefined) this.#requests.delete(before.metadata.uid);
    });
  }

  /** Looks at every node, with what its pods used lately. */
  look(): void {
    for (const { metadata, status } of this.#world.store.nodes.values()) {
      this.#lookAt(metadata.name, (status.capacity['cpu'] ?? Infinity) - SYSTEM_MILLI);
    }
  }

  #lookAt(node: string, capacityMilli: number): void {
    const pods = this.#world.store.podsOn(node);
    let wantedMilli = 0;
    for (const { metadata } of pods) wantedMilli += this.#wantMilli(metadata.uid);
    const isContended = wantedMilli > capacityMilli;
    // Nearly every node at nearly every time.
    if (!isContended && !this.#contended.delete(node)) return;
    if (isContended) this.#contended.add(node);
    const claims = pods.map(({ metadata: { uid } }): CpuClaim => {
      return { requestMilli: this.#requests.get(uid) ?? 0, wantMilli: this.#wantMilli(uid) };
    });
    const level = cpuLevel(capacityMilli, claims);
    for (const [index, { metadata }] of pods.entries()) {
      this.#pods.capTo(metadata.uid, level * cpuWeight(claims[index]?.requestMilli ?? 0));
    }
  }

  #wantMilli(uid: string): number {
    return this.#pods.wantMilli(uid) ?? this.#requests.get(uid) ?? 0;
  }
}
