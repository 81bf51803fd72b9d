import { changed } from '../kernel/copies.js';
import { NOT_READY_TAINT } from '../kubernetes/controllers/node-lifecycle.js';
import type { Node } from '../kubernetes/node.js';
import type { Taint } from '../kubernetes/taints.js';
import { withCondition } from './pod-lifecycle.js';

/** Cluster Autoscaler's taints: on a node that goes, and on one that may go (kubernetes.md §7.8). */
const TO_BE_DELETED: Taint = { key: 'ToBeDeletedByClusterAutoscaler', value: '', effect: 'NoSchedule' };
const DELETION_CANDIDATE: Taint = {
  key: 'DeletionCandidateOfClusterAutoscaler',
  value: '',
  effect: 'PreferNoSchedule',
};

function withTaints(node: Node, taints: readonly Taint[]): Node {
  return changed(node, { spec: changed(node.spec, { taints }) });
}

function without(node: Node, { key }: Taint): readonly Taint[] {
  return node.spec.taints.filter((taint) => taint.key !== key);
}

/** A node whose kubelet has become Ready, without the taint that it had until then. */
export function becameReady(node: Node, nowMs: number): Node {
  const conditions = withCondition(node.status.conditions, 'Ready', 'True', 'KubeletReady', nowMs);
  return changed(withTaints(node, without(node, NOT_READY_TAINT)), { status: changed(node.status, { conditions }) });
}

/** `kubectl cordon`. */
export function cordon(node: Node): Node {
  return { ...node, spec: { ...node.spec, unschedulable: true } };
}

/** A node that Cluster Autoscaler is about to delete: tainted, and since 1.34 cordoned too. */
export function withToBeDeleted(node: Node): Node {
  return cordon(withTaints(node, [...without(node, TO_BE_DELETED), TO_BE_DELETED]));
}

/** The same after its drain has failed. */
export function withoutToBeDeleted(node: Node): Node {
  const released = withTaints(node, without(node, TO_BE_DELETED));
  return { ...released, spec: { ...released.spec, unschedulable: false } };
}

/** Whether the node is marked as one that may go. */
export function isDeletionCandidate(node: Node): boolean {
  return node.spec.taints.some(({ key }) => key === DELETION_CANDIDATE.key);
}

/** Steers new pods away from a node that may go, or no longer. */
export function markDeletionCandidate(node: Node, candidate: boolean): Node {
  const others = without(node, DELETION_CANDIDATE);
  return withTaints(node, candidate ? [...others, DELETION_CANDIDATE] : others);
}
