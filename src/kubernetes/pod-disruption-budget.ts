import { scaledValue } from './int-or-percent.js';
import { matchesLabelSelector } from './label-selector.js';
import { controllerOf, type OwnerReference } from './object-meta.js';
import type { Pod } from './pod.js';
import { isPodReady } from './pod-conditions.js';
import type { PodDisruptionBudget } from './workloads.js';

/** An evicted pod that is still there after this counts as healthy again, ms. */
const DELETION_TIMEOUT_MS = 120_000;

/** How many pods a controller wants. */
export interface ControllerScale {
  /** Of the controller that decides: the Deployment behind a ReplicaSet, so that two revisions count once. */
  readonly uid: string;
  readonly replicas: number;
}

/** Scale of a pod's controller by the controller's uid; a bare number is that controller's own. */
export type ScaleOf = (ownerUid: string) => ControllerScale | number | undefined;

type Status = PodDisruptionBudget['status'];

/** True when the budget covers the pod. An absent selector selects nothing, an empty one the whole namespace. */
export function coversPod(budget: PodDisruptionBudget, pod: Pod): boolean {
  return (
    budget.metadata.namespace === pod.metadata.namespace && matchesLabelSelector(budget.selector, pod.metadata.labels)
  );
}

/** Kinds whose scale the PDB controller cannot read. */
function withoutScale(owner: OwnerReference): string | undefined {
  if (owner.kind === 'DaemonSet') return 'daemonsets.apps does not implement the scale subresource';
  if (owner.kind === 'Job') return 'jobs.batch does not implement the scale subresource';
  return undefined;
}

/** Sum of the scales of the pods' controllers, each counted once; pods without one do not count. A text is an error. */
function expectedScale(pods: readonly Pod[], scaleOf: ScaleOf): number | string {
  const replicas = new Map<string, number>();
  let last: string | undefined;
  for (const { metadata } of pods) {
    const owner = controllerOf(metadata.ownerReferences);
    // Mostly all pods have the same one.
    if (owner === undefined || owner.uid === last) continue;
    last = owner.uid;
    const error = withoutScale(owner);
    if (error !== undefined) return error;
    const scale = scaleOf(owner.uid);
    if (scale === undefined) return `found no controllers for pod "${metadata.name}"`;
    if (typeof scale === 'number') replicas.set(owner.uid, scale);
    else replicas.set(scale.uid, scale.replicas);
  }
  let sum = 0;
  for (const count of replicas.values()) sum += count;
  return sum;
}

interface Demand {
  readonly expected: number;
  readonly desired: number;
}

function demandOf(budget: PodDisruptionBudget, pods: readonly Pod[], scaleOf: ScaleOf): Demand | string {
  const { minAvailable, maxUnavailable } = budget;
  if (maxUnavailable === undefined && minAvailable === undefined) return { expected: 0, desired: 0 };
  if (maxUnavailable === undefined && typeof minAvailable === 'number') {
    return { expected: pods.length, desired: minAvailable };
  }
  const expected = expectedScale(pods, scaleOf);
  if (typeof expected === 'string') return expected;
  // Percentages round up both ways: 25 % of 3 lets one pod go (kubernetes.md §4.1).
  if (maxUnavailable !== undefined) {
    return { expected, desired: Math.max(0, expected - scaledValue(maxUnavailable, expected, 'up')) };
  }
  return { expected, desired: scaledValue(minAvailable ?? 0, expected, 'up') };
}

const NO_EVICTIONS: Readonly<Record<string, number>> = {};

function stillDisrupted(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  nowMs: number,
): Readonly<Record<string, number>> {
  const { disruptedPods } = budget.status;
  if (disruptedPods === undefined || Object.keys(disruptedPods).length === 0) return NO_EVICTIONS;
  const disrupted: Record<string, number> = {};
  for (const { metadata } of pods) {
    const evictedMs = disruptedPods[metadata.name];
    if (evictedMs === undefined || metadata.deletionTimeMs !== undefined) continue;
    if (evictedMs + DELETION_TIMEOUT_MS >= nowMs) disrupted[metadata.name] = evictedMs;
  }
  return disrupted;
}

/**
 * One sync of the disruption controller: the budget's new status over the pods of the cluster (kubernetes.md §4.1).
 * @param nowMs - Epoch ms; needed only when evictions are remembered in `status.disruptedPods`.
 */
export function podDisruptionBudgetStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  scaleOf: ScaleOf,
  nowMs = 0,
): Status {
  const covered = pods.filter((pod) => coversPod(budget, pod));
  return statusOverCovered(budget, covered, scaleOf, nowMs);
}

/** The same where it is known which pods the budget covers. */
export function statusOverCovered(
  budget: PodDisruptionBudget,
  covered: readonly Pod[],
  scaleOf: ScaleOf,
  nowMs: number,
): Status {
  const demand = demandOf(budget, covered, scaleOf);
  if (typeof demand === 'string') return { ...budget.status, disruptionsAllowed: 0, syncError: demand };
  const disruptedPods = stillDisrupted(budget, covered, nowMs);
  let currentHealthy = 0;
  for (const pod of covered) {
    if (pod.metadata.deletionTimeMs !== undefined || !isPodReady(pod)) continue;
    // An eviction exactly as old as the timeout is still remembered, and no longer counted.
    const isDisrupted =
      disruptedPods !== NO_EVICTIONS && (disruptedPods[pod.metadata.name] ?? -Infinity) + DELETION_TIMEOUT_MS > nowMs;
    if (!isDisrupted) currentHealthy++;
  }
  const { expected, desired } = demand;
  return {
    disruptionsAllowed: expected <= 0 ? 0 : Math.max(0, currentHealthy - desired),
    currentHealthy,
    desiredHealthy: desired,
    expectedPods: expected,
    disruptedPods,
  };
}
