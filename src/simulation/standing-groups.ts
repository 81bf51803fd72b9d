import { joinedNode, type GroupCapacityType } from '../baseline/node-group.js';
import { allocatableOf } from '../cloud/allocatable.js';
import type { InstanceType, Offering } from '../cloud/instance-type.js';
import type { EC2NodeClass, KubeletConfiguration } from '../cloud/node-class.js';
import type { Taint } from '../kubernetes/taints.js';
import type { Ec2 } from './ec2.js';
import { becameReady } from './node-marks.js';
import { PRIORITY, timestampNow, type World } from './world.js';

/** Amazon EC2 Auto Scaling looks after its instances about once a minute, an assumption. */
export const HEALTH_CHECK_MS = 60_000;
/** From the decision to the launch call, as for any other change of a group (kubernetes.md §7.4). */
const DISPATCH_MS = { min: 3000, max: 15_000 };

/** A node group that nobody scales. */
export interface StandingGroup {
  readonly name: string;
  readonly instanceType: string;
  readonly capacityType: GroupCapacityType;
  readonly taints: readonly Taint[];
  readonly nodeClass: EC2NodeClass;
  readonly kubelet?: KubeletConfiguration | undefined;
  /** Of its subnets. Undefined: all of the run. */
  readonly zones?: readonly string[] | undefined;
  readonly isBaseline: boolean;
  readonly labels: (type: InstanceType, offering: Offering) => Readonly<Record<string, string>>;
}

/** What a node needs to be there. */
interface Instance {
  readonly node: string;
  readonly type: InstanceType;
  readonly offering: Offering;
}

/**
 * The Auto Scaling groups behind nodes outside Karpenter. Nobody scales them, and they keep their size: an instance that is gone is
 * seen at the next health check, and another one launched, in the zone with the fewest and where there is capacity. A node that
 * merely is not heard of keeps its instance, which looks healthy to EC2.
 */
export class StandingGroups {
  readonly #world: World;
  readonly #ec2: Ec2;
  /** By node. */
  readonly #members = new Map<string, { readonly group: StandingGroup; readonly zone: string }>();

  constructor(world: World, ec2: Ec2) {
    this.#world = world;
    this.#ec2 = ec2;
  }

  /**
   * Makes the group's first nodes, Ready at once and spread over its zones in turn.
   * @throws Error when none of them sells the type
   */
  start(group: StandingGroup, count: number): void {
    const { type, offerings } = this.#sold(group);
    for (let index = 0; index < count; index++) {
      const offering = offerings[index % offerings.length];
      if (type === undefined || offering === undefined) {
        throw new Error(`managed node group ${group.name}: ${group.instanceType} is not sold on demand in these zones`);
      }
      const instance = { node: this.#world.names.nodeName(this.#world.region), type, offering };
      this.#charge(group, instance, offering.price);
      this.#join(group, instance, true);
    }
  }

  /** A node that is there already belongs to a group. */
  adopt(node: string, group: StandingGroup, zone: string): void {
    this.#members.set(node, { group, zone });
  }

  /** The instance behind a node is gone; a node of no group stays lost. */
  lost(node: string): void {
    const member = this.#members.get(node);
    if (member === undefined) return;
    this.#members.delete(node);
    const { kernel, streams } = this.#world;
    const stream = streams.stream(`asg/replace/${node}`);
    const seenMs = Math.round(stream.uniform(0, HEALTH_CHECK_MS) + stream.uniform(DISPATCH_MS.min, DISPATCH_MS.max));
    kernel.after(seenMs, PRIORITY.cloud, `replacement of ${node}`, () => {
      this.#replace(member.group, node);
    });
  }

  #replace(group: StandingGroup, lost: string): void {
    const { kernel, log, names, region } = this.#world;
    const { type, offerings } = this.#sold(group);
    const balanced = [...offerings].sort((a, b) => this.#membersIn(group, a.zone) - this.#membersIn(group, b.zone));
    const launched = type && this.#ec2.launchOutside(type, balanced, group.nodeClass, lost, kernel.now);
    if (type === undefined || launched === undefined) {
      const reason = `no capacity for ${group.instanceType} in ${balanced.map(({ zone }) => zone).join(', ')}`;
      log.append('LaunchFailed', { nodeClaim: '', nodePool: group.name, reason });
      kernel.after(HEALTH_CHECK_MS, PRIORITY.cloud, `replacement of ${lost}`, () => {
        this.#replace(group, lost);
      });
      return;
    }
    const { offering, pricePerHour, registerAfterMs, readyAfterMs } = launched;
    const instance = { node: names.nodeName(region), type, offering };
    this.#charge(group, instance, pricePerHour, lost);
    kernel.after(registerAfterMs, PRIORITY.cloud, `node ${instance.node} joins`, () => {
      this.#join(group, instance, false);
    });
    kernel.after(registerAfterMs + readyAfterMs, PRIORITY.cloud, `node ${instance.node} ready`, () => {
      this.#ready(instance.node);
    });
  }

  #sold(group: StandingGroup): { readonly type: InstanceType | undefined; readonly offerings: readonly Offering[] } {
    const type = this.#ec2.managedType(group.instanceType, group.nodeClass, group.kubelet);
    const offerings = (type?.offerings ?? []).filter(
      ({ capacityType, available, zone }) =>
        capacityType === group.capacityType && available && (group.zones?.includes(zone) ?? true),
    );
    return { type, offerings };
  }

  #membersIn({ name }: StandingGroup, zone: string): number {
    return [...this.#members.values()].filter((member) => member.group.name === name && member.zone === zone).length;
  }

  /** EC2 charges from now on, and the group counts it. */
  #charge(group: StandingGroup, { node, type, offering }: Instance, pricePerHour: number, replaces?: string): void {
    this.#members.set(node, { group, zone: offering.zone });
    this.#world.log.append('ManagedNodeJoined', {
      node,
      nodePool: group.name,
      instanceType: type.name,
      zone: offering.zone,
      capacityType: offering.capacityType,
      pricePerHour,
      allocatable: allocatableOf(type),
      extras: this.#ec2.extras(type.name, group.nodeClass),
      ...(group.isBaseline ? { baseline: true } : {}),
      ...(replaces === undefined ? {} : { replaces }),
    });
  }

  #join(group: StandingGroup, { node: name, type, offering }: Instance, ready: boolean): void {
    const { names, store } = this.#world;
    const uid = names.uid();
    const providerID = names.providerID(offering.zone);
    const creationTimeMs = timestampNow(this.#world);
    const identity = { name, uid, providerID, creationTimeMs, ready };
    store.nodes.set(name, joinedNode(group.labels(type, offering), group.taints, type, identity));
  }

  #ready(name: string): void {
    const { log, store } = this.#world;
    const node = store.nodes.get(name);
    if (node === undefined) return;
    log.append('NodeReady', { node: name });
    store.nodes.set(name, becameReady(node, timestampNow(this.#world)));
  }
}
