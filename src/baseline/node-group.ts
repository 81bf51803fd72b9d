import { allocatableOf } from '../cloud/allocatable.js';
import { launchedLabels } from '../cloud/catalogue/labels.js';
import type { InstanceType, Offering } from '../cloud/instance-type.js';
import type { EC2NodeClass, KubeletConfiguration } from '../cloud/node-class.js';
import { HOSTNAME_LABEL, NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import { withEntries } from '../kernel/copies.js';
import { NOT_READY_TAINT } from '../kubernetes/controllers/node-lifecycle.js';
import type { Node } from '../kubernetes/node.js';
import type { Taint } from '../kubernetes/taints.js';

/** How a managed node group buys: all of it one way, EKS does not mix (kubernetes.md §7.9). */
export type GroupCapacityType = 'on-demand' | 'spot';

/** What every node of a managed node group has in common. */
export interface NodeGroupTemplate {
  readonly name: string;
  /** NodePool whose pods the group serves; undefined for one that the scenario defines on its own. */
  readonly nodePool?: string | undefined;
  readonly capacityType: GroupCapacityType;
  /** Zones of its subnets. */
  readonly zones: readonly string[];
  /** Beside those of EKS, of the instance type and of the NodePool. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly nodeClass: EC2NodeClass;
  /** v1beta1 has kubelet settings in the NodePool. */
  readonly kubelet?: KubeletConfiguration | undefined;
  /** Where its types and sizes come from, in words. */
  readonly why: string;
}

/** A managed node group: one Auto Scaling group over all zones of the run. */
export interface NodeGroup extends NodeGroupTemplate {
  /** In order of preference; of one size, since Cluster Autoscaler takes the first one for all (kubernetes.md §7.2). */
  readonly instanceTypes: readonly string[];
  readonly minSize: number;
  readonly maxSize: number;
  /** For the priority expander: higher is preferred; 0 stands for a group that its ConfigMap does not name. */
  readonly priority: number;
}

/** Name, place and state of one node of a group. */
export interface GroupNodeIdentity {
  readonly name: string;
  readonly uid: string;
  readonly providerID: string;
  readonly creationTimeMs: number;
  readonly ready: boolean;
}

/**
 * Labels of a group's node. Karpenter's own labels for NodePool and capacity type stand there too, so that the manifests of the
 * scenario schedule as they are.
 */
export function groupNodeLabels(
  group: NodeGroupTemplate,
  type: InstanceType,
  offering: Offering,
): Readonly<Record<string, string>> {
  return {
    ...launchedLabels(type, offering),
    'eks.amazonaws.com/nodegroup': group.name,
    'eks.amazonaws.com/capacityType': group.capacityType === 'spot' ? 'SPOT' : 'ON_DEMAND',
    ...(group.nodePool === undefined ? {} : { [NODEPOOL_LABEL]: group.nodePool }),
    ...group.labels,
  };
}

/** A node outside Karpenter as the API server shows it; one that is not Ready has the not-ready taint besides. */
export function joinedNode(
  labels: Readonly<Record<string, string>>,
  taints: readonly Taint[],
  type: InstanceType,
  { name, uid, providerID, creationTimeMs, ready }: GroupNodeIdentity,
): Node {
  return {
    metadata: {
      name,
      namespace: '',
      uid,
      labels: withEntries(labels, { [HOSTNAME_LABEL]: name }),
      annotations: {},
      ownerReferences: [],
      creationTimeMs,
    },
    spec: { providerID, taints: ready ? taints : [NOT_READY_TAINT, ...taints], unschedulable: false },
    status: {
      capacity: type.capacity,
      allocatable: allocatableOf(type),
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          reason: ready ? 'KubeletReady' : 'KubeletNotReady',
          lastTransitionTimeMs: creationTimeMs,
        },
      ],
    },
  };
}

/** A node of a group. */
export function groupNode(
  group: NodeGroupTemplate,
  type: InstanceType,
  offering: Offering,
  identity: GroupNodeIdentity,
): Node {
  return joinedNode(groupNodeLabels(group, type, offering), group.taints, type, identity);
}

/** A Ready node as the group would start it, for asking what would fit; it is in no cluster. */
export function templateNode(group: NodeGroupTemplate, type: InstanceType, offering: Offering, name: string): Node {
  return groupNode(group, type, offering, {
    name,
    uid: name,
    providerID: `template:///${name}`,
    creationTimeMs: 0,
    ready: true,
  });
}
