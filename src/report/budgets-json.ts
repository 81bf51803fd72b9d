import { BUDGET_REASONS, switchedOff, type BudgetPeriod } from '../karpenter/disruption/budget-calendar.js';
import type { LocatedNodePool } from '../scenario/load-node-pools.js';

/** What the budgets of one NodePool allow over a stretch of time. */
export interface NodePoolBudgets {
  readonly located: LocatedNodePool;
  readonly periods: readonly BudgetPeriod[];
}

/** Budgets of NodePools over `[fromMs, toMs)`, epoch ms. */
export interface BudgetReport {
  readonly fromMs: number;
  readonly toMs: number;
  /** Nodes that each NodePool is taken to have. */
  readonly nodes: number;
  readonly nodePools: readonly NodePoolBudgets[];
}

/**
 * The report as one JSON object. Budgets are counted from 1, as in the text; `allowed` never exceeds `nodes`; `off` says why a
 * reason never disrupts, whatever the budgets say.
 */
export function budgetsJson({ fromMs, toMs, nodes, nodePools }: BudgetReport, shown: (file: string) => string): string {
  const time = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
  const object = {
    from: time(fromMs),
    to: time(toMs),
    nodes,
    nodePools: nodePools.map(({ located: { nodePool, file, line, remarks }, periods }) => ({
      name: nodePool.metadata.name,
      apiVersion: nodePool.apiVersion,
      file: shown(file),
      line,
      budgets: nodePool.disruption.budgets.map((budget) => ({
        nodes: budget.nodes,
        reasons: budget.reasons ?? BUDGET_REASONS,
        schedule: budget.schedule ?? null,
        durationSeconds: budget.durationMs === undefined ? null : budget.durationMs / 1000,
      })),
      off: Object.fromEntries(
        BUDGET_REASONS.flatMap((reason) => {
          const why = switchedOff(nodePool, reason);
          return why === undefined ? [] : [[reason, why]];
        }),
      ),
      periods: periods.map((period) => ({
        from: time(period.fromMs),
        to: time(period.toMs),
        allowed: Object.fromEntries(BUDGET_REASONS.map((reason) => [reason, period.allowances[reason].allowed])),
        setByBudgets: Object.fromEntries(
          BUDGET_REASONS.map((reason) => [reason, period.allowances[reason].by.map((index) => index + 1)]),
        ),
      })),
      warnings: remarks,
    })),
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}
