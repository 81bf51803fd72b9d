import { backoffMs } from '../karpenter/lifecycle/launch.js';
import { type LifecycleProfile, lifecycleProfile } from '../karpenter/lifecycle/lifecycle-profile.js';
import { decideEviction } from '../kubernetes/eviction.js';
import type { PodDisruptionBudget } from '../kubernetes/workloads.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import { PRIORITY, type World } from './world.js';

/** Karpenter's eviction queue: tries each pod until the eviction API lets it go (disruption.md §1.12). */
export class EvictionQueue {
  readonly #world: World;
  readonly #budgets: () => readonly PodDisruptionBudget[];
  readonly #pods: PodLifecycle;
  readonly #profile: LifecycleProfile;
  readonly #queued = new Set<string>();

  constructor(world: World, budgets: () => readonly PodDisruptionBudget[], pods: PodLifecycle) {
    this.#world = world;
    this.#budgets = budgets;
    this.#pods = pods;
    this.#profile = lifecycleProfile(world.settings.version);
  }

  /** Queues a pod; one that is queued already keeps its place and its backoff. */
  add(key: string, nodeName: string): void {
    const uid = this.#world.store.pods.get(key)?.metadata.uid;
    if (uid === undefined || this.#queued.has(uid)) return;
    this.#queued.add(uid);
    this.#attempt(key, uid, nodeName, 0);
  }

  #attempt(key: string, uid: string, nodeName: string, failures: number): void {
    const { kernel, log, store } = this.#world;
    const pod = store.pods.get(key);
    if (pod?.metadata.uid !== uid || pod.metadata.deletionTimeMs !== undefined) {
      this.#queued.delete(uid);
      return;
    }
    const decision = decideEviction(pod, this.#budgets());
    if (decision.allowed) {
      this.#queued.delete(uid);
      this.#pods.delete(key, 'eviction');
      return;
    }
    if (failures === 0) {
      log.append('EvictionBlocked', {
        pod: key,
        node: nodeName,
        podDisruptionBudget: decision.budgets.join(', '),
        ...(decision.code === 'Misconfigured' && { code: 500 }),
      });
    }
    kernel.after(
      backoffMs(this.#profile.evictionBackoffMs, failures),
      PRIORITY.termination,
      `eviction of ${key}`,
      () => {
        this.#attempt(key, uid, nodeName, failures + 1);
      },
    );
  }
}
