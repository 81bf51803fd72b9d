import { changed } from '../kernel/copies.js';
import { ApiRateLimit } from '../kubernetes/controllers/api-rate-limit.js';
import {
  daemonPodNode,
  daemonSetOwner,
  daemonTemplate,
  outdatedDaemonPods,
  reconcileDaemonSet,
} from '../kubernetes/controllers/daemon-set.js';
import { reconcileDeployment, type ReplicaSetState } from '../kubernetes/controllers/deployment.js';
import { podFromTemplate } from '../kubernetes/controllers/pod-from-template.js';
import { BURST_REPLICAS, reconcileReplicaSet } from '../kubernetes/controllers/replica-set.js';
import { keepsOldTemplate, reconcileStatefulSet, statefulPodName } from '../kubernetes/controllers/stateful-set.js';
import type { Node } from '../kubernetes/node.js';
import { controllerOf, type OwnerReference } from '../kubernetes/object-meta.js';
import { isPodActive, isPodFinished, podCondition } from '../kubernetes/pod-conditions.js';
import type { ControllerScale } from '../kubernetes/pod-disruption-budget.js';
import { podRequests } from '../kubernetes/pod-requests.js';
import type { Pod } from '../kubernetes/pod.js';
import type { SchedulerCache } from '../kubernetes/scheduler/scheduler-cache.js';
import type { DaemonSet, Deployment, PodTemplate, ReplicaSet, StatefulSet } from '../kubernetes/workloads.js';
import { objectKey } from './cluster-store.js';
import { OwnedPods } from './owned-pods.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import { TemplateRevisions } from './template-revisions.js';
import { epochNow, PRIORITY, timestampNow, type World } from './world.js';

interface DeploymentState {
  deployment: Deployment;
  /** By UID, oldest first. */
  readonly replicaSets: Map<string, ReplicaSet>;
}

const NO_PODS: readonly Pod[] = [];

/** Deployments, ReplicaSets, StatefulSets and DaemonSets: keeps as many pods as they want (kubernetes.md §2). */
export class WorkloadController {
  readonly #world: World;
  readonly #pods: PodLifecycle;
  readonly #cache: SchedulerCache;
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #statefulSets = new Map<string, StatefulSet>();
  readonly #daemonSets = new Map<string, DaemonSet>();
  #daemonSetList: readonly DaemonSet[] | undefined;
  readonly #podsByOwner = new Map<string, OwnedPods>();
  /** Workload of an owner's UID: `kind/namespace/name`. */
  readonly #workloadOfOwner = new Map<string, string>();
  /** Pods that are ordered and wait for the client's rate limit, by owner UID. */
  readonly #ordered = new Map<string, number>();
  readonly #rateLimit = new ApiRateLimit();
  readonly #dirty = new Set<string>();
  readonly #revisions = new TemplateRevisions();
  /** DaemonSets whose pods are being replaced. */
  readonly #rolling = new Set<string>();
  readonly #scaleListeners: (() => void)[] = [];

  constructor(world: World, pods: PodLifecycle, cache: SchedulerCache) {
    this.#world = world;
    this.#pods = pods;
    this.#cache = cache;
    world.store.pods.subscribe(({ before, after }) => {
      this.#podChanged(before, after);
    });
    world.store.nodes.subscribe(({ after }) => {
      if (after !== undefined) this.#syncDaemonsOn(after);
    });
  }

  /** Told whenever the wanted size of a workload changes. */
  onScale(listener: () => void): void {
    this.#scaleListeners.push(listener);
  }

  /** All DaemonSets; the same array while none is applied. */
  get daemonSets(): readonly DaemonSet[] {
    this.#daemonSetList ??= [...this.#daemonSets.values()];
    return this.#daemonSetList;
  }

  /** The Deployment under `namespace/name`. */
  deployment(key: string): Deployment | undefined {
    return this.#deployments.get(key)?.deployment;
  }

  /** Replicas wanted of a workload that can be scaled; undefined where there is no such one. */
  replicasOf(kind: string, key: string): number | undefined {
    if (kind === 'StatefulSet') return this.#statefulSets.get(key)?.replicas;
    return kind === 'Deployment' ? this.deployment(key)?.replicas : undefined;
  }

  /**
   * Pods of a Deployment or StatefulSet, all revisions, terminating ones included; with pods of one revision only the same array
   * while none of them changes.
   */
  podsOf(kind: string, key: string): readonly Pod[] {
    if (kind === 'StatefulSet') return this.#owned(this.#statefulSets.get(key)?.metadata.uid ?? '');
    const state = this.#deployments.get(key);
    if (state === undefined) return NO_PODS;
    let list = NO_PODS;
    for (const uid of state.replicaSets.keys()) {
      const pods = this.#owned(uid);
      if (pods.length > 0) list = list.length === 0 ? pods : [...list, ...pods];
    }
    return list;
  }

