/** The plugins of kube-scheduler that can refuse a node, by their own names. */
export type FilterPlugin =
  | 'NodeUnschedulable'
  | 'NodeName'
  | 'TaintToleration'
  | 'NodeAffinity'
  | 'NodePorts'
  | 'NodeResourcesFit'
  | 'VolumeRestrictions'
  | 'NodeVolumeLimits'
  | 'VolumeBinding'
  | 'VolumeZone'
  | 'PodTopologySpread'
  | 'InterPodAffinity';

/** `UnschedulableAndUnresolvable`: removing pods from the node would not help, so it is no preemption candidate. */
export type RejectionCode = 'Unschedulable' | 'UnschedulableAndUnresolvable';

/** Why one node was refused: the first filter that did, and its reasons in Kubernetes' words. */
export interface Rejection {
  /** Undefined when the nodes were narrowed down before filtering. */
  readonly plugin?: FilterPlugin | undefined;
  readonly code: RejectionCode;
  readonly reasons: readonly string[];
}

/** A rejection that preemption may resolve. */
export function unschedulable(plugin: FilterPlugin, ...reasons: readonly string[]): Rejection {
  return { plugin, code: 'Unschedulable', reasons };
}

/** A rejection that preemption cannot resolve. */
export function unresolvable(plugin: FilterPlugin, ...reasons: readonly string[]): Rejection {
  return { plugin, code: 'UnschedulableAndUnresolvable', reasons };
}
