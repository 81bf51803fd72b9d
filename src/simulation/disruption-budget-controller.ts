import { changed } from '../kernel/copies.js';
import { coversPod, type ScaleOf, statusOverCovered } from '../kubernetes/pod-disruption-budget.js';
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
  /** Budgets that cover a pod, by its key; none for most of a cluster's own pods. Labels of a pod do not change here. */
  readonly #covering = new Map<string, Budget[]>();
  #current: readonly PodDisruptionBudget[] = [];
  readonly #stale = new Set<Budget>();
  /** Budgets have come or gone. */
  #listChanged = false;

  constructor(world: World, scaleOf: ScaleOf) {
    this.#world = world;
    this.#scaleOf = scaleOf;
    world.store.pods.subscribe((change) => {
      this.#podChanged(change);
    });
  }

  /** Creates or replaces a budget. */
  apply(object: PodDisruptionBudget): void {
    const key = objectKey(object.metadata);
    this.#forget(key);
    const budget: Budget = { object, covered: new Map() };
    this.#budgets.set(key, budget);
    this.#stale.add(budget);
    for (const pod of this.#world.store.pods.values()) {
      if (coversPod(object, pod)) this.#cover(objectKey(pod.metadata), pod, budget);
    }
  }

  /** Removes the budget under `namespace/name`. */
  remove(key: string): void {
    this.#forget(key);
    this.#budgets.delete(key);
  }

  #forget(key: string): void {
    this.#listChanged = true;
    const budget = this.#budgets.get(key);
    if (budget === undefined) return;
    this.#stale.delete(budget);
    for (const pod of budget.covered.keys()) {
      const others = this.#covering.get(pod)?.filter((other) => other !== budget) ?? [];
      this.#covering.set(pod, others);
    }
  }

  #cover(key: string, pod: Pod, budget: Budget): void {
    budget.covered.set(key, pod);
    const covering = this.#covering.get(key);
    if (covering === undefined) this.#covering.set(key, [budget]);
    else covering.push(budget);
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
      const covered = [...budget.covered.values()];
      const status = statusOverCovered(budget.object, covered, this.#scaleOf, epochNow(this.#world));
      if (isSameStatus(status, budget.object.status)) continue;
      budget.object = changed(budget.object, { status });
      isNews = true;
    }
    this.#stale.clear();
    this.#listChanged = false;
    if (isNews) this.#current = [...this.#budgets.values()].map(({ object }) => object);
    return this.#current;
  }

  #podChanged({ before, after }: Change<Pod>): void {
    const pod = after ?? before;
    if (pod === undefined) return;
    const key = objectKey(pod.metadata);
    if (before === undefined) {
      for (const budget of this.#budgets.values()) {
        if (!coversPod(budget.object, pod)) continue;
        this.#cover(key, pod, budget);
        this.#stale.add(budget);
      }
      return;
    }
    const covering = this.#covering.get(key);
    if (covering === undefined) return;
    if (after === undefined) this.#covering.delete(key);
    const isNews = after === undefined || !countsAlike(before, after);
    for (const budget of covering) {
      if (after === undefined) budget.covered.delete(key);
      else budget.covered.set(key, after);
      if (isNews || remembersEvictions(budget)) this.#stale.add(budget);
    }
  }
}

/** Whether a budget counts the pod as before: healthy or not, on its way out or not. */
function countsAlike(before: Pod, after: Pod): boolean {
  return before.metadata.deletionTimeMs === after.metadata.deletionTimeMs && isPodReady(before) === isPodReady(after);
}

/** Evictions are remembered for a time, so that the status may change with it. */
function remembersEvictions({ object }: Budget): boolean {
  const { disruptedPods } = object.status;
  return disruptedPods !== undefined && Object.keys(disruptedPods).length > 0;
}

function isSameStatus(a: PodDisruptionBudget['status'], b: PodDisruptionBudget['status']): boolean {
  return (
    a.disruptionsAllowed === b.disruptionsAllowed &&
    a.currentHealthy === b.currentHealthy &&
    a.desiredHealthy === b.desiredHealthy &&
    a.expectedPods === b.expectedPods &&
    a.syncError === b.syncError &&
    (a.disruptedPods === b.disruptedPods || JSON.stringify(a.disruptedPods) === JSON.stringify(b.disruptedPods))
  );
}