  /** Size wanted of the controller behind an owner reference, for PodDisruptionBudgets. */
  scaleOf(ownerUid: string): ControllerScale | undefined {
    const workload = this.#workloadOfOwner.get(ownerUid) ?? '';
    const key = keyOf(workload);
    if (workload.startsWith('Deployment/')) {
      const deployment = this.deployment(key);
      return deployment && { uid: deployment.metadata.uid, replicas: deployment.replicas };
    }
    const set = this.#statefulSets.get(key);
    return set && { uid: set.metadata.uid, replicas: set.replicas };
  }

  /** Creates or replaces a Deployment. A replaced one keeps the size an autoscaler gave it, as with `kubectl apply`. */
  applyDeployment(deployment: Deployment, keepReplicas: boolean): void {
    const key = objectKey(deployment.metadata);
    const known = this.#deployments.get(key);
    if (known === undefined) {
      this.#deployments.set(key, { deployment, replicaSets: new Map() });
    } else {
      const replicas = keepReplicas ? known.deployment.replicas : deployment.replicas;
      known.deployment = { ...deployment, replicas, metadata: known.deployment.metadata };
    }
    this.#scaled();
    this.#markDirty(`Deployment/${key}`);
  }

  /** Takes over a ReplicaSet that was there before the run, of a Deployment that has just been applied. */
  adoptReplicaSet(set: ReplicaSet): void {
    const owner = controllerOf(set.metadata.ownerReferences);
    const key = `${set.metadata.namespace}/${owner?.name ?? ''}`;
    const state = this.#deployments.get(key);
    if (state === undefined) return;
    this.#storeReplicaSet(key, state, set);
    this.#scaled();
    this.#markDirty(`Deployment/${key}`);
  }

  /** Creates or replaces a StatefulSet; see {@link applyDeployment}. */
  applyStatefulSet(set: StatefulSet, keepReplicas: boolean): void {
    const key = objectKey(set.metadata);
    const known = keepReplicas ? this.#statefulSets.get(key) : undefined;
    this.#statefulSets.set(key, known === undefined ? set : { ...set, replicas: known.replicas });
    this.#revisions.apply(`StatefulSet/${key}`, set.template);
    this.#workloadOfOwner.set(set.metadata.uid, `StatefulSet/${key}`);
    this.#cache.setOwnerSelector('StatefulSet', set.metadata.namespace, set.metadata.name, set.selector);
    this.#scaled();
    this.#markDirty(`StatefulSet/${key}`);
  }

  applyDaemonSet(set: DaemonSet): void {
    const key = objectKey(set.metadata);
    this.#daemonSets.set(key, set);
    this.#daemonSetList = undefined;
    this.#workloadOfOwner.set(set.metadata.uid, `DaemonSet/${key}`);
    if (this.#revisions.apply(`DaemonSet/${key}`, set.template)) {
      this.#rolling.add(key);
      this.#markDirty(`DaemonSet/${key}`);
    }
    for (const node of this.#world.store.nodes.values()) this.#syncDaemonsOn(node);
  }

  /** Sets the replicas of a Deployment or StatefulSet; nothing happens where there is none. */
  scale(kind: 'Deployment' | 'StatefulSet', key: string, replicas: number, by: 'hpa' | 'scenario'): void {
    const from = this.replicasOf(kind, key);
    if (from === undefined || from === replicas) return;
    this.#world.log.append('ReplicasChanged', { service: key, from, to: replicas, by });
    const state = this.#deployments.get(key);
    const set = this.#statefulSets.get(key);
    if (kind === 'StatefulSet' && set !== undefined) this.#statefulSets.set(key, { ...set, replicas });
    if (kind === 'Deployment' && state !== undefined) state.deployment = changed(state.deployment, { replicas });
    this.#scaled();
    this.#markDirty(`${kind}/${key}`);
  }

  #scaled(): void {
    for (const listener of this.#scaleListeners) listener();
  }

  /** The same array while none of them changes. */
  #owned(uid: string): readonly Pod[] {
    return this.#podsByOwner.get(uid)?.list() ?? NO_PODS;
  }

  #podChanged(before: Pod | undefined, after: Pod | undefined): void {
    const pod = after ?? before;
    const owner = pod && controllerOf(pod.metadata.ownerReferences);
    if (pod === undefined || owner === undefined) return;
    let owned = this.#podsByOwner.get(owner.uid);
    if (owned === undefined) this.#podsByOwner.set(owner.uid, (owned = new OwnedPods(owner.kind)));
    owned.change(before, after);
    if (after === undefined) this.#revisions.forget(pod.metadata.uid);
    if (before === undefined || (after !== undefined && !countsDiffer(before, after))) return;
    const workload = this.#workloadOfOwner.get(owner.uid);
    if (workload === undefined) return;
    if (owner.kind !== 'DaemonSet') {
      if (this.#isNews(workload, before, after)) this.#markDirty(workload);
    } else if (after === undefined || isPodFinished(after) || this.#isRolling(workload)) {
      this.#markDirty(workload, daemonPodNode(pod));
    }
  }

