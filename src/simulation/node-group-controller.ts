import { launchFailure } from './launch-failure.js';
import { allocatableOf } from '../cloud/allocatable.js';
import { SPOT_WARNING_MS } from '../cloud/interruption/spot-reclaims.js';
import type { PriceBook } from '../cloud/prices/price-book.js';
import { groupNode, type NodeGroup } from '../baseline/node-group.js';
import type { Node } from '../kubernetes/node.js';
import { objectKey } from './cluster-store.js';
import type { DeletionCause } from './event-log.js';
import { groupClaim, groupPool } from './group-launch.js';
import { HEALTH_CHECK_MS } from './standing-groups.js';
import { becameReady } from './node-marks.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import type { LaunchedInstance } from './surroundings.js';
import { PRIORITY, timestampNow, type World } from './world.js';

/** From the new desired capacity to the group's launch call, an assumption (kubernetes.md §7.4). */
const DISPATCH_MS = { min: 3000, max: 15_000 };
/** The cloud's node controller looks this often whether the instance of a node is still there (kubernetes.md §5.2). */
const NODE_LOOP_MS = 5000;
const HOUR_MS = 3_600_000;

/** How far an instance of a group has come. */
type InstanceState = 'requested' | 'failed' | 'launched' | 'registered' | 'ready' | 'draining' | 'terminating';

/** One instance that a group has, or has asked for. */
export interface GroupInstance {
  readonly name: string;
  readonly group: NodeGroup;
  readonly requestedMs: number;
  state: InstanceState;
  launched?: LaunchedInstance | undefined;
  nodeName?: string | undefined;
}

/**
 * The Auto Scaling groups behind managed node groups: they keep as many instances as they are told, spread over their zones, and
 * turn them into nodes (kubernetes.md §7.4, §7.9). A launch that fails everywhere stays as a request that Cluster Autoscaler finds.
 */
export class NodeGroupController {
  readonly groups: readonly NodeGroup[];
  readonly #world: World;
  readonly #pods: PodLifecycle;
  readonly #prices: PriceBook;
  readonly #instances = new Map<string, GroupInstance>();
  readonly #byNode = new Map<string, GroupInstance>();
  readonly #warningListeners: ((instance: GroupInstance) => void)[] = [];
  readonly #rebalanceListeners: ((instance: GroupInstance) => void)[] = [];
  readonly #readyListeners: ((instance: GroupInstance) => void)[] = [];

  constructor(world: World, pods: PodLifecycle, groups: readonly NodeGroup[], prices: PriceBook) {
    this.#world = world;
    this.#pods = pods;
    this.#prices = prices;
    this.groups = groups;
  }

  /** Brings every group to its minimum. */
  start(): void {
    for (const group of this.groups) this.increase(group, group.minSize);
  }

  /** Told when EC2 announces that it takes an instance back. */
  onWarning(listener: (instance: GroupInstance) => void): void {
    this.#warningListeners.push(listener);
  }

  /** Told when EC2 recommends to replace a spot instance. */
  onRebalance(listener: (instance: GroupInstance) => void): void {
    this.#rebalanceListeners.push(listener);
  }

  /** Told when a node is Ready. */
  onReady(listener: (instance: GroupInstance) => void): void {
    this.#readyListeners.push(listener);
  }

