import { HOSTNAME_LABEL, INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../karpenter/requirements/labels.js';
import type { ManagedNodeGroup } from './scenario-spec.js';
import type { StartState } from './start-state.js';

/** Labels by which EKS and eksctl name the group of a node. */
const GROUP_LABELS = ['eks.amazonaws.com/nodegroup', 'alpha.eksctl.io/nodegroup-name'];

/**
 * The nodes of a start state that Karpenter does not manage, as groups that are there from the start: so many of one type with
 * the labels and taints of their first node.
 */
export function groupsOutsideKarpenter({ nodes, nodeClaims }: StartState): readonly ManagedNodeGroup[] {
  const claimed = new Set(nodeClaims.map(({ status }) => status.nodeName));
  const groups = new Map<string, ManagedNodeGroup>();
  for (const { metadata, spec } of nodes) {
    if (claimed.has(metadata.name)) continue;
    const own = Object.entries(metadata.labels).filter(([key]) => key !== HOSTNAME_LABEL && key !== ZONE_LABEL);
    const labels = Object.fromEntries(own);
    const name = GROUP_LABELS.map((key) => labels[key]).find((value) => value !== undefined) ?? 'outside Karpenter';
    const instanceType = labels[INSTANCE_TYPE_LABEL] ?? '';
    const known = groups.get(`${name}/${instanceType}`);
    const group = known ?? { name, instanceType, count: 0, labels, taints: spec.taints };
    groups.set(`${name}/${instanceType}`, { ...group, count: group.count + 1 });
  }
  return [...groups.values()].filter(({ instanceType }) => instanceType !== '');
}
