import type { NodeClaim } from '../karpenter/nodeclaim.js';
import type { Node } from '../kubernetes/node.js';
import type { Pod } from '../kubernetes/pod.js';
import type { ReplicaSet } from '../kubernetes/workloads.js';

/** A pod that is there when the run begins. */
export interface StartPod {
  readonly pod: Pod;
  /** Its Deployment, StatefulSet, DaemonSet or Job as `namespace/name`; empty for a pod that nobody would make anew. */
  readonly service: string;
}

/**
 * What is there when a run begins, besides what the manifests define: times are those of the objects, so that ages count.
 * Owner references name the scenario's own workloads by their UIDs.
 */
export interface StartState {
  /** Karpenter's and those outside it. */
  readonly nodes: readonly Node[];
  readonly nodeClaims: readonly NodeClaim[];
  /** Of the scenario's Deployments. */
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly StartPod[];
}
