import { withDaemonPods } from '../baseline/daemon-pods.js';
import { ClusterSnapshot } from '../baseline/cluster-snapshot.js';
import { estimateNodes, type NodeTemplate } from '../baseline/estimator.js';
import { type GroupCapacityType, type NodeGroupTemplate, templateNode } from '../baseline/node-group.js';
import type { PeakPods } from '../baseline/static-fleet.js';
import type { InstanceType } from '../cloud/instance-type.js';
import type { NodePool } from '../karpenter/nodepool.js';
import { WELL_KNOWN_LABELS } from '../karpenter/requirements/labels.js';
import type { Pod } from '../kubernetes/pod.js';
import type { DaemonSet } from '../kubernetes/workloads.js';
import type { GroupTypes } from './group-types.js';

/** A NodePool with the workloads that a baseline's groups for it have to hold. */
export interface ServedPool {
  readonly nodePool: NodePool;
  /** Types that its groups could have. */
  readonly types: readonly InstanceType[];
  readonly workloads: readonly PeakPods[];
}

/** What stands for a NodePool in a node group: its labels and taints, so that the same pods go there. */
export function poolTemplate(
  nodePool: NodePool,
  capacityType: GroupCapacityType,
  name: string,
  types: GroupTypes,
): NodeGroupTemplate {
  const { template, metadata } = nodePool;
  const own = template.requirements.flatMap(({ key, operator, values }) =>
    operator === 'In' && values.length === 1 && !WELL_KNOWN_LABELS.has(key) ? [[key, values[0] ?? ''] as const] : [],
  );
  return {
    name,
    nodePool: metadata.name,
    capacityType,
    zones: types.zonesOf(nodePool),
    labels: { ...Object.fromEntries(own), ...template.labels },
    taints: template.taints,
    nodeClass: types.nodeClassOf(nodePool),
    kubelet: template.kubelet,
    why: `stands for NodePool ${metadata.name}`,
  };
}

/** What a group has in common that stands for no NodePool. */
export function plainTemplate(name: string, capacityType: GroupCapacityType, types: GroupTypes): NodeGroupTemplate {
  const nodeClass = types.nodeClassOf(undefined);
  return {
    name,
    capacityType,
    zones: types.zonesOf(undefined),
    labels: {},
    taints: [],
    nodeClass,
    why: 'as the scenario has it',
  };
}

/** An empty node of a group in the first zone that sells the type, DaemonSet pods and all; undefined where none does. */
export function emptyNode(
  group: NodeGroupTemplate,
  type: InstanceType,
  nodePool: NodePool | undefined,
  types: GroupTypes,
  daemonSets: readonly DaemonSet[],
): NodeTemplate | undefined {
  const [offering] = types.offerings(type, group.capacityType, nodePool);
  return offering === undefined
    ? undefined
    : withDaemonPods(templateNode(group, type, offering, `${group.name}-${type.name}`), daemonSets);
}

/** Whether the pod could run on an empty node of that shape. */
function fitsEmptyNode(pod: Pod, template: NodeTemplate): boolean {
  return estimateNodes(new ClusterSnapshot(), [{ pods: [pod] }], template).nodes === 1;
}

/** NodePools as Karpenter tries them: heaviest first, then by name, the last one first. */
function inOrderOfTrial(nodePools: readonly NodePool[]): readonly NodePool[] {
  const descending = (a: string, b: string): number => (a > b ? -1 : a < b ? 1 : 0);
  return [...nodePools].sort((a, b) => b.weight - a.weight || descending(a.metadata.name, b.metadata.name));
}

/**
 * Gives each workload to the first NodePool some of whose types, bought one of these ways, take its pods. Workloads that no
 * NodePool takes, such as the system's own, are left to the managed node groups that are there anyway.
 */
export function servedPools(
  nodePools: readonly NodePool[],
  workloads: readonly PeakPods[],
  capacityTypes: readonly GroupCapacityType[],
  types: GroupTypes,
  daemonSets: readonly DaemonSet[],
): { readonly served: readonly ServedPool[]; readonly unserved: readonly PeakPods[] } {
  let left = workloads;
  const served = inOrderOfTrial(nodePools).map((nodePool): ServedPool => {
    const admitted = types.admittedBy(nodePool);
    const templates = capacityTypes.flatMap((capacityType) => {
      const group = poolTemplate(nodePool, capacityType, nodePool.metadata.name, types);
      return admitted.flatMap((type) => emptyNode(group, type, nodePool, types, daemonSets) ?? []);
    });
    const taken = left.filter(({ sample }) => templates.some((template) => fitsEmptyNode(sample, template)));
    left = left.filter((workload) => !taken.includes(workload));
    return { nodePool, types: admitted, workloads: taken };
  });
  return { served, unserved: left };
}
