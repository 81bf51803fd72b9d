import type { RandomStream } from '../kernel/random-streams.js';
import type { GroupInstance, NodeGroupController } from './node-group-controller.js';
import type { NodeDrain } from './node-drain.js';
import type { NodeProvider } from './node-provider.js';
import { cordon } from './node-marks.js';
import { PRIORITY, type World } from './world.js';

/** From EC2's event to the reaction of EKS, an assumption: as fast as Karpenter's queue (aws.md §15). */
const NOTICE_LATENCY_MS = { min: 500, max: 2000 };
/** EKS tries so long to drain a node that is replaced; then it goes anyway (kubernetes.md §7.9). */
const DRAIN_FOR_MS = 15 * 60_000;

/**
 * What EKS does about the nodes of managed node groups (kubernetes.md §7.9): with Capacity Rebalancing a spot instance that EC2
 * recommends to replace is replaced first, and drained when the new node is Ready; two minutes before EC2 takes an instance back, the
 * drain begins at once.
 */
export class NodeGroupUpkeep implements NodeProvider {
  readonly #world: World;
  readonly #groups: NodeGroupController;
  readonly #drain: NodeDrain;
  readonly #latency: RandomStream;
  /** Replacement → the instance that it stands in for. */
  readonly #replaces = new Map<string, GroupInstance>();

  constructor(world: World, groups: NodeGroupController, drain: NodeDrain) {
    this.#world = world;
    this.#groups = groups;
    this.#drain = drain;
    this.#latency = world.streams.stream('interruption/queue-latency');
    groups.onWarning((instance) => {
      this.#soon(`interruption of ${instance.name}`, () => {
        this.#drainAway(instance, 'interruption');
      });
    });
    groups.onRebalance((instance) => {
      this.#soon(`rebalance of ${instance.name}`, () => {
        this.#replace(instance);
      });
    });
    groups.onReady((replacement) => {
      const old = this.#replaces.get(replacement.name);
      this.#replaces.delete(replacement.name);
      if (old !== undefined) this.#drainAway(old, 'rebalance');
    });
  }

  spotInstances(filter: { readonly instanceType?: string | undefined; readonly zone?: string | undefined }): string[] {
    return this.#groups.instances
      .filter(({ launched, state }) => {
        if (launched?.offering.capacityType !== 'spot' || state === 'terminating') return false;
        const { instanceType, offering } = launched;
        return (
          (filter.instanceType === undefined || filter.instanceType === instanceType.name) &&
          (filter.zone === undefined || filter.zone === offering.zone)
        );
      })
      .map(({ name }) => name);
  }

  warn(name: string): void {
    const instance = this.#groups.instance(name);
    if (instance !== undefined) this.#groups.warn(instance);
  }

  recommendRebalance(name: string): void {
    const instance = this.#groups.instance(name);
    if (instance !== undefined) this.#groups.recommendRebalance(instance);
  }

  lost(node: string): void {
    this.#groups.lost(node);
  }

  /** As if somebody had terminated the instance: the group replaces it. */
  deleteNode(name: string): string | undefined {
    const instance = this.#groups.instances.find(
      (one) =>
        one.launched !== undefined &&
        one.state !== 'terminating' &&
        [one.name, one.nodeName, one.group.name, one.group.nodePool].includes(name),
    );
    if (instance === undefined) return undefined;
    this.#drainAway(instance, 'scenario');
    this.#groups.increase(instance.group, 1);
    return instance.nodeName ?? instance.name;
  }

  #soon(label: string, action: () => void): void {
    const delayMs = Math.round(this.#latency.uniform(NOTICE_LATENCY_MS.min, NOTICE_LATENCY_MS.max));
    this.#world.kernel.after(delayMs, PRIORITY.termination, label, action);
  }

  #replace(instance: GroupInstance): void {
    if (instance.state !== 'ready') return;
    for (const replacement of this.#groups.increase(instance.group, 1)) {
      this.#replaces.set(replacement.name, instance);
    }
  }

  #drainAway(instance: GroupInstance, by: 'interruption' | 'rebalance' | 'scenario'): void {
    const { log, store } = this.#world;
    if (instance.state === 'draining' || instance.state === 'terminating') return;
    const node = store.nodes.get(instance.nodeName ?? '');
    log.append('NodeClaimDeleting', { nodeClaim: instance.name, node: instance.nodeName ?? '', by });
    instance.state = 'draining';
    if (node === undefined) {
      if (by !== 'interruption') this.#groups.terminate(instance);
      return;
    }
    const { name } = node.metadata;
    store.nodes.set(name, cordon(node));
    log.append('NodeTainted', { node: name });
    this.#drain.drain(name, DRAIN_FOR_MS, (failure) => {
      if (failure === undefined) log.append('NodeDrained', { node: name });
      // EC2 takes an interrupted instance itself.
      if (by !== 'interruption') this.#groups.terminate(instance);
    });
  }
}
