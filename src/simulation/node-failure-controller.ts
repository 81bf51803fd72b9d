import { isReady } from '../karpenter/lifecycle/garbage-collection.js';
import {
  LEASE_RENEWAL_MS,
  MONITOR_PERIOD_MS,
  monitorGraceMs,
  nextTick,
  POD_GC_PERIOD_MS,
  podGcMs,
  taintIntervalMs,
  tolerationSeconds,
  UNREACHABLE_NO_EXECUTE,
  unreachableNode,
  type ZoneHealth,
} from '../kubernetes/controllers/node-lifecycle.js';
import { NODEPOOL_LABEL, ZONE_LABEL } from '../karpenter/requirements/labels.js';
import type { Node } from '../kubernetes/node.js';
import { objectKey } from './cluster-store.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import { PRIORITY, timestampNow, type World } from './world.js';

const NODE_GROUP_LABEL = 'eks.amazonaws.com/nodegroup';

/** How a node dies: its instance is gone from the cloud, or runs on and is not heard of. */
export type NodeFailure = 'instance-gone' | 'unreachable';

/** Who made the instances behind Nodes, and has a say when they are gone. */
export interface InstanceOwner {
  /** Empty for a node that it did not make. */
  nodeClaimOf(node: Node): string;
  /** The instance stopped existing; the owner may find out by itself. */
  instanceGone(node: Node): void;
  /** The cloud's node controller deletes the Node. False: nothing holds it. */
  nodeDeleted(node: Node): boolean;
}

/**
 * Nodes that die without notice (kubernetes.md §5.2): the node controller misses their heartbeats, marks them, and their pods
 * with them; the cloud's and Karpenter's collectors clear away what has no instance. Nothing happens here until something fails.
 */
export class NodeFailureController {
  readonly #world: World;
  readonly #pods: PodLifecycle;
  readonly #owner: InstanceOwner | undefined;
  readonly #graceMs: number;
  readonly #monitorPhaseMs: number;
  readonly #podGcPhaseMs: number;
  readonly #goneListeners: ((nodeClaim: string, reclaimed: boolean, node: string) => void)[] = [];
  /** By zone, when the next node may be tainted NoExecute. */
  readonly #nextTaintMs = new Map<string, number>();

  /** @param owner - Undefined where nodes stand alone. */
  constructor(world: World, pods: PodLifecycle, owner?: InstanceOwner) {
    this.#world = world;
    this.#pods = pods;
    this.#owner = owner;
    // Karpenter v0.32 ran on Kubernetes up to 1.28; the rest of the cluster is 1.34's.
    this.#graceMs = monitorGraceMs(world.settings.version === 'v0.32.0' ? 28 : 34);
    this.#monitorPhaseMs = world.streams.stream('node-lifecycle/phase').int(MONITOR_PERIOD_MS);
    this.#podGcPhaseMs = world.streams.stream('pod-gc/phase').int(POD_GC_PERIOD_MS);
    world.store.nodes.subscribe(({ before, after }) => {
      if (after === undefined && before !== undefined && pods.isDead(before.metadata.name)) {
        this.#collectPods(before.metadata.name);
      }
    });
  }

