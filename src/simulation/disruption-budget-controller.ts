import { changed } from '../kernel/copies.js';
import { coversPod, podDisruptionBudgetStatus, type ScaleOf } from '../kubernetes/pod-disruption-budget.js';
import { isPodReady } from '../kubernetes/pod-conditions.js';
import type { Pod } from '../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../kubernetes/workloads.js';
import { type Change, objectKey } from './cluster-store.js';
import { epochNow, type World } from './world.js';

interface Budget {
  object: PodDisruptionBudget;
  readonly covered: Map<string, Pod>;
}

/** Keeps the status of every PodDisruptionBudget, worked out when somebody looks and a covered pod has changed. */
export class DisruptionBudgetController {
  readonly #world: World;
  readonly #scaleOf: ScaleOf;
  readonly #budgets = new Map<string, Budget>();
  #current: readonly PodDisruptionBudget[] = [];
  readonly #stale = new Set<Budget>();
  /** Budgets have come or gone. */
  #listChanged = false;

  constructor(world: World, scaleOf: ScaleOf) {
    this.#world = world;
    this.#scaleOf = scaleOf;
    world.store.pods.subscribe((change) => {
      const pod = change.after ?? change.before;
      if (pod === undefined) return;
      const key = objectKey(pod.metadata);
      for (const budget of this.#budgets.values()) this.#podChanged(budget, key, pod, change);
    });
  }

  /** Creates or replaces a budget. */
  apply(object: PodDisruptionBudget): void {
    const covered = new Map<string, Pod>();
    for (const pod of this.#world.store.pods.values()) {
      if (coversPod(object, pod)) covered.set(objectKey(pod.metadata), pod);
    }
    const key = objectKey(object.metadata);
    this.#forget(key);
    const budget: Budget = { object, covered };
    this.#budgets.set(key, budget);
    this.#stale.add(budget);
  }

  /** Removes the budget under `namespace/name`. */
  remove(key: string): void {
    this.#forget(key);
    this.#budgets.delete(key);
  }

  #forget(key: string): void {
    const budget = this.#budgets.get(key);
    if (budget !== undefined) this.#stale.delete(budget);
    this.#listChanged = true;
  }

  /** The scale of some workload changed: percentages mean something else. */
  scaleChanged(): void {
    for (const budget of this.#budgets.values()) this.#stale.add(budget);
  }

  /** All budgets with their present status; the same array while none of them changed. */
  budgets(): readonly PodDisruptionBudget[] {
    if (this.#stale.size === 0 && !this.#listChanged) return this.#current;
    let isNews = this.#listChanged;
    for (const budget of this.#stale) {
      const status = podDisruptionBudgetStatus(
        budget.object,
        budget.covered.values(),
        this.#scaleOf,
        epochNow(this.#world),
      );
      if (isSameStatus(status, budget.object.status)) continue;
      budget.object = changed(budget.object, { status });
      isNews = true;
    }
    this.#stale.clear();
    this.#listChanged = false;
    if (isNews) this.#current = [...this.#budgets.values()].map(({ object }) => object);
    return this.#current;
  }

  #podChanged(budget: Budget, key: string, pod: Pod, { before, after }: Change<Pod>): void {
    // Labels of a pod do not change here, so whether it is covered is decided at its creation.
    if (before === undefined ? !coversPod(budget.object, pod) : !budget.covered.has(key)) return;
    if (after === undefined) budget.covered.delete(key);
    else budget.covered.set(key, after);
    if (before !== undefined && after !== undefined && countsAlike(before, after) && !remembersEvictions(budget))
      return;
    this.#stale.add(budget);
  }
}

/** Whether a budget counts the pod as before: healthy or not, on its way out or not. */
function countsAlike(before: Pod, after: Pod): boolean {
  return before.metadata.deletionTimeMs === after.metadata.deletionTimeMs && isPodReady(before) === isPodReady(after);
}

/** Evictions are remembered for a time, so that the status may change with it. */
function remembersEvictions({ object }: Budget): boolean {
  return Object.keys(object.status.disruptedPods ?? {}).length > 0;
}

function isSameStatus(a: PodDisruptionBudget['status'], b: PodDisruptionBudget['status']): boolean {
  return (
    a.disruptionsAllowed === b.disruptionsAllowed &&
    a.currentHealthy === b.currentHealthy &&
    a.desiredHealthy === b.desiredHealthy &&
    a.expectedPods === b.expectedPods &&
    a.syncError === b.syncError &&
    JSON.stringify(a.disruptedPods) === JSON.stringify(b.disruptedPods)
  );
}
