import { coversPod, podDisruptionBudgetStatus, type ScaleOf } from '../kubernetes/pod-disruption-budget.js';
import { isPodReady } from '../kubernetes/pod-conditions.js';
import type { Pod } from '../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../kubernetes/workloads.js';
import { type Change, objectKey } from './cluster-store.js';
import { epochNow, type World } from './world.js';

interface Budget {
  object: PodDisruptionBudget;
  readonly covered: Map<string, Pod>;
  stale: boolean;
}

/** Keeps the status of every PodDisruptionBudget, worked out when somebody looks and a covered pod has changed. */
export class DisruptionBudgetController {
  readonly #world: World;
  readonly #scaleOf: ScaleOf;
  readonly #budgets = new Map<string, Budget>();
  #current: readonly PodDisruptionBudget[] = [];
  #mayHaveChanged = false;

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
    this.#budgets.set(objectKey(object.metadata), { object, covered, stale: true });
    this.#mayHaveChanged = true;
  }

  /** Removes the budget under `namespace/name`. */
  remove(key: string): void {
    this.#budgets.delete(key);
    this.#mayHaveChanged = true;
  }

  /** The scale of some workload changed: percentages mean something else. */
  scaleChanged(): void {
    for (const budget of this.#budgets.values()) budget.stale = true;
    this.#mayHaveChanged = true;
  }

  /** All budgets with their present status; the same array while none of them changed. */
  budgets(): readonly PodDisruptionBudget[] {
    if (this.#mayHaveChanged) {
      const now = [...this.#budgets.values()].map((budget) => this.#refreshed(budget));
      const isNews =
        now.length !== this.#current.length || now.some((budget, index) => budget !== this.#current[index]);
      if (isNews) this.#current = now;
      this.#mayHaveChanged = false;
    }
    return this.#current;
  }

  #refreshed(budget: Budget): PodDisruptionBudget {
    if (budget.stale) {
      const pods = budget.covered.values();
      const status = podDisruptionBudgetStatus(budget.object, pods, this.#scaleOf, epochNow(this.#world));
      if (!isSameStatus(status, budget.object.status)) budget.object = { ...budget.object, status };
      budget.stale = false;
    }
    return budget.object;
  }

  #podChanged(budget: Budget, key: string, pod: Pod, { before, after }: Change<Pod>): void {
    // Labels of a pod do not change here, so whether it is covered is decided at its creation.
    if (before === undefined ? !coversPod(budget.object, pod) : !budget.covered.has(key)) return;
    if (after === undefined) budget.covered.delete(key);
    else budget.covered.set(key, after);
    if (before !== undefined && after !== undefined && countsAlike(before, after) && !remembersEvictions(budget))
      return;
    budget.stale = true;
    this.#mayHaveChanged = true;
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
