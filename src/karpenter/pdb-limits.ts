import { ObjectCache } from '../kernel/object-cache.js';
import { matchesLabelSelector } from '../kubernetes/label-selector.js';
import type { Pod } from '../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../kubernetes/workloads.js';
import { DISRUPTED_TAINT } from './lifecycle/markers.js';
import { isDisruptable, isEvictable, isReschedulable } from './pod-predicates.js';

/** The PodDisruptionBudgets that keep a pod where it is; empty when none does. */
export type BlockingBudgets = readonly PodDisruptionBudget[];

const NO_BUDGETS: BlockingBudgets = [];

interface KnownBudgets {
  budgets: readonly PodDisruptionBudget[];
  readonly namespace: string;
  /** Where the matching ones stand in the list. */
  readonly places: readonly number[];
  matching: BlockingBudgets;
}

/** By the labels, which all pods of a template share. */
const knownBudgets = new ObjectCache<Pod['metadata']['labels'], KnownBudgets>();

/** Budgets of the pod's namespace whose selector matches it; an absent selector matches nothing, an empty one everything. */
function budgetsOf({ metadata }: Pod, budgets: readonly PodDisruptionBudget[]): KnownBudgets {
  const { labels, namespace } = metadata;
  let known = knownBudgets.get(labels);
  if (known?.namespace === namespace) {
    if (known.budgets === budgets) return known;
    if (asksForTheSame(known.budgets, budgets)) {
      known.budgets = budgets;
      if (known.places.length > 0) known.matching = known.places.map((place) => budgets[place] as PodDisruptionBudget);
      return known;
    }
  }
  const places: number[] = [];
  const matching: PodDisruptionBudget[] = [];
  for (const [place, budget] of budgets.entries()) {
    if (budget.metadata.namespace !== namespace || !matchesLabelSelector(budget.selector, labels)) continue;
    places.push(place);
    matching.push(budget);
  }
  knownBudgets.set(labels, (known = { budgets, namespace, places, matching }));
  return known;
}

/** Where the budgets that cover the pod stand in the list. */
export function budgetPlaces(pod: Pod, budgets: readonly PodDisruptionBudget[]): readonly number[] {
  return budgetsOf(pod, budgets).places;
}

/** Whether the lists hold the same budgets, each in its place, whatever their status. */
export function asksForTheSame(a: readonly PodDisruptionBudget[], b: readonly PodDisruptionBudget[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let place = 0; place < a.length; place++) {
    const [one, other] = [a[place] as PodDisruptionBudget, b[place] as PodDisruptionBudget];
    if (one === other) continue;
    if (
      one.metadata !== other.metadata ||
      one.selector !== other.selector ||
      one.minAvailable !== other.minAvailable ||
      one.maxUnavailable !== other.maxUnavailable ||
      one.unhealthyPodEvictionPolicy !== other.unhealthyPodEvictionPolicy
    ) {
      return false;
    }
  }
  return true;
}

/** Whether the budget lets no pod go now. */
function allowsNothing(budget: PodDisruptionBudget): boolean {
  return budget.status.disruptionsAllowed === 0;
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
  const { matching } = budgetsOf(pod, budgets);
  if (matching.length === 0 || !isEvictable(pod, nowMs, DISRUPTED_TAINT)) return NO_BUDGETS;
  // The eviction API refuses pods with more than one budget, whatever the budgets say.
  if (matching.length > 1) return matching;
  const [only] = matching;
  return only !== undefined && blocks(only) && !letsUnhealthyGo(only, pod) ? matching : NO_BUDGETS;
}

/**
 * Budgets that forbid evicting the pod now, v1.14.1 (disruption.md §2.4). Pods that would not be evicted anyway are
 * never blocked. More than one means that the eviction API refuses several budgets on one pod.
 */
export function blockingBudgets(pod: Pod, budgets: readonly PodDisruptionBudget[], nowMs: number): BlockingBudgets {
  return blockingWhen(pod, budgets, nowMs, allowsNothing);
}

/** The same for v0.32.0: every matching budget speaks for itself, and every candidate pod is asked about. */
export function blockingBudgetsV0(pod: Pod, budgets: readonly PodDisruptionBudget[]): BlockingBudgets {
  return budgetsOf(pod, budgets).matching.filter((budget) => !letsUnhealthyGo(budget, pod) && allowsNothing(budget));
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
