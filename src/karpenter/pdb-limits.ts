import { matchesLabelSelector } from '../kubernetes/label-selector.js';
import type { Pod } from '../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../kubernetes/workloads.js';
import { DISRUPTED_TAINT } from './lifecycle/markers.js';
import { isDisruptable, isEvictable, isReschedulable } from './pod-predicates.js';

/** The PodDisruptionBudgets that keep a pod where it is; empty when none does. */
export type BlockingBudgets = readonly PodDisruptionBudget[];

/** Budgets of the pod's namespace whose selector matches it; an absent selector matches nothing, an empty one everything. */
function budgetsOf(pod: Pod, budgets: readonly PodDisruptionBudget[]): readonly PodDisruptionBudget[] {
  return budgets.filter(
    (budget) =>
      budget.metadata.namespace === pod.metadata.namespace &&
      matchesLabelSelector(budget.selector, pod.metadata.labels),
  );
}

/** Whether the budget would never let any pod go, whatever the pods' health (POD-4). */
function isFullyBlocking(budget: PodDisruptionBudget): boolean {
  return budget.maxUnavailable === 0 || budget.maxUnavailable === '0%' || budget.minAvailable === '100%';
}

function letsUnhealthyGo(budget: PodDisruptionBudget, pod: Pod): boolean {
  return (
    budget.unhealthyPodEvictionPolicy === 'AlwaysAllow' &&
    pod.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'False')
  );
}

function blockingWhen(
  pod: Pod,
  budgets: readonly PodDisruptionBudget[],
  nowMs: number,
  blocks: (budget: PodDisruptionBudget) => boolean,
): BlockingBudgets {
  if (!isEvictable(pod, nowMs, DISRUPTED_TAINT)) return [];
  const matching = budgetsOf(pod, budgets);
  // The eviction API refuses pods with more than one budget, whatever the budgets say.
  if (matching.length > 1) return matching;
  return matching.filter((budget) => !letsUnhealthyGo(budget, pod) && blocks(budget));
}

/**
 * Budgets that forbid evicting the pod now, v1.14.1 (disruption.md §2.4). Pods that would not be evicted anyway are
 * never blocked. More than one means that the eviction API refuses several budgets on one pod.
 */
export function blockingBudgets(pod: Pod, budgets: readonly PodDisruptionBudget[], nowMs: number): BlockingBudgets {
  return blockingWhen(pod, budgets, nowMs, (budget) => budget.status.disruptionsAllowed === 0);
}

/** The same for v0.32.0: every matching budget speaks for itself, and every candidate pod is asked about. */
export function blockingBudgetsV0(pod: Pod, budgets: readonly PodDisruptionBudget[]): BlockingBudgets {
  return budgetsOf(pod, budgets).filter(
    (budget) => !letsUnhealthyGo(budget, pod) && budget.status.disruptionsAllowed === 0,
  );
}

/**
 * Whether v1.14.1 provides for the pod when its node goes away: reschedulable, not protected by do-not-disrupt, and not
 * held by a budget that will never let it go (POD-4).
 */
export function isCurrentlyReschedulable(pod: Pod, budgets: readonly PodDisruptionBudget[], nowMs: number): boolean {
  return (
    isReschedulable(pod) && isDisruptable(pod, nowMs) && blockingWhen(pod, budgets, nowMs, isFullyBlocking).length === 0
  );
}
