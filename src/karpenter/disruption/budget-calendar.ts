import type { DisruptionReason, NodePool } from '../nodepool.js';
import { windowEdges } from './budget-schedule.js';
import { allowedDisruptions, budgetValue } from './budgets.js';

/** The reasons that budgets govern, in the order in which they are shown. */
export const BUDGET_REASONS: readonly DisruptionReason[] = ['Underutilized', 'Empty', 'Drifted'];

/** What budgets allow for one reason. */
export interface Allowance {
  /** Nodes that may be disrupted at once; never more than there are. */
  readonly allowed: number;
  /** Indexes of the budgets that set this number; empty when no budget applies. */
  readonly by: readonly number[];
}

/** A stretch of time, `toMs` excluded, in which a NodePool's budgets allow the same. Epoch ms. */
export interface BudgetPeriod {
  readonly fromMs: number;
  readonly toMs: number;
  readonly allowances: Readonly<Record<DisruptionReason, Allowance>>;
}

/** What the budgets of a NodePool allow at one instant, of so many nodes of which none is being disrupted. */
export function budgetAllowances(
  nodePool: NodePool,
  nodeCount: number,
  nowMs: number,
): Readonly<Record<DisruptionReason, Allowance>> {
  const { budgets } = nodePool.disruption;
  const values = budgets.map((budget) => budgetValue(budget, nodeCount, nowMs));
  const unreadable = values.flatMap((value, index) => (value === undefined ? [index] : []));
  const allowance = (reason: DisruptionReason): Allowance => {
    const allowed = allowedDisruptions(nodePool, reason, nodeCount, nowMs);
    const applies = (index: number): boolean => budgets[index]?.reasons?.includes(reason) ?? true;
    const binding = values.flatMap((value, index) => (value === allowed && applies(index) ? [index] : []));
    if (unreadable.length > 0) return { allowed: 0, by: unreadable };
    return allowed > nodeCount ? { allowed: nodeCount, by: [] } : { allowed, by: binding };
  };
  return { Underutilized: allowance('Underutilized'), Empty: allowance('Empty'), Drifted: allowance('Drifted') };
}

/** The same over time, as few periods as tell it all. */
export function budgetCalendar(
  nodePool: NodePool,
  nodeCount: number,
  fromMs: number,
  toMs: number,
): readonly BudgetPeriod[] {
  const edges = new Set([
    fromMs,
    ...nodePool.disruption.budgets.flatMap((budget) => windowEdges(budget, fromMs, toMs)),
  ]);
  const starts = [...edges].sort((a, b) => a - b);
  const periods: BudgetPeriod[] = [];
  for (const [index, startMs] of starts.entries()) {
    const allowances = budgetAllowances(nodePool, nodeCount, startMs);
    const period = { fromMs: startMs, toMs: starts[index + 1] ?? toMs, allowances };
    const last = periods.at(-1);
    if (last !== undefined && sameAllowances(last, period))
      periods[periods.length - 1] = { ...last, toMs: period.toMs };
    else periods.push(period);
  }
  return periods;
}

/** Whether two periods allow the same by the same budgets. */
export function sameAllowances(a: BudgetPeriod, b: BudgetPeriod): boolean {
  return BUDGET_REASONS.every((reason) => {
    const [x, y] = [a.allowances[reason], b.allowances[reason]];
    return x.allowed === y.allowed && x.by.join() === y.by.join();
  });
}

/** Why a NodePool is not disrupted for a reason, whatever its budgets say. */
export type SwitchedOff =
  | 'consolidation-policy-when-empty'
  | 'consolidate-after-never'
  | 'static-node-pool'
  /** Unless the feature gate Drift is on, which v0.32.0 leaves off. */
  | 'drift-gate'
  /** Unless the feature gate StaticCapacity is on. */
  | 'static-capacity-gate';

/** Undefined when the NodePool may be disrupted for the reason. */
export function switchedOff(nodePool: NodePool, reason: DisruptionReason): SwitchedOff | undefined {
  const { apiVersion, disruption, replicas } = nodePool;
  if (reason === 'Drifted') {
    if (apiVersion === 'karpenter.sh/v1beta1') return 'drift-gate';
    return replicas === undefined ? undefined : 'static-capacity-gate';
  }
  if (replicas !== undefined) return 'static-node-pool';
  if (disruption.consolidateAfter === 'Never') return 'consolidate-after-never';
  return reason === 'Underutilized' && disruption.consolidationPolicy === 'WhenEmpty'
    ? 'consolidation-policy-when-empty'
    : undefined;
}
