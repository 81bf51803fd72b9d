import { allocatableOf } from '../cloud/allocatable.js';
import type { StaticGroup } from '../baseline/baseline.js';
import { groupNodeLabels } from '../baseline/node-group.js';
import { launchedLabels } from '../cloud/catalogue/labels.js';
import type { InstanceType, Offering } from '../cloud/instance-type.js';
import type { EC2NodeClass, KubeletConfiguration } from '../cloud/node-class.js';
import { CAPACITY_TYPE_LABEL, HOSTNAME_LABEL } from '../karpenter/requirements/labels.js';
import type { Taint } from '../kubernetes/taints.js';
import type { ManagedNodeGroup } from '../scenario/scenario-spec.js';
import type { Ec2 } from './ec2.js';
import { MANAGED_NODE_CLASS } from './managed-node-class.js';
import type { NodeProvider } from './node-provider.js';
import { timestampNow, type World } from './world.js';

/** Nodes that stay whatever happens: none is spot, and a deletion is not modelled. */
export const STANDING_NODES: NodeProvider = {
  spotInstances: () => [],
  warn: () => undefined,
  recommendRebalance: () => undefined,
  deleteNode: () => undefined,
};

/** Nodes of one type that are there from the start. */
interface StandingGroup {
  readonly name: string;
  readonly instanceType: string;
  readonly count: number;
  readonly taints: readonly Taint[];
  readonly nodeClass: EC2NodeClass;
  readonly kubelet?: KubeletConfiguration | undefined;
  /** Undefined: all of the run. */
  readonly zones?: readonly string[] | undefined;
  readonly isBaseline: boolean;
  readonly labels: (type: InstanceType, offering: Offering) => Readonly<Record<string, string>>;
}

/**
 * Nodes that are there from the start, outside Karpenter: on-demand, Ready, spread over the zones in turn.
 * @throws Error when no zone of the scenario sells the type
 */
export function startManagedNodes(world: World, ec2: Ec2, groups: readonly ManagedNodeGroup[]): void {
  for (const group of groups) {
    startNodes(world, ec2, {
      ...group,
      nodeClass: MANAGED_NODE_CLASS,
      isBaseline: false,
      labels: (type, offering) => ({
        ...managedLabels(type, offering),
        'eks.amazonaws.com/nodegroup': group.name,
        ...group.labels,
      }),
    });
  }
}

/**
 * The static fleet of a baseline, in the same way.
 * @throws Error when no zone of the group sells the type
 */
export function startStaticFleet(world: World, ec2: Ec2, groups: readonly StaticGroup[]): void {
  for (const group of groups) {
    startNodes(world, ec2, {
      ...group,
      isBaseline: true,
      labels: (type, offering) => groupNodeLabels(group, type, offering),
    });
  }
}

function startNodes(world: World, ec2: Ec2, group: StandingGroup): void {
  const { log, names, region, store } = world;
  const type = ec2.managedType(group.instanceType, group.nodeClass, group.kubelet);
  const offerings = type?.offerings.filter(
    ({ capacityType, available, zone }) =>
      capacityType === 'on-demand' && available && (group.zones?.includes(zone) ?? true),
  );
  for (let index = 0; index < group.count; index++) {
    const offering = offerings?.[index % offerings.length];
    if (type === undefined || offering === undefined) {
      throw new Error(`managed node group ${group.name}: ${group.instanceType} is not sold on demand in these zones`);
    }
    const { zone } = offering;
    const name = names.nodeName(region);
    const allocatable = allocatableOf(type);
    log.append('ManagedNodeJoined', {
      node: name,
      nodePool: group.name,
      instanceType: type.name,
      zone,
      capacityType: offering.capacityType,
      pricePerHour: offering.price,
      allocatable,
      extras: ec2.extras(type.name, group.nodeClass),
      ...(group.isBaseline ? { baseline: true } : {}),
    });
    const nowMs = timestampNow(world);
    store.nodes.set(name, {
      metadata: {
        name,
        namespace: '',
        uid: names.uid(),
        labels: { ...group.labels(type, offering), [HOSTNAME_LABEL]: name },
        annotations: {},
        ownerReferences: [],
        creationTimeMs: nowMs,
      },
      spec: { providerID: names.providerID(zone), taints: group.taints, unschedulable: false },
      status: {
        capacity: type.capacity,
        allocatable,
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTimeMs: nowMs }],
      },
    });
  }
}

/** Labels as the provider sets them, without the capacity type: that label is Karpenter's own. */
function managedLabels(type: InstanceType, offering: Offering): Readonly<Record<string, string>> {
  const labels = launchedLabels(type, offering);
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== CAPACITY_TYPE_LABEL));
}
