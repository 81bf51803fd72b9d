import { isPodFinished } from '../kubernetes/pod-conditions.js';
import { findCondition } from '../karpenter/lifecycle/conditions.js';
import { podRequests } from '../kubernetes/pod-requests.js';
import { mergeResources } from '../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { Node } from '../kubernetes/node.js';
import type { Pod } from '../kubernetes/pod.js';
import { matchesRequiredNodeAffinity } from '../kubernetes/scheduler/node-filters.js';
import { untoleratedTaint } from '../kubernetes/tolerations.js';
import { objectKey } from '../simulation/cluster-store.js';
import type { PodLifecycle } from '../simulation/pod-lifecycle.js';
import { PRIORITY, type World } from '../simulation/world.js';

const TICK_MS = 1000;
const PHASE_MS = 500;
const FIRST_ATTEMPT_MS = 10;
const COUNTED = ['cpu', 'memory', 'pods'] as const;

/** The scheduler of the recorded stories: first fit in name order, once a second and soon after a pod's creation. */
export class FirstFitScheduler {
  readonly #world: World;
  readonly #pods: PodLifecycle;
  readonly #beforeTick: () => void;
  /** Pods by key whose first attempt is still to come. */
  readonly #fresh = new Set<string>();

  /** @param beforeTick What else happens at a tick, before pods are bound. */
  constructor(world: World, pods: PodLifecycle, beforeTick: () => void) {
    this.#world = world;
    this.#pods = pods;
    this.#beforeTick = beforeTick;
    world.store.pods.subscribe(({ before, after }) => {
      if (before === undefined && after?.spec.nodeName === undefined && after !== undefined) this.#await(after);
    });
    this.#tickAt(PHASE_MS);
  }

  #await(pod: Pod): void {
    const key = objectKey(pod.metadata);
    this.#fresh.add(key);
    const { kernel } = this.#world;
    kernel.after(FIRST_ATTEMPT_MS, PRIORITY.scheduler, `first attempt at ${key}`, () => {
      if (!this.#fresh.delete(key)) return;
      const known = this.#world.store.pods.get(key);
      if (known?.metadata.uid === pod.metadata.uid) this.#bind([known]);
    });
  }

  #tickAt(timeMs: number): void {
    this.#world.kernel.at(timeMs, PRIORITY.scheduler, 'scheduler tick', () => {
      this.#beforeTick();
      this.#bind([...this.#world.store.pods.values()].filter((pod) => !this.#fresh.has(objectKey(pod.metadata))));
      this.#tickAt(timeMs + TICK_MS);
    });
  }

  #bind(among: readonly Pod[]): void {
    const waiting = among.filter(
      ({ metadata, spec }) => spec.nodeName === undefined && metadata.deletionTimeMs === undefined,
    );
    if (waiting.length === 0) return;
    const { store } = this.#world;
    const rooms = readyNodes(store.nodes.values()).map((node) => ({
      node,
      used: usedOn(store.podsOn(node.metadata.name)),
    }));
    for (const pod of waiting) {
      const requests = podRequests(pod);
      const room = rooms.find(({ node, used }) => isAdmitted(node, pod) && hasRoom(node, used, requests));
      const key = objectKey(pod.metadata);
      if (room === undefined) this.#pods.markUnschedulable(key, undefined);
      else {
        room.used = mergeResources(room.used, requests);
        this.#pods.bind(key, room.node.metadata.name);
      }
    }
  }
}

/** Ready and schedulable nodes in name order. */
export function readyNodes(nodes: Iterable<Node>): Node[] {
  return [...nodes]
    .filter(({ spec, status }) => !spec.unschedulable && findCondition(status.conditions, 'Ready')?.status === 'True')
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** Whether taints, node selector and required node affinity let the pod onto the node. */
export function isAdmitted(node: Node, pod: Pod): boolean {
  return (
    untoleratedTaint(pod.spec.tolerations, node.spec.taints) === undefined &&
    matchesRequiredNodeAffinity(pod.spec, node)
  );
}

function usedOn(pods: readonly Pod[]): ResourceList {
  return mergeResources(...pods.filter((pod) => !isPodFinished(pod)).map(podRequests));
}

function hasRoom(node: Node, used: ResourceList, requests: ResourceList): boolean {
  return COUNTED.every((name) => (used[name] ?? 0) + (requests[name] ?? 0) <= (node.status.allocatable[name] ?? 0));
}
