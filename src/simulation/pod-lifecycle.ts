import { changed } from '../kernel/copies.js';
import { isOwnedByDaemonSet } from '../karpenter/pod-predicates.js';
import { restartDelay, type CrashHistory } from '../kubernetes/kubelet/crash-backoff.js';
import { isPodFinished, isPodReady } from '../kubernetes/pod-conditions.js';
import { changedSpec, type Condition, type Pod, withStatus } from '../kubernetes/pod.js';
import { objectKey } from './cluster-store.js';
import type { DeletionCause } from './event-log.js';
import { epochNow, PRIORITY, timestampNow, type World } from './world.js';

const DEFAULT_GRACE_SECONDS = 30;

/** A copy of the conditions with one set; its transition time moves only when the status changes. */
export function withCondition(
  conditions: readonly Condition[],
  type: string,
  status: Condition['status'],
  reason: string,
  nowMs: number,
): readonly Condition[] {
  const written: Condition[] = [];
  let lastTransitionTimeMs = nowMs;
  for (const condition of conditions) {
    if (condition.type !== type) written.push(condition);
    else if (condition.status === status) lastTransitionTimeMs = condition.lastTransitionTimeMs;
  }
  written.push({ type, status, reason, lastTransitionTimeMs });
  return written;
}

/** The API server's and the kubelet's part in a pod's life: starting, becoming ready, going away. */
export class PodLifecycle {
  readonly #world: World;
  readonly #creationListeners: ((pod: Pod, service: string) => void)[] = [];
  readonly #startListeners: ((pod: Pod, wasRunning: boolean) => void)[] = [];
  readonly #deathListeners: ((pod: Pod) => void)[] = [];
  readonly #deadNodes = new Set<string>();
  /** By UID, of pods that have been restarted. */
  readonly #crashes = new Map<string, { readonly restarts: number; readonly history: CrashHistory }>();
  /** The pod that is being adopted and needs no start. */
  #running: string | undefined;