  /** The node of that name, or of the NodeClaim, or the oldest one of the NodePool or node group; none that has failed. */
  find(name: string): string | undefined {
    for (const node of this.#world.store.nodes.values()) {
      const { metadata } = node;
      if (this.#pods.isDead(metadata.name) || metadata.deletionTimeMs !== undefined) continue;
      const names = [metadata.name, metadata.labels[NODEPOOL_LABEL], metadata.labels[NODE_GROUP_LABEL]];
      if (names.includes(name) || this.#owner?.nodeClaimOf(node) === name) return metadata.name;
    }
    return undefined;
  }

  /** Names of the nodes in a zone that are alive. */
  inZone(zone: string): readonly string[] {
    const nodes = [...this.#world.store.nodes.values()].map(({ metadata }) => metadata);
    return nodes
      .filter(({ name, labels }) => labels[ZONE_LABEL] === zone && !this.#pods.isDead(name))
      .map(({ name }) => name);
  }

  /** Told when an instance stops existing; its NodeClaim is empty where Karpenter did not make it. */
  onInstanceGone(listener: (nodeClaim: string, reclaimed: boolean, node: string) => void): void {
    this.#goneListeners.push(listener);
  }

  /**
   * The node stops at this instant.
   * @param reclaimed EC2 took a spot instance back
   */
  fail(nodeName: string, failure: NodeFailure, reclaimed = false): void {
    const { kernel, log, store, streams } = this.#world;
    const node = store.nodes.get(nodeName);
    if (node === undefined || this.#pods.isDead(nodeName)) return;
    const nodeClaim = this.#owner?.nodeClaimOf(node) ?? '';
    log.append('NodeFailed', { node: nodeName, nodeClaim, failure });
    this.#pods.nodeDied(nodeName);
    if (failure === 'instance-gone') {
      log.append('InstanceTerminating', { nodeClaim, node: nodeName, reclaimed });
      this.#owner?.instanceGone(node);
      for (const listener of this.#goneListeners) listener(nodeClaim, reclaimed, nodeName);
    }
    const sinceRenewalMs = streams.stream(`kubelet/lease/${nodeName}`).int(LEASE_RENEWAL_MS);
    // Strictly longer than the grace period.
    const silentMs = kernel.now - sinceRenewalMs + this.#graceMs + 1;
    kernel.at(this.#monitorTick(silentMs), PRIORITY.cloud, `node ${nodeName} unreachable`, () => {
      this.#unreachable(nodeName, failure);
    });
  }

  #monitorTick(earliestMs: number): number {
    return nextTick(earliestMs, MONITOR_PERIOD_MS, this.#monitorPhaseMs);
  }

  #unreachable(nodeName: string, failure: NodeFailure): void {
    const { kernel, log, store } = this.#world;
    const node = store.nodes.get(nodeName);
    if (node === undefined) return;
    log.append('NodeUnreachable', { node: nodeName });
    store.nodes.set(nodeName, unreachableNode(node, timestampNow(this.#world)));
    for (const pod of store.podsOn(nodeName)) this.#pods.markNotReady(objectKey(pod.metadata), 'NodeNotReady');
    this.#taintNoExecute(nodeName);
    if (failure === 'unreachable') return;
    // The cloud's node controller finds no instance behind a node that is not Ready, and deletes the Node.
    kernel.at(this.#monitorTick(kernel.now + 1), PRIORITY.cloud, `node ${nodeName} has no instance`, () => {
      this.#nodeDeleted(nodeName);
    });
  }

  /** The taint comes at the zone's rate; then the pods' tolerations run. */
  #taintNoExecute(nodeName: string): void {
    const { kernel, store } = this.#world;
    const node = store.nodes.get(nodeName);
    if (node === undefined) return;
    const zone = node.metadata.labels[ZONE_LABEL] ?? '';
    const zones = this.#zones();
    const intervalMs = taintIntervalMs(zones.get(zone) ?? { ready: 0, notReady: 1 }, [...zones.values()]);
    const nextMs = this.#nextTaintMs.get(zone) ?? 0;
    if (intervalMs === Infinity || kernel.now < nextMs) {
      const atMs = intervalMs === Infinity ? this.#monitorTick(kernel.now + 1) : nextMs;
      kernel.at(atMs, PRIORITY.cloud, `NoExecute taint of ${nodeName}`, () => {
        this.#taintNoExecute(nodeName);
      });
      return;
    }
    this.#nextTaintMs.set(zone, kernel.now + intervalMs);
    store.nodes.set(nodeName, {
      ...node,
      spec: { ...node.spec, taints: [...node.spec.taints, UNREACHABLE_NO_EXECUTE] },
    });
    for (const pod of store.podsOn(nodeName)) {
      const seconds = tolerationSeconds(pod, UNREACHABLE_NO_EXECUTE);
      if (seconds === undefined) continue;
      const key = objectKey(pod.metadata);
      kernel.after(seconds * 1000, PRIORITY.cloud, `taint eviction of ${key}`, () => {
        if (store.pods.get(key)?.metadata.uid === pod.metadata.uid) this.#pods.delete(key, 'taint-eviction');
      });
    }
  }

  #zones(): ReadonlyMap<string, ZoneHealth> {
    const zones = new Map<string, { ready: number; notReady: number }>();
    for (const node of this.#world.store.nodes.values()) {
      const name = node.metadata.labels[ZONE_LABEL] ?? '';
      const zone = zones.get(name) ?? { ready: 0, notReady: 0 };
      if (isReady(node)) zone.ready++;
      else zone.notReady++;
      zones.set(name, zone);
    }
    return zones;
  }

  #nodeDeleted(nodeName: string): void {
    const node = this.#world.store.nodes.get(nodeName);
    if (node !== undefined && this.#owner?.nodeDeleted(node) !== true) this.#removeUnmanaged(node);
  }

  #removeUnmanaged({ metadata }: Node): void {
    const { log, store, kubelet } = this.#world;
    log.append('NodeDeleted', { node: metadata.name });
    kubelet.forgetNode(metadata.name);
    store.nodes.delete(metadata.name);
  }

  /** Pods of a node that is gone wait for the pod garbage collector; only then are they replaced. */
  #collectPods(nodeName: string): void {
    const { kernel, store } = this.#world;
    kernel.at(podGcMs(kernel.now, this.#podGcPhaseMs), PRIORITY.kubelet, `pods of ${nodeName} collected`, () => {
      for (const pod of store.pods.list()) {
        if (pod.spec.nodeName === nodeName) this.#pods.lose(objectKey(pod.metadata));
      }
    });
  }
}