  /** Instances in order of request; those that are being terminated are no longer counted to the group. */
  instancesOf(group: NodeGroup): readonly GroupInstance[] {
    return [...this.#instances.values()].filter((one) => one.group === group && one.state !== 'terminating');
  }

  /** Desired capacity of the group. */
  target(group: NodeGroup): number {
    return this.instancesOf(group).length;
  }

  /** All instances, those that are being terminated included, in order of request. */
  get instances(): readonly GroupInstance[] {
    return [...this.#instances.values()];
  }

  /** The instance behind a node. */
  instanceOf(nodeName: string): GroupInstance | undefined {
    return this.#byNode.get(nodeName);
  }

  instance(name: string): GroupInstance | undefined {
    return this.#instances.get(name);
  }

  /** Raises the desired capacity: so many instances are requested. Returns them. */
  increase(group: NodeGroup, nodes: number): readonly GroupInstance[] {
    return Array.from({ length: nodes }, () => this.#request(group));
  }

  /** Takes a request back that came to nothing, or never joined; the desired capacity falls with it. */
  withdraw(instance: GroupInstance, by: DeletionCause): void {
    const { log } = this.#world;
    log.append('NodeClaimDeleting', { nodeClaim: instance.name, node: instance.nodeName ?? '', by });
    if (instance.launched === undefined) this.#forget(instance);
    else this.terminate(instance);
  }

  /** Terminates an instance; the node goes when EC2 says that there is none. */
  terminate(instance: GroupInstance): void {
    const { cloud, kernel, log } = this.#world;
    if (instance.state === 'terminating' || instance.launched === undefined) return;
    instance.state = 'terminating';
    log.append('InstanceTerminating', { nodeClaim: instance.name, node: instance.nodeName ?? '', reclaimed: false });
    const goneMs = kernel.now + cloud.terminateMs(instance.launched.providerID);
    const seenMs = Math.ceil(goneMs / NODE_LOOP_MS) * NODE_LOOP_MS;
    kernel.at(seenMs, PRIORITY.termination, `instance of ${instance.name} gone`, () => {
      this.#gone(instance);
    });
  }

  /** The instance behind a node is gone without notice: the group sees it at its next health check, and replaces it. */
  lost(nodeName: string): void {
    const { kernel, streams } = this.#world;
    const instance = this.#byNode.get(nodeName);
    if (instance === undefined || instance.state === 'terminating') return;
    instance.state = 'terminating';
    const seenMs = Math.round(streams.stream(`asg/replace/${nodeName}`).uniform(0, HEALTH_CHECK_MS));
    kernel.after(seenMs, PRIORITY.cloud, `replacement of ${nodeName}`, () => {
      this.#forget(instance);
      this.increase(instance.group, 1);
    });
  }

  /** EC2 announces that it takes the instance back, and does two minutes later. The group replaces it then. */
  warn(instance: GroupInstance): void {
    const { kernel, log } = this.#world;
    const { launched, nodeName, name } = instance;
    if (launched === undefined || instance.state === 'terminating') return;
    const { instanceType, offering } = launched;
    log.append('SpotInterruption', { node: nodeName ?? name, instanceType: instanceType.name, zone: offering.zone });
    for (const listener of this.#warningListeners) listener(instance);
    kernel.after(SPOT_WARNING_MS, PRIORITY.cloud, `reclaim of ${name}`, () => {
      if (!this.#instances.has(name) || instance.state === 'terminating') return;
      log.append('InstanceTerminating', { nodeClaim: name, node: instance.nodeName ?? '', reclaimed: true });
      instance.state = 'terminating';
      this.#gone(instance);
      this.increase(instance.group, 1);
    });
  }

  /** EC2 sees a higher risk that it takes the instance back. */
  recommendRebalance(instance: GroupInstance): void {
    const { launched, nodeName, name, state } = instance;
    if (launched === undefined || state === 'terminating' || state === 'draining') return;
    const { instanceType, offering } = launched;
    const node = nodeName ?? name;
    this.#world.log.append('SpotRebalanceRecommendation', {
      node,
      instanceType: instanceType.name,
      zone: offering.zone,
    });
    for (const listener of this.#rebalanceListeners) listener(instance);
  }

  #request(group: NodeGroup): GroupInstance {
    const { kernel, log, names, streams } = this.#world;
    const name = names.generate(`${group.name}-`);
    const instance: GroupInstance = { name, group, requestedMs: kernel.now, state: 'requested' };
    this.#instances.set(name, instance);
    log.append('NodeClaimCreated', {
      nodeClaim: name,
      nodePool: group.name,
      by: 'node-group',
      requests: {},
      instanceTypes: group.instanceTypes,
      pods: [],
    });
    const delayMs = Math.round(streams.stream(`asg/dispatch/${name}`).uniform(DISPATCH_MS.min, DISPATCH_MS.max));
    kernel.after(delayMs, PRIORITY.cloud, `launch of ${name}`, () => {
      if (this.#instances.has(name)) this.#launch(instance);
    });
    return instance;
  }

  /** The zone with the fewest instances first; where it has no capacity, the next one (balanced best effort). */
  #launch(instance: GroupInstance): void {
    const { cloud, kernel, log } = this.#world;
    const { group, name } = instance;
    const reasons: string[] = [];
    for (const zone of this.#zonesByInstances(group)) {
      // On demand the list is an order of preference; of spot EC2 chooses by price and depth (kubernetes.md §7.9).
      const attempts =
        group.capacityType === 'spot' ? [group.instanceTypes] : group.instanceTypes.map((type) => [type]);
      for (const types of attempts) {
        const outcome = cloud.launch(groupClaim(group, name, types, zone), groupPool(group), kernel.now);
        if ('launched' in outcome) {
          this.#launched(instance, outcome.launched);
          return;
        }
        reasons.push(launchFailure(outcome));
      }
    }
    instance.state = 'failed';
    log.append('LaunchFailed', { nodeClaim: name, nodePool: group.name, reason: [...new Set(reasons)].join('; ') });
  }

  #zonesByInstances(group: NodeGroup): readonly string[] {
    const counts = new Map(group.zones.map((zone) => [zone, 0]));
    for (const { launched } of this.instancesOf(group)) {
      const zone = launched?.offering.zone;
      if (zone !== undefined) counts.set(zone, (counts.get(zone) ?? 0) + 1);
    }
    return [...group.zones].sort((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
  }

  #launched(instance: GroupInstance, launched: LaunchedInstance): void {
    const { kernel, log } = this.#world;
    const { name, group } = instance;
    const { instanceType, offering } = launched;
    instance.launched = launched;
    instance.state = 'launched';
    const pricePerHour = launched.pricePerHour ?? offering.price;
    log.append('NodeClaimLaunched', {
      nodeClaim: name,
      nodePool: group.name,
      instanceType: instanceType.name,
      zone: offering.zone,
      capacityType: offering.capacityType,
      pricePerHour,
      allocatable: allocatableOf(instanceType),
      ...(launched.extras === undefined ? {} : { extras: launched.extras }),
    });
    if (launched.interruptAfterMs !== undefined) {
      kernel.after(launched.interruptAfterMs, PRIORITY.cloud, `spot warning for ${name}`, () => {
        if (this.#instances.has(name)) this.warn(instance);
      });
    }
    if (launched.rebalanceAfterMs !== undefined) {
      kernel.after(launched.rebalanceAfterMs, PRIORITY.cloud, `rebalance recommendation for ${name}`, () => {
        if (this.#instances.has(name)) this.recommendRebalance(instance);
      });
    }
    if (offering.capacityType === 'spot' && this.#prices.moves) this.#chargeAnew(instance, launched, pricePerHour);
    if (launched.registerAfterMs === undefined) return;
    kernel.after(launched.registerAfterMs, PRIORITY.cloud, `node of ${name} joins`, () => {
      if (instance.state === 'launched') this.#join(instance, launched);
    });
  }

  /** EC2 charges what spot costs at the beginning of each hour of the instance's life. */
  #chargeAnew(instance: GroupInstance, launched: LaunchedInstance, pricePerHour: number): void {
    const { kernel, log } = this.#world;
    const { name } = instance;
    kernel.after(HOUR_MS, PRIORITY.cloud, `spot price of ${name}`, () => {
      if (!this.#instances.has(name)) return;
      const now = this.#prices.spot(launched.instanceType.name, launched.offering.zone, kernel.now) ?? pricePerHour;
      if (now !== pricePerHour) log.append('SpotPriceChanged', { nodeClaim: name, pricePerHour: now });
      this.#chargeAnew(instance, launched, now);
    });
  }

  #join(instance: GroupInstance, launched: LaunchedInstance): void {
    const { kernel, log, names, region, store } = this.#world;
    const nodeName = names.nodeName(region);
    const { group, name } = instance;
    instance.nodeName = nodeName;
    instance.state = 'registered';
    this.#byNode.set(nodeName, instance);
    const node = groupNode(group, launched.instanceType, launched.offering, {
      name: nodeName,
      uid: names.uid(),
      providerID: launched.providerID,
      creationTimeMs: timestampNow(this.#world),
      ready: false,
    });
    log.append('NodeRegistered', { node: nodeName, nodeClaim: name, nodePool: group.name });
    store.nodes.set(nodeName, node);
    if (launched.readyAfterMs === undefined) return;
    kernel.after(launched.readyAfterMs, PRIORITY.cloud, `node ${nodeName} ready`, () => {
      const current = store.nodes.get(nodeName);
      if (current !== undefined) this.#ready(instance, current);
    });
  }

  #ready(instance: GroupInstance, node: Node): void {
    const { log, store } = this.#world;
    const { name } = node.metadata;
    log.append('NodeReady', { node: name });
    log.append('NodeInitialized', { node: name, nodeClaim: instance.name });
    if (instance.state === 'registered') instance.state = 'ready';
    store.nodes.set(name, becameReady(node, timestampNow(this.#world)));
    for (const listener of this.#readyListeners) listener(instance);
  }

  #gone(instance: GroupInstance): void {
    const { kubelet, log, store } = this.#world;
    const { nodeName } = instance;
    if (nodeName !== undefined && store.nodes.get(nodeName) !== undefined) {
      for (const pod of store.podsOn(nodeName)) this.#pods.lose(objectKey(pod.metadata));
      log.append('NodeDeleted', { node: nodeName });
      kubelet.forgetNode(nodeName);
      store.nodes.delete(nodeName);
    }
    this.#forget(instance);
  }

  #forget(instance: GroupInstance): void {
    this.#world.log.append('NodeClaimDeleted', { nodeClaim: instance.name });
    this.#instances.delete(instance.name);
    if (instance.nodeName !== undefined) this.#byNode.delete(instance.nodeName);
  }
}
