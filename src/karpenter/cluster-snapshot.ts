import type { InstanceType } from '../cloud/instance-type.js';
import type { Node } from '../kubernetes/node.js';
import type { Pod } from '../kubernetes/pod.js';
import type { CSINode, PersistentVolume, StorageClass } from '../kubernetes/storage.js';
import type { DaemonSet, Namespace, PersistentVolumeClaim, PodDisruptionBudget } from '../kubernetes/workloads.js';
import type { NodeClaim } from './nodeclaim.js';
import type { NodePool } from './nodepool.js';

/** What cluster state tracks under one provider id: a NodeClaim, a Node, or both (EX-1). */
export interface StateNode {
  readonly node?: Node | undefined;
  readonly nodeClaim?: NodeClaim | undefined;
  /** Pods bound to the node, DaemonSet pods and terminal ones included. */
  readonly pods: readonly Pod[];
  /** Marked by a disruption command in memory; deletion timestamps are read from the objects. */
  readonly markedForDeletion: boolean;
  /** Held by a running disruption command: no candidate for anything (disruption.md §7.2). */
  readonly heldByCommand: boolean;
  /** Epoch milliseconds; 0 when never nominated. */
  readonly nominatedUntilMs: number;
}

/**
 * The cluster at one instant, as Karpenter sees it. Objects are immutable, so taking a snapshot is collecting references,
 * and a fork ("what if these nodes were gone") is another list over the same objects.
 */
export interface ClusterSnapshot {
  readonly nowMs: number;
  readonly nodePools: readonly NodePool[];
  readonly stateNodes: readonly StateNode[];
  /** Every pod of the cluster, bound or not, in creation order. */
  readonly pods: readonly Pod[];
  readonly daemonSets: readonly DaemonSet[];
  readonly podDisruptionBudgets: readonly PodDisruptionBudget[];
  readonly persistentVolumeClaims: readonly PersistentVolumeClaim[];
  readonly persistentVolumes: readonly PersistentVolume[];
  readonly storageClasses: readonly StorageClass[];
  readonly csiNodes: readonly CSINode[];
  readonly namespaces: readonly Namespace[];
  /** Instance types the provider offers to a NodePool, in provider order; the same array while nothing changed. */
  readonly instanceTypes: (nodePoolName: string) => readonly InstanceType[];
}
