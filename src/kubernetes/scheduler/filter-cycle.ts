import type { Node } from '../node.js';
import { InterPodAffinityFilter } from './inter-pod-affinity-filter.js';
import { filterNodeObject } from './node-filters.js';
import type { NodeInfo } from './node-info.js';
import type { PodInfo } from './pod-info.js';
import { type Rejection, unschedulable } from './rejection.js';
import { filterResources } from './resources-fit.js';
import type { SchedulerCache } from './scheduler-cache.js';
import { TopologySpreadFilter } from './topology-spread-filter.js';
import { VolumeFilter } from './volume-filter.js';

const PORTS = unschedulable('NodePorts', "node(s) didn't have free ports for the requested pod ports");

/**
 * One pod's filters with what they have counted beforehand over the whole cluster. A clone may be told that pods come
 * or go, which is how preemption and nominated pods ask "what if".
 */
export class FilterCycle {
  private constructor(
    readonly info: PodInfo,
    private readonly volumes: VolumeFilter | undefined,
    private readonly spread: TopologySpreadFilter | undefined,
    private readonly affinity: InterPodAffinityFilter | undefined,
  ) {}

  /** Counts what the filters need; or returns the refusal of a claim that rules out every node. */
  static begin(info: PodInfo, cache: SchedulerCache): FilterCycle | Rejection {
    const volumes = VolumeFilter.forPod(info.pod, cache.volumes);
    if (volumes !== undefined && 'refused' in volumes) return volumes.refused;
    return new FilterCycle(
      info,
      volumes,
      TopologySpreadFilter.forPod(info.pod, cache),
      InterPodAffinityFilter.forPod(info, cache),
    );
  }

  /** All filters, in kube-scheduler's order; the first refusal counts. */
  filter(node: NodeInfo): Rejection | undefined {
    return filterNodeObject(this.info.pod, node.node) ?? this.filterPods(node);
  }

  /** The filters that depend on the pods placed so far, for a node object known to be acceptable. */
  filterPods(node: NodeInfo): Rejection | undefined {
    const { facts } = this.info;
    if (node.hostPorts.conflictsWith(facts.hostPorts)) return PORTS;
    return (
      filterResources(facts, node) ??
      this.volumes?.filter(node) ??
      this.spread?.filter(node.node) ??
      this.affinity?.filter(node.node)
    );
  }

  /** Counts a pod that is (delta 1) or is no longer (−1) on the node. */
  adjust(other: PodInfo, node: Node, delta: 1 | -1): void {
    this.volumes?.adjust(other.pod, delta);
    this.spread?.adjust(other.pod, node, delta);
    this.affinity?.adjust(other, node, delta);
  }

  clone(): FilterCycle {
    return new FilterCycle(this.info, this.volumes?.clone(), this.spread?.clone(), this.affinity?.clone());
  }
}