  /**
   * Whether a change can make a sync do anything. A Deployment of one revision only looks how many of its pods are active: which are
   * ready matters while it rolls, and what has gone where its strategy is to wait for that. Beyond a sync's burst, each one creates
   * more.
   */
  #isNews(workload: string, before: Pod, after: Pod | undefined): boolean {
    const isActive = after !== undefined && isPodActive(after);
    if (isPodActive(before) !== isActive || !workload.startsWith('Deployment/')) return true;
    const state = this.#deployments.get(keyOf(workload));
    if (state === undefined || state.replicaSets.size > 1) return true;
    const { strategy, replicas } = state.deployment;
    return strategy.type === 'Recreate' || replicas > BURST_REPLICAS;
  }

  #isRolling(workload: string): boolean {
    return this.#rolling.has(keyOf(workload));
  }

  /** Controllers react within the instant, once for everything that happened in it. */
  #markDirty(workload: string, node?: string): void {
    const item = node === undefined ? workload : `${workload} on ${node}`;
    if (this.#dirty.has(item)) return;
    this.#dirty.add(item);
    const { kernel } = this.#world;
    kernel.at(kernel.now, PRIORITY.workloads, `sync of ${item}`, () => {
      this.#dirty.delete(item);
      const key = keyOf(workload);
      if (workload.startsWith('Deployment/')) this.#syncDeployment(key);
      else if (workload.startsWith('StatefulSet/')) this.#syncStatefulSet(key);
      else this.#syncDaemonSet(key, node);
    });
  }

  #syncDeployment(key: string): void {
    const state = this.#deployments.get(key);
    if (state === undefined) return;
    const now = timestampNow(this.#world);
    const makeUid = (): string => this.#world.names.uid();
    for (;;) {
      const states = [...state.replicaSets.values()].map((set) => this.#replicaSetState(set));
      const changed = reconcileDeployment(state.deployment, states, now, makeUid);
      if (changed.length === 0) break;
      for (const set of changed) this.#storeReplicaSet(key, state, set);
    }
    for (const set of state.replicaSets.values()) this.#syncReplicaSet(key, state, set);
  }

  #storeReplicaSet(key: string, state: DeploymentState, set: ReplicaSet): void {
    const { uid, namespace, name } = set.metadata;
    if (!state.replicaSets.has(uid)) {
      this.#workloadOfOwner.set(uid, `Deployment/${key}`);
      this.#cache.setOwnerSelector('ReplicaSet', namespace, name, set.selector);
    }
    state.replicaSets.set(uid, set);
  }

  #replicaSetState(replicaSet: ReplicaSet): ReplicaSetState {
    let pods = 0;
    let available = 0;
    for (const pod of this.#owned(replicaSet.metadata.uid)) {
      if (!isPodFinished(pod)) pods++;
      if (this.#isAvailable(pod, replicaSet.minReadySeconds)) available++;
    }
    return { replicaSet, pods, available };
  }

  /** Ready for so long; a pod that is ready and not there yet is looked at again when it is. */
  #isAvailable(pod: Pod, minReadySeconds: number): boolean {
    const ready = podCondition(pod, 'Ready');
    if (!isPodActive(pod) || ready?.status !== 'True') return false;
    const sinceMs = epochNow(this.#world) - ready.lastTransitionTimeMs;
    const missingMs = minReadySeconds * 1000 - sinceMs;
    if (missingMs <= 0) return true;
    const workload = this.#workloadOfOwner.get(controllerOf(pod.metadata.ownerReferences)?.uid ?? '');
    if (workload !== undefined) this.#markDirtyAfter(workload, missingMs);
    return false;
  }

  #markDirtyAfter(workload: string, delayMs: number): void {
    const { kernel } = this.#world;
    const item = `${workload} at ${kernel.now + delayMs}`;
    if (this.#dirty.has(item)) return;
    this.#dirty.add(item);
    kernel.after(delayMs, PRIORITY.workloads, `look at ${workload}`, () => {
      this.#dirty.delete(item);
      this.#markDirty(workload);
    });
  }

  #syncReplicaSet(key: string, state: DeploymentState, set: ReplicaSet): void {
    const { uid } = set.metadata;
    const related: Pod[] = [];
    for (const other of state.replicaSets.keys()) if (other !== uid) related.push(...this.#owned(other));
    const plan = reconcileReplicaSet(set, this.#owned(uid), related, epochNow(this.#world));
    for (const pod of plan.delete) this.#pods.delete(objectKey(pod.metadata), 'replicaset');
    const missing = plan.create - (this.#ordered.get(uid) ?? 0);
    for (let i = 0; i < missing; i++) this.#order(key, set);
  }

  /** Orders one pod; it is created when the client's rate limit lets it. */
  #order(key: string, set: ReplicaSet): void {
    const { kernel, names } = this.#world;
    const { uid, name, namespace } = set.metadata;
    this.#ordered.set(uid, (this.#ordered.get(uid) ?? 0) + 1);
    kernel.after(this.#rateLimit.reserve(kernel.now), PRIORITY.workloads, `pod of ${key}`, () => {
      this.#ordered.set(uid, (this.#ordered.get(uid) ?? 1) - 1);
      // Scaled down again before its turn came.
      const wanted = this.#deployments.get(key)?.replicaSets.get(uid)?.replicas ?? 0;
      if ((this.#podsByOwner.get(uid)?.countActive() ?? 0) >= wanted) return;
      const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true };
      this.#createPod(set.template, names.generate(`${name}-`), namespace, owner, key);
    });
  }

  #createPod(template: PodTemplate, name: string, namespace: string, owner: OwnerReference, service: string): Pod {
    const creationTimeMs = timestampNow(this.#world);
    const pod = podFromTemplate(template, { name, namespace, uid: this.#world.names.uid(), owner, creationTimeMs });
    if (owner.kind === 'StatefulSet') this.#revisions.made(pod.metadata.uid, template);
    this.#pods.create(pod, service, podRequests(pod));
    return pod;
  }

  #syncStatefulSet(key: string): void {
    const set = this.#statefulSets.get(key);
    if (set === undefined) return;
    const { uid, name, namespace } = set.metadata;
    const workload = `StatefulSet/${key}`;
    const pods = this.#owned(uid);
    const isOutdated = (pod: Pod): boolean => this.#revisions.isOutdated(workload, pod);
    const isAvailable = (pod: Pod): boolean => this.#isAvailable(pod, set.minReadySeconds);
    const plan = reconcileStatefulSet(set, pods, { isOutdated, isAvailable });
    for (const pod of plan.delete) this.#pods.delete(objectKey(pod.metadata), 'replicaset');
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid, controller: true };
    for (const ordinal of plan.create) {
      const old = keepsOldTemplate(set, ordinal) ? this.#revisions.current(workload) : undefined;
      this.#createPod(old ?? set.template, statefulPodName(set, ordinal), namespace, owner, key);
    }
    if (pods.length === set.replicas && !pods.some(isOutdated)) this.#revisions.completed(workload);
  }

  /** Makes up for a pod that has gone, and goes on with a rolling update. */
  #syncDaemonSet(key: string, nodeName: string | undefined): void {
    const { store } = this.#world;
    const node = store.nodes.get(nodeName ?? '');
    if (node !== undefined) this.#syncDaemonsOn(node);
    const set = this.#daemonSets.get(key);
    if (set === undefined || !this.#rolling.has(key)) return;
    const isOutdated = (pod: Pod): boolean => this.#revisions.isOutdated(`DaemonSet/${key}`, pod);
    const pods = this.#owned(set.metadata.uid);
    if (!pods.some(isOutdated)) this.#rolling.delete(key);
    const isAvailable = (pod: Pod): boolean => this.#isAvailable(pod, set.minReadySeconds);
    for (const pod of outdatedDaemonPods(set, store.nodes.values(), pods, isOutdated, isAvailable)) {
      this.#pods.delete(objectKey(pod.metadata), 'replicaset');
    }
  }

  #syncDaemonsOn(node: Node): void {
    if (node.metadata.deletionTimeMs !== undefined) return;
    const { name } = node.metadata;
    for (const [key, set] of this.#daemonSets) {
      const here = this.#podsByOwner.get(set.metadata.uid)?.on(name) ?? NO_PODS;
      const plan = reconcileDaemonSet(set, [node], here);
      for (const pod of plan.delete) this.#pods.delete(objectKey(pod.metadata), 'replicaset');
      if (plan.create.length === 0) continue;
      const podName = this.#world.names.generate(`${set.metadata.name}-`);
      const pod = this.#createPod(daemonTemplate(set, name), podName, set.metadata.namespace, daemonSetOwner(set), key);
      this.#revisions.made(pod.metadata.uid, set.template);
    }
  }
}

/** Whether a change of a pod changes what its controller counts: active, ready. */
function countsDiffer(before: Pod, after: Pod): boolean {
  const ready = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';
  return isPodActive(before) !== isPodActive(after) || ready(before) !== ready(after);
}

/** `namespace/name` of a workload with its kind. */
function keyOf(workload: string): string {
  return workload.slice(workload.indexOf('/') + 1);
}
