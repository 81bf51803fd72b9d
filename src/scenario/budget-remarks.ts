import { scheduleFault, type ScheduleFault } from '../karpenter/disruption/schedule-fault.js';
import type { DisruptionBudget, NodePool } from '../karpenter/nodepool.js';
import type { PathKey } from '../kubernetes/manifest/field-path.js';

/**
 * Schedules of budgets that the API server accepts and that never, or always, match: said with the results, not refused.
 * @param placeOf - Where a field of the NodePool stands, `file:line`.
 */
export function budgetRemarks(nodePool: NodePool, placeOf: (path: readonly PathKey[]) => string): readonly string[] {
  return nodePool.disruption.budgets.flatMap((budget, index) => {
    const fault = scheduleFault(budget);
    if (fault === undefined) return [];
    const place = placeOf(['spec', 'disruption', 'budgets', index, 'schedule']);
    return [`NodePool ${nodePool.metadata.name} (${place}): budget ${index + 1}, ${sentence(budget, fault)}`];
  });
}

function sentence({ schedule, durationMs = 0, nodes }: DisruptionBudget, fault: ScheduleFault): string {
  const written = `schedule "${schedule ?? ''}"`;
  switch (fault.code) {
    case 'unreadable':
      return (
        `${written} passes the API server but Karpenter cannot parse it, and then allows no disruption at all, for any ` +
        'reason. Five fields (minute hour day month weekday 0-6, always UTC) or @daily and its like are understood.'
      );
    case 'never-hits':
      return `${written} never matches, which Karpenter takes as always: nodes "${nodes}" applies at all times. Is the date right?`;
    case 'never-open':
      return `${written} with a duration of 0 never opens: the budget has no effect. Give it a duration such as 1h.`;
    case 'never-closes':
      return (
        `${written} lasts ${hours(durationMs)} and matches again within ${hours(fault.longestGapMs)}, so that it never ends: ` +
        `nodes "${nodes}" applies at all times. Shorten the duration, or leave out schedule and duration.`
      );
  }
}

function hours(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
