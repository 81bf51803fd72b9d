import type { Pod } from '../../kubernetes/pod.js';

const DELETION_COST_ANNOTATION = 'controller.kubernetes.io/pod-deletion-cost';
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Cost of evicting a pod: 1, moved by its deletion cost and its priority, within ±10 (disruption.md §3). A deletion
 * cost that is no number counts as none.
 */
export function evictionCost(pod: Pod): number {
  const annotation = pod.metadata.annotations[DELETION_COST_ANNOTATION];
  const deletionCost = annotation !== undefined && FLOAT.test(annotation) ? Number(annotation) : 0;
  const cost = 1 + deletionCost / 2 ** 27 + (pod.spec.priority ?? 0) / 2 ** 25;
  return Math.min(Math.max(cost, -10), 10);
}
