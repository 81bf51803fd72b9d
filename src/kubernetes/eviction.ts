import type { Pod } from './pod.js';
import { isPodFinished, isPodReady } from './pod-conditions.js';
import { coversPod } from './pod-disruption-budget.js';
import type { PodDisruptionBudget } from './workloads.js';

/** What the eviction API answers (kubernetes.md §4.2). */
export type EvictionDecision =
  /** The pod is deleted; `charges` names the budget whose disruptionsAllowed falls by one. */
  | { readonly allowed: true; readonly charges?: PodDisruptionBudget | undefined }
  /** `TooManyRequests` (429) may be tried again; `Misconfigured` (500, more than one budget) never succeeds. */
  | {
      readonly allowed: false;
      readonly code: 'TooManyRequests' | 'Misconfigured';
      /** Names of the budgets in the way. */
      readonly budgets: readonly string[];
    };

/** Decides on the eviction of a pod, given the budgets with their present status. */
export function decideEviction(pod: Pod, budgets: Iterable<PodDisruptionBudget>): EvictionDecision {
  if (pod.status.phase === 'Pending' || isPodFinished(pod) || pod.metadata.deletionTimeMs !== undefined) {
    return { allowed: true };
  }
  const covering: PodDisruptionBudget[] = [];
  for (const budget of budgets) if (coversPod(budget, pod)) covering.push(budget);
  const [budget] = covering;
  if (budget === undefined) return { allowed: true };
  const names = covering.map(({ metadata }) => metadata.name);
  if (covering.length > 1) return { allowed: false, code: 'Misconfigured', budgets: names };
  const { currentHealthy, desiredHealthy, disruptionsAllowed } = budget.status;
  if (!isPodReady(pod)) {
    if (budget.unhealthyPodEvictionPolicy === 'AlwaysAllow') return { allowed: true };
    if (currentHealthy >= desiredHealthy && desiredHealthy > 0) return { allowed: true };
  }
  if (disruptionsAllowed <= 0) return { allowed: false, code: 'TooManyRequests', budgets: names };
  return { allowed: true, charges: budget };
}

/** The budget after an eviction was granted at `nowMs`: one disruption less, and the pod remembered until it is gone. */
export function chargeBudget(budget: PodDisruptionBudget, podName: string, nowMs: number): PodDisruptionBudget {
  const { status } = budget;
  return {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: status.disruptionsAllowed - 1,
      disruptedPods: { ...status.disruptedPods, [podName]: nowMs },
    },
  };
}
