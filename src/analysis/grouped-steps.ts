import { StepFunction, type StepStatistics } from './step-function.js';

/** Mean, maximum and last value over time of one group. */
export type GroupStatistics = Pick<StepStatistics, 'mean' | 'max' | 'end'>;

/** Groups by name, names in code unit order. */
export type StatisticsByGroup = Readonly<Record<string, GroupStatistics>>;

/** A step function for each name of a group. */
export class GroupedSteps {
  readonly #steps = new Map<string, StepFunction>();

  add(name: string, timeMs: number, change: number): void {
    let steps = this.#steps.get(name);
    if (steps === undefined) {
      steps = new StepFunction();
      this.#steps.set(name, steps);
    }
    steps.add(timeMs, change);
  }

  statistics(endMs: number): StatisticsByGroup {
    const byName = [...this.#steps].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return Object.fromEntries(
      byName.map(([name, steps]) => {
        const { mean, max, end } = steps.statistics(endMs);
        return [name, { mean, max, end }];
      }),
    );
  }
}