  constructor(world: World) {
    this.#world = world;
    world.store.pods.subscribe(({ before, after }) => {
      if (after?.spec.nodeName !== undefined && before?.spec.nodeName === undefined) {
        if (objectKey(after.metadata) !== this.#running) this.#start(after);
      }
      if (after === undefined && before !== undefined) this.#crashes.delete(before.metadata.uid);
    });
  }

  /** Told of each new pod, with its workload, before it is stored. */
  onCreated(listener: (pod: Pod, service: string) => void): void {
    this.#creationListeners.push(listener);
  }

  /** The machine under the node's pods has stopped: nothing of them goes on, and nobody is told. */
  nodeDied(nodeName: string): void {
    this.#deadNodes.add(nodeName);
    for (const pod of this.#world.store.podsOn(nodeName)) {
      for (const listener of this.#deathListeners) listener(pod);
    }
  }

  /** Whether the node has died and its name still stands on pods. */
  isDead(nodeName: string): boolean {
    return this.#deadNodes.has(nodeName);
  }

  /** Told of each pod on a node that dies. */
  onDied(listener: (pod: Pod) => void): void {
    this.#deathListeners.push(listener);
  }

  /** The API server is told that a pod does not answer. */
  markNotReady(key: string, reason: string): void {
    const { store } = this.#world;
    const pod = store.pods.get(key);
    if (pod === undefined || !isPodReady(pod)) return;
    const conditions = withCondition(pod.status.conditions, 'Ready', 'False', reason, timestampNow(this.#world));
    store.pods.set(key, withStatus(pod, { conditions }));
  }

  /**
   * Told each time a pod's containers start, before anything is ready, and of each pod that was running before the run, which
   * may be ready already.
   */
  onStarted(listener: (pod: Pod, wasRunning: boolean) => void): void {
    this.#startListeners.push(listener);
  }

  /** Stores a new pod and logs it. `service` is its workload as `namespace/name`, empty for a bare pod. */
  create(pod: Pod, service: string, requests: Readonly<Record<string, number>>): void {
    const { log, store } = this.#world;
    log.append('PodCreated', { pod: objectKey(pod.metadata), service, daemonSet: isOwnedByDaemonSet(pod), requests });
    for (const listener of this.#creationListeners) listener(pod, service);
    const { nodeName } = pod.spec;
    if (nodeName !== undefined) log.append('PodBound', { pod: objectKey(pod.metadata), node: nodeName });
    store.pods.set(objectKey(pod.metadata), pod);
  }

  /**
   * Stores a pod that was there before the run. One that runs goes on running: ready if it was ready, and never if it was
   * not, since its trouble is of its own. One that is being deleted has what is left of its grace period.
   */
  adopt(pod: Pod, service: string, requests: Readonly<Record<string, number>>): void {
    const { nodeName } = pod.spec;
    if (nodeName === undefined) {
      this.create(pod, service, requests);
      return;
    }
    const { kernel, log, store } = this.#world;
    const key = objectKey(pod.metadata);
    const { deletionTimeMs, ...metadata } = pod.metadata;
    log.append('PodCreated', { pod: key, service, daemonSet: isOwnedByDaemonSet(pod), requests, fromStart: true });
    for (const listener of this.#creationListeners) listener(pod, service);
    log.append('PodBound', { pod: key, node: nodeName });
    if (isPodReady(pod)) log.append('PodReady', { pod: key, node: nodeName });
    this.#running = pod.status.phase === 'Running' ? key : undefined;
    store.pods.set(key, { metadata, spec: pod.spec, status: pod.status });
    if (this.#running !== undefined) for (const listener of this.#startListeners) listener(pod, true);
    this.#running = undefined;
    if (deletionTimeMs === undefined) return;
    const graceSeconds = Math.max(1, Math.ceil((deletionTimeMs - epochNow(this.#world)) / 1000));
    kernel.at(kernel.now, PRIORITY.scenario, `deletion of pod ${key}`, () => {
      this.delete(key, 'scenario', graceSeconds);
    });
  }

  /** Binds a pod to a node. */
  bind(key: string, nodeName: string): void {
    const { log, store } = this.#world;
    const pod = store.pods.get(key);
    if (pod === undefined || pod.spec.nodeName !== undefined || pod.metadata.deletionTimeMs !== undefined) return;
    log.append('PodBound', { pod: key, node: nodeName });
    const conditions = withCondition(pod.status.conditions, 'PodScheduled', 'True', '', timestampNow(this.#world));
    const spec = changedSpec(pod.spec, { nodeName });
    store.pods.set(key, withStatus({ metadata: pod.metadata, spec, status: pod.status }, { conditions }));
  }

  /** kube-scheduler's verdict that no node fits now; after a preemption the pod is nominated to the victims' node. */
  markUnschedulable(key: string, nominatedNodeName: string | undefined): void {
    const { log, store } = this.#world;
    const pod = store.pods.get(key);
    if (pod?.spec.nodeName !== undefined || pod === undefined) return;
    const marked = pod.status.conditions.some((c) => c.type === 'PodScheduled' && c.reason === 'Unschedulable');
    if (marked && pod.status.nominatedNodeName === nominatedNodeName) return;
    if (!marked) log.append('PodUnschedulable', { pod: key });
    const now = timestampNow(this.#world);
    const conditions = withCondition(pod.status.conditions, 'PodScheduled', 'False', 'Unschedulable', now);
    store.pods.set(key, withStatus(pod, { conditions, nominatedNodeName }));
  }

  /**
   * Requests a pod's deletion. An unbound pod is gone at once; a bound one keeps its room until its containers have
   * stopped (kubernetes.md §2.6). A later deletion can bring the end forward, never back.
   */
  delete(key: string, by: DeletionCause, graceSeconds?: number): void {
    const { kernel, kubelet, log, store } = this.#world;
    const pod = store.pods.get(key);
    if (pod === undefined) return;
    const node = pod.spec.nodeName ?? '';
    const graceMs = (graceSeconds ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
    const first = pod.metadata.deletionTimeMs === undefined;
    if (first) log.append('PodDeleting', { pod: key, node, by });
    if (node === '' || graceMs === 0 || isPodFinished(pod)) {
      this.#remove(key);
      return;
    }
    const deletionTimeMs = Math.floor((epochNow(this.#world) + graceMs) / 1000) * 1000;
    if (deletionTimeMs >= (pod.metadata.deletionTimeMs ?? Infinity)) return;
    const metadata = changed(pod.metadata, { deletionTimeMs });
    store.pods.set(key, { metadata, spec: pod.spec, status: pod.status });
    const { uid } = pod.metadata;
    // A dead kubelet stops nothing: the object stays until its node is gone and the pod garbage collector comes.
    if (this.#deadNodes.has(node)) return;
    kernel.after(kubelet.stopMs(pod, graceMs), PRIORITY.kubelet, `pod ${key} stopped`, () => {
      if (store.pods.get(key)?.metadata.uid === uid && !this.#deadNodes.has(node)) this.#remove(key);
    });
  }

  /** The pod's containers end for good. Nothing happens to one that is being deleted, or has finished. */
  finish(key: string, phase: 'Succeeded' | 'Failed', reason: string): void {
    const { log, store } = this.#world;
    const pod = store.pods.get(key);
    if (pod === undefined || pod.metadata.deletionTimeMs !== undefined || isPodFinished(pod)) return;
    if (this.#deadNodes.has(pod.spec.nodeName ?? '')) return;
    log.append('PodFinished', { pod: key, node: pod.spec.nodeName ?? '', phase, reason });
    const why = phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed';
    const conditions = withCondition(pod.status.conditions, 'Ready', 'False', why, timestampNow(this.#world));
    store.pods.set(key, withStatus(pod, { phase, conditions }));
  }

  /** A container of a running pod ends; its restart policy says what follows. */
  containerEnded(key: string, reason: 'Error' | 'OOMKilled'): void {
    const { kernel, kubelet, log, store } = this.#world;
    const pod = store.pods.get(key);
    if (pod?.status.phase !== 'Running' || pod.metadata.deletionTimeMs !== undefined) return;
    if (this.#deadNodes.has(pod.spec.nodeName ?? '')) return;
    if (pod.spec.restartPolicy === 'Never') {
      this.finish(key, 'Failed', reason);
      return;
    }
    const node = store.nodes.get(pod.spec.nodeName ?? '');
    if (node === undefined) return;
    const { uid } = pod.metadata;
    const known = this.#crashes.get(uid);
    const { delayMs, history } = restartDelay(known?.history, kernel.now);
    const restarts = (known?.restarts ?? 0) + 1;
    this.#crashes.set(uid, { restarts, history });
    log.append('ContainerRestarted', { pod: key, node: node.metadata.name, reason, restarts, backoffMs: delayMs });
    const now = timestampNow(this.#world);
    const conditions = withCondition(pod.status.conditions, 'Ready', 'False', 'ContainersNotReady', now);
    const containerStatuses = [{ name: pod.spec.containers[0]?.name ?? '', restartCount: restarts }];
    store.pods.set(key, withStatus(pod, { conditions, containerStatuses }));
    kernel.after(delayMs, PRIORITY.kubelet, `restart of ${key}`, () => {
      const current = store.pods.get(key);
      if (current?.metadata.uid === uid) this.#runContainers(current, kubelet.restartTimes(current, node));
    });
  }

  /** The pod's machine is gone, and the pod with it. */
  lose(key: string): void {
    const { log, store } = this.#world;
    const pod = store.pods.get(key);
    if (pod === undefined) return;
    if (pod.metadata.deletionTimeMs === undefined) {
      log.append('PodDeleting', { pod: key, node: pod.spec.nodeName ?? '', by: 'garbage-collection' });
    }
    this.#remove(key);
  }

  #remove(key: string): void {
    const { log, store } = this.#world;
    log.append('PodGone', { pod: key, node: store.pods.get(key)?.spec.nodeName ?? '' });
    store.pods.delete(key);
  }

  #start(bound: Pod): void {
    const { kubelet, store } = this.#world;
    const node = store.nodes.get(bound.spec.nodeName ?? '');
    if (node !== undefined) this.#runContainers(bound, kubelet.startTimes(bound, node));
  }

  #runContainers(bound: Pod, { startedMs, readyMs }: { readonly startedMs: number; readonly readyMs: number }): void {
    const { kernel, log, store } = this.#world;
    const node = bound.spec.nodeName ?? '';
    const key = objectKey(bound.metadata);
    const { uid } = bound.metadata;
    const restarts = this.#crashes.get(uid)?.restarts;
    const current = (): Pod | undefined => {
      const pod = store.pods.get(key);
      if (pod?.metadata.uid !== uid || pod.metadata.deletionTimeMs !== undefined || isPodFinished(pod))
        return undefined;
      return this.#crashes.get(uid)?.restarts === restarts && !this.#deadNodes.has(node) ? pod : undefined;
    };
    kernel.after(startedMs, PRIORITY.kubelet, `pod ${key} started`, () => {
      const pod = current();
      if (pod === undefined) return;
      if (pod.status.phase !== 'Running') {
        store.pods.set(key, withStatus(pod, { phase: 'Running', startTimeMs: timestampNow(this.#world) }));
      }
      for (const listener of this.#startListeners) listener(store.pods.get(key) ?? pod, false);
    });
    kernel.after(Math.max(startedMs, readyMs), PRIORITY.kubelet, `pod ${key} ready`, () => {
      const pod = current();
      if (pod === undefined) return;
      log.append('PodReady', { pod: key, node });
      const conditions = withCondition(pod.status.conditions, 'Ready', 'True', '', timestampNow(this.#world));
      store.pods.set(key, withStatus(pod, { conditions }));
    });
  }
}
