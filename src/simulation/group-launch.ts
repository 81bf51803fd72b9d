import type { NodeGroup } from '../baseline/node-group.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import type { NodePool } from '../karpenter/nodepool.js';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../karpenter/requirements/labels.js';
import type { NodeSelectorRequirement } from '../kubernetes/selectors.js';

/*
 * An Auto Scaling group launches through the same EC2 as Karpenter, so that capacity, shortages, latency and prices are one and
 * the same for both. EC2 here is asked in Karpenter's words: a NodeClaim that admits the group's types in one zone.
 */

function only(key: string, ...values: string[]): NodeSelectorRequirement {
  return { key, operator: 'In', values };
}

/** The launch call of a group for one instance. */
export function groupClaim(group: NodeGroup, name: string, types: readonly string[], zone: string): NodeClaim {
  return {
    metadata: {
      name,
      namespace: '',
      uid: name,
      labels: {},
      annotations: {},
      ownerReferences: [],
      creationTimeMs: 0,
    },
    spec: {
      requirements: [
        only(INSTANCE_TYPE_LABEL, ...types),
        only(ZONE_LABEL, zone),
        only(CAPACITY_TYPE_LABEL, group.capacityType),
      ],
      requests: {},
      taints: [],
      startupTaints: [],
      nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: group.nodeClass.metadata.name },
      expireAfter: 'Never',
    },
    status: { conditions: [], capacity: {}, allocatable: {} },
  };
}

/** What the launch reads of a NodePool: its NodeClass and, in v1beta1, its kubelet settings. */
export function groupPool(group: NodeGroup): NodePool {
  return {
    apiVersion: 'karpenter.sh/v1',
    metadata: {
      name: group.name,
      namespace: '',
      uid: group.name,
      labels: {},
      annotations: {},
      ownerReferences: [],
      creationTimeMs: 0,
    },
    weight: 0,
    limits: {},
    disruption: { consolidationPolicy: 'WhenEmpty', budgets: [] },
    template: {
      labels: {},
      annotations: {},
      requirements: [],
      taints: [],
      startupTaints: [],
      nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: group.nodeClass.metadata.name },
      expireAfter: 'Never',
      kubelet: group.kubelet,
    },
    hash: '',
  };
}
