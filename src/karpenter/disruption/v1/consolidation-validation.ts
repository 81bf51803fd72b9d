import { remainingBudgets } from '../budgets.js';
import type { Candidate } from '../candidate.js';
import type { DisruptionCommand, DisruptionContext, RejectionReason, ValidationOutcome } from '../disruption-method.js';
import { SIMULATION_V1, simulateWithout } from '../simulation.js';
import { isStillNeeded } from '../still-needed.js';
import { searchConsolidatable } from './consolidation-filter.js';

/** The command's nodes as they are now; a reason when one is no candidate any more or its budget is used up. */
function currentCandidates(
  context: DisruptionContext,
  proposed: readonly Candidate[],
): readonly Candidate[] | RejectionReason {
  const names = new Set(proposed.map(({ name }) => name));
  const current = searchConsolidatable(context).candidates.filter(({ name }) => names.has(name));
  if (current.length !== proposed.length) return 'churn';
  const budgets = remainingBudgets(context, 'Underutilized');
  return current.every(({ nodePool }) => budgets.take(nodePool.metadata.name)) ? current : 'budget';
}

/**
 * Asks again about a consolidation after its delay (disruption.md §6.2): every node must still be a candidate within
 * its budget, and the pods must still need what the command launches. Prices and scores are not looked at again. The
 * last of Karpenter's three checks repeats the first, which in one instant gives the same answer.
 */
export function validateConsolidation(context: DisruptionContext, command: DisruptionCommand): ValidationOutcome {
  const current = currentCandidates(context, command.candidates);
  if (typeof current === 'string') return { rejection: current };
  const { newNodeClaims, unscheduled } = simulateWithout(context, SIMULATION_V1, 'consolidation', current);
  if (unscheduled.length > 0 || newNodeClaims.length > 1) return { rejection: 'scheduling' };
  return isStillNeeded(command.replacements[0], newNodeClaims[0]) ? { command } : { rejection: 'scheduling' };
}
