import { podsToMove } from '../baseline/cluster-autoscaler/drain-blockers.js';
import { decideEviction } from '../kubernetes/eviction.js';
import type { Pod } from '../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../kubernetes/workloads.js';
import { objectKey } from './cluster-store.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import { PRIORITY, type World } from './world.js';

/** How often a refused eviction is tried again, and how often it is looked whether the pods are gone (kubernetes.md §7.8). */
const RETRY_MS = 10_000;
const POLL_MS = 5000;
/** Cluster Autoscaler waits for the longest grace period among the pods, cut at ten minutes, and this much longer. */
const HEADROOM_MS = 30_000;
const MAX_GRACE_SECONDS = 600;
const DEFAULT_GRACE_SECONDS = 30;

/** Drains nodes of node groups: evicts all pods in parallel through the eviction API and waits until they are gone. */
export class NodeDrain {
  readonly #world: World;
  readonly #pods: PodLifecycle;
  readonly #budgets: () => readonly PodDisruptionBudget[];

  constructor(world: World, pods: PodLifecycle, budgets: () => readonly PodDisruptionBudget[]) {
    this.#world = world;
    this.#pods = pods;
    this.#budgets = budgets;
  }

  /**
   * Evicts the pods of a node.
   * @param retryForMs how long refused evictions are tried again
   * @param done told once: why the node is not empty, or undefined when it is
   */
  drain(nodeName: string, retryForMs: number, done: (failure: string | undefined) => void): void {
    this.#evict(nodeName, this.#world.kernel.now + retryForMs, new Set(), done);
  }

  #evict(
    nodeName: string,
    deadlineMs: number,
    refusedBefore: Set<string>,
    done: (failure: string | undefined) => void,
  ): void {
    const { kernel, log, store } = this.#world;
    if (store.nodes.get(nodeName) === undefined) return;
    const refused: Pod[] = [];
    let graceMs = 0;
    for (const pod of podsToMove(store.podsOn(nodeName))) {
      const key = objectKey(pod.metadata);
      const decision = decideEviction(pod, this.#budgets());
      if (!decision.allowed) {
        refused.push(pod);
        if (refusedBefore.has(pod.metadata.uid)) continue;
        refusedBefore.add(pod.metadata.uid);
        log.append('EvictionBlocked', {
          pod: key,
          node: nodeName,
          podDisruptionBudget: decision.budgets.join(', '),
          ...(decision.code === 'Misconfigured' && { code: 500 }),
        });
        continue;
      }
      const seconds = Math.min(pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS, MAX_GRACE_SECONDS);
      graceMs = Math.max(graceMs, seconds * 1000);
      this.#pods.delete(key, 'eviction', seconds);
    }
    if (refused.length === 0) {
      this.#awaitEmpty(nodeName, kernel.now + graceMs + HEADROOM_MS, done);
    } else if (kernel.now + RETRY_MS > deadlineMs) {
      done(`${refused.length} of its pods could not be evicted`);
    } else {
      kernel.after(RETRY_MS, PRIORITY.termination, `drain of ${nodeName}`, () => {
        this.#evict(nodeName, deadlineMs, refusedBefore, done);
      });
    }
  }

  #awaitEmpty(nodeName: string, deadlineMs: number, done: (failure: string | undefined) => void): void {
    const { kernel, store } = this.#world;
    if (store.nodes.get(nodeName) === undefined) return;
    const left = store.podsOn(nodeName).filter((pod) => pod.metadata.deletionTimeMs !== undefined);
    if (left.length === 0) done(undefined);
    else if (kernel.now >= deadlineMs) done(`${left.length} of its pods did not stop in time`);
    else {
      kernel.after(POLL_MS, PRIORITY.termination, `pods of ${nodeName}`, () => {
        this.#awaitEmpty(nodeName, deadlineMs, done);
      });
    }
  }
}
