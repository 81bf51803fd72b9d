import type { NodeTemplate } from '../../../src/baseline/estimator.js';
import type { NodeGroup } from '../../../src/baseline/node-group.js';
import { assumedNodeClass } from '../../../src/scenario/offered-types.js';
import type { Pod } from '../../../src/kubernetes/pod.js';
import { GI, node, ownedBy, pod } from '../../kubernetes/objects.js';

export function group(name: string, more: Partial<NodeGroup> = {}): NodeGroup {
  return {
    name,
    capacityType: 'on-demand',
    zones: ['us-east-1a'],
    labels: {},
    taints: [],
    nodeClass: assumedNodeClass('default'),
    why: '',
    instanceTypes: ['m5.xlarge'],
    minSize: 0,
    maxSize: 10,
    priority: 0,
    ...more,
  };
}

/** A node of so many cores and GiB, all of it allocatable. */
export function shape(name: string, cpu: number, gib: number, more: Parameters<typeof node>[1] = {}): NodeTemplate {
  return {
    node: node(name, { allocatable: { cpu: cpu * 1000, memory: gib * GI, pods: 58 }, ...more }),
    daemonPods: [],
  };
}

const UNSCHEDULABLE = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'Unschedulable',
  lastTransitionTimeMs: 0,
} as const;

/** Pods of one ReplicaSet that kube-scheduler has found no node for; they share their spec as pods of a template do. */
export function pendingPods(
  name: string,
  count: number,
  cpu: number,
  gib: number,
  more: Parameters<typeof pod>[1] = {},
): readonly Pod[] {
  const first = pod(name, {
    requests: { cpu: cpu * 1000, memory: gib * GI },
    owner: ownedBy('ReplicaSet', name),
    status: { conditions: [UNSCHEDULABLE] },
    ...more,
  });
  return Array.from({ length: count }, (_, index) => ({
    ...first,
    metadata: { ...first.metadata, name: `${name}-${index}`, uid: `uid-${name}-${index}` },
  }));
}
