import type { DisruptionBudget } from '../nodepool.js';

/** What a NodePool's budgets allow for a reason. */
export interface Allowance {
  /** Nodes that may be disrupted at once. */
  readonly allowed: number;
  /** The budget that says so: the first of the least ones, or one that cannot be read; undefined when nothing bounds. */
  readonly budget?: DisruptionBudget | undefined;
}

/** State of one NodePool's budget for a reason. */
export interface BudgetState extends Allowance {
  /** Nodes that use the budget up: not Ready, or on their way out, whoever sent them. */
  readonly disrupting: number;
  /** Initialized nodes whose instance is not terminating yet. */
  readonly nodeCount: number;
}

/** Disruptions still allowed by NodePool; methods take away from a copy while they choose. */
export class RemainingBudgets {
  readonly #remaining: Map<string, number>;

  constructor(readonly states: ReadonlyMap<string, BudgetState>) {
    this.#remaining = new Map();
    for (const [name, { allowed, disrupting }] of states) this.#remaining.set(name, Math.max(0, allowed - disrupting));
  }

  remaining(nodePoolName: string): number {
    return this.#remaining.get(nodePoolName) ?? 0;
  }

  /** Uses one disruption of the NodePool's budget; false when there is none left. */
  take(nodePoolName: string): boolean {
    const remaining = this.remaining(nodePoolName);
    if (remaining === 0) return false;
    this.#remaining.set(nodePoolName, remaining - 1);
    return true;
  }
}
