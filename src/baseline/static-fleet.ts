import type { Pod } from '../kubernetes/pod.js';
import { ClusterSnapshot } from './cluster-snapshot.js';
import { estimateNodes, type NodeTemplate } from './estimator.js';

/** Pods of one workload at the peak of the run. */
export interface PeakPods {
  /** One pod of it, unbound. */
  readonly sample: Pod;
  readonly replicas: number;
}

/** A fleet that is there from the first moment to the last. */
export interface StaticFleet {
  /** Of all zones together; the same number in each. */
  readonly nodes: number;
  /** Workloads, `namespace/name` of a pod, some of whose pods no node of this shape takes. */
  readonly unplaced: readonly string[];
}

/**
 * How many nodes of one shape hold the peak when one zone is lost: the pods must fit into the zones that are left, so every zone
 * gets what 1/(Z−1) of each workload needs (kubernetes.md §6). With one zone there is none to lose, and it holds everything.
 *
 * @param template an empty node of the shape with its DaemonSet pods
 * @param reserve share of each node's CPU and memory to keep free, 0 to 1
 */
export function staticFleet(
  workloads: readonly PeakPods[],
  template: NodeTemplate,
  zones: number,
  reserve: number,
): StaticFleet {
  const remaining = Math.max(1, zones - 1);
  const groups = workloads.map(({ sample, replicas }) => ({
    pods: copies(sample, Math.ceil(replicas / remaining)),
  }));
  const { nodes, pods } = estimateNodes(new ClusterSnapshot(), groups, withReserve(template, reserve), Infinity);
  const placed = new Set(pods);
  const unplaced = groups
    .filter((group) => group.pods.some((pod) => !placed.has(pod)))
    .flatMap((group) => group.pods.slice(0, 1).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  return { nodes: nodes * zones, unplaced };
}

function copies(sample: Pod, count: number): readonly Pod[] {
  return Array.from({ length: count }, (_, index) => ({
    ...sample,
    metadata: { ...sample.metadata, uid: `${sample.metadata.uid}/${index}` },
  }));
}

function withReserve({ node, daemonPods }: NodeTemplate, reserve: number): NodeTemplate {
  const { allocatable } = node.status;
  const left = (amount: number | undefined): number => Math.floor((amount ?? 0) * (1 - reserve));
  return {
    node: {
      ...node,
      status: {
        ...node.status,
        allocatable: { ...allocatable, cpu: left(allocatable['cpu']), memory: left(allocatable['memory']) },
      },
    },
    daemonPods,
  };
}
