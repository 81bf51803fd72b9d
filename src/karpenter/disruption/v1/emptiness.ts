import { hasCondition } from '../../lifecycle/conditions.js';
import { shuffled } from '../../scheduling/shuffled.js';
import { remainingBudgets } from '../budgets.js';
import { totalPrice, type Candidate, type CandidateSearch } from '../candidate.js';
import type {
  DisruptionCommand,
  DisruptionContext,
  DisruptionMethod,
  MethodOutcome,
  ValidationOutcome,
} from '../disruption-method.js';
import type { DisruptionFinding } from '../finding.js';
import { isEmptyCandidate, savingsRatio, searchCandidates } from './candidates.js';
import { CONSOLIDATION_DISABLED, NOT_CONSOLIDATABLE, STATIC_NODEPOOL } from './rejections.js';
import { COMMAND_VALIDATION_DELAY_MS, selectionBy, type Rejection, budgetExhausted } from '../method-filter.js';

const NOT_EMPTY: Rejection = { code: 'not-empty', detail: ({ pods }) => ({ pods: pods.length }) };

function rejectionOf(candidate: Candidate): Rejection | undefined {
  const { nodePool, nodeClaim } = candidate;
  if (nodePool.replicas !== undefined) return STATIC_NODEPOOL;
  if (nodePool.disruption.consolidateAfter === 'Never') return CONSOLIDATION_DISABLED;
  if (!isEmptyCandidate(candidate)) return NOT_EMPTY;
  return hasCondition(nodeClaim, 'Consolidatable') ? undefined : NOT_CONSOLIDATABLE;
}

const select = selectionBy(rejectionOf);

function search(context: DisruptionContext): CandidateSearch {
  return select(searchCandidates(context, 'graceful'), context);
}

function deleteCommand(candidates: readonly Candidate[]): DisruptionCommand {
  return {
    method: 'emptiness',
    reason: 'Empty',
    candidates,
    replacements: [],
    destinations: [],
    savingsPerHour: totalPrice(candidates),
  };
}

function compute(context: DisruptionContext, candidates: readonly Candidate[]): MethodOutcome {
  const budgets = remainingBudgets(context, 'Empty');
  const findings: DisruptionFinding[] = [];
  const chosen: Candidate[] = [];
  const ordered = shuffled(candidates, context.random).toSorted((a, b) => savingsRatio(b) - savingsRatio(a));
  for (const candidate of ordered) {
    if (budgets.take(candidate.nodePool.metadata.name)) chosen.push(candidate);
    else findings.push(budgetExhausted(candidate, budgets, 'Empty'));
  }
  // Never consolidated: that takes no candidate at all, and then the method is not asked.
  return { commands: chosen.length === 0 ? [] : [deleteCommand(chosen)], findings, consolidated: false };
}

/** Keeps those of the proposed nodes that are still empty, consolidatable and within their budgets (disruption.md §6.1). */
function validate(context: DisruptionContext, command: DisruptionCommand): ValidationOutcome {
  const proposed = new Set(command.candidates.map(({ name }) => name));
  const current = search(context).candidates.filter(({ name }) => proposed.has(name));
  if (current.length === 0) return { rejection: 'churn' };
  const budgets = remainingBudgets(context, 'Empty');
  const kept = shuffled(current, context.random).filter(({ nodePool }) => budgets.take(nodePool.metadata.name));
  return kept.length === 0 ? { rejection: 'budget' } : { command: deleteCommand(kept) };
}

/** Deletes empty nodes of every consolidation policy in one command (disruption.md §5.2). */
export const EMPTINESS: DisruptionMethod = {
  name: 'emptiness',
  reason: 'Empty',
  usesMemo: true,
  validationDelayMs: COMMAND_VALIDATION_DELAY_MS,
  search,
  budgets: (context) => remainingBudgets(context, 'Empty'),
  compute,
  validate,
};
