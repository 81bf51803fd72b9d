import type { StaticGroup } from '../baseline/baseline.js';
import { groupNodeLabels } from '../baseline/node-group.js';
import { launchedLabels } from '../cloud/catalogue/labels.js';
import type { InstanceType, Offering } from '../cloud/instance-type.js';
import { CAPACITY_TYPE_LABEL } from '../karpenter/requirements/labels.js';
import type { Node } from '../kubernetes/node.js';
import type { ManagedNodeGroup } from '../scenario/scenario-spec.js';
import { MANAGED_NODE_CLASS } from './managed-node-class.js';
import type { NodeProvider } from './node-provider.js';
import type { StandingGroup, StandingGroups } from './standing-groups.js';

/** Nodes that stay whatever happens: none is spot, and a deletion is not modelled. */
export const STANDING_NODES: NodeProvider = {
  spotInstances: () => [],
  warn: () => undefined,
  recommendRebalance: () => undefined,
  deleteNode: () => undefined,
};

/**
 * Nodes that are there from the start, outside Karpenter: on-demand, Ready, spread over the zones in turn.
 * @throws Error when no zone of the scenario sells the type
 */
export function startManagedNodes(standing: StandingGroups, groups: readonly ManagedNodeGroup[]): void {
  for (const { name, instanceType, count, labels, taints } of groups) {
    const group: StandingGroup = {
      name,
      instanceType,
      capacityType: 'on-demand',
      taints,
      nodeClass: MANAGED_NODE_CLASS,
      isBaseline: false,
      labels: (type, offering) => ({
        ...managedLabels(type, offering),
        'eks.amazonaws.com/nodegroup': name,
        ...labels,
      }),
    };
    standing.start(group, count);
  }
}

/**
 * The static fleet of a baseline, in the same way.
 * @throws Error when no zone of the group sells the type
 */
export function startStaticFleet(standing: StandingGroups, groups: readonly StaticGroup[]): void {
  for (const group of groups) {
    const own = {
      ...group,
      capacityType: 'on-demand' as const,
      isBaseline: true,
      labels: (type: InstanceType, offering: Offering) => groupNodeLabels(group, type, offering),
    };
    standing.start(own, group.count);
  }
}

/** The group behind a node of a running cluster, as far as the node tells; `zones` are those of the group's nodes. */
export function groupOfNode(
  { metadata, spec }: Node,
  { name, instanceType, capacityType }: Pick<StandingGroup, 'name' | 'instanceType' | 'capacityType'>,
  zones: readonly string[],
): StandingGroup {
  return {
    name,
    instanceType,
    capacityType,
    taints: spec.taints.filter(({ key }) => !key.startsWith('node.kubernetes.io/')),
    nodeClass: MANAGED_NODE_CLASS,
    zones,
    isBaseline: false,
    labels: (type, offering) => ({ ...metadata.labels, ...managedLabels(type, offering) }),
  };
}

/** Labels as the provider sets them, without the capacity type: that label is Karpenter's own. */
function managedLabels(type: InstanceType, offering: Offering): Readonly<Record<string, string>> {
  const labels = launchedLabels(type, offering);
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== CAPACITY_TYPE_LABEL));
}
