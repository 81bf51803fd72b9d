import { allocatableOf } from '../cloud/allocatable.js';
import { launchedLabels } from '../cloud/catalogue/labels.js';
import type { InstanceType, Offering } from '../cloud/instance-type.js';
import { CAPACITY_TYPE_LABEL, HOSTNAME_LABEL } from '../karpenter/requirements/labels.js';
import type { ManagedNodeGroup } from '../scenario/scenario-spec.js';
import type { Ec2 } from './ec2.js';
import { MANAGED_NODE_CLASS } from './managed-node-class.js';
import { timestampNow, type World } from './world.js';

/**
 * Nodes that are there from the start, outside Karpenter: on-demand, Ready, spread over the zones in turn.
 * @throws Error when no zone of the scenario sells the type
 */
export function startManagedNodes(world: World, ec2: Ec2, groups: readonly ManagedNodeGroup[]): void {
  const { log, names, region, store } = world;
  for (const group of groups) {
    const type = ec2.managedType(group.instanceType, MANAGED_NODE_CLASS);
    const offerings = type?.offerings.filter(
      ({ capacityType, available }) => capacityType === 'on-demand' && available,
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
        extras: ec2.extras(type.name, MANAGED_NODE_CLASS),
      });
      const nowMs = timestampNow(world);
      store.nodes.set(name, {
        metadata: {
          name,
          namespace: '',
          uid: names.uid(),
          labels: {
            ...managedLabels(type, offering),
            'eks.amazonaws.com/nodegroup': group.name,
            ...group.labels,
            [HOSTNAME_LABEL]: name,
          },
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
}

/** Labels as the provider sets them, without the capacity type: that label is Karpenter's own. */
function managedLabels(type: InstanceType, offering: Offering): Readonly<Record<string, string>> {
  const labels = launchedLabels(type, offering);
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== CAPACITY_TYPE_LABEL));
}
