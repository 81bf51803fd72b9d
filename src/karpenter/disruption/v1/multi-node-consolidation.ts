import { offeringMatches, typeView } from '../../scheduling/type-view.js';
import { remainingBudgets } from '../budgets.js';
import type { Candidate } from '../candidate.js';
import type { DisruptionContext, DisruptionMethod, MethodOutcome } from '../disruption-method.js';
import type { DisruptionFinding } from '../finding.js';
import { searchFirstN } from '../first-n-search.js';
import { Requirements } from '../../requirements/requirements.js';
import { shuffled } from '../../scheduling/shuffled.js';
import { cheaperThan } from '../replacement.js';
import { sameTypePriceLimit } from '../same-type-filter.js';
import { hasDynamicNodePool } from '../simulation.js';
import { BALANCED_THRESHOLD, commandScore } from './balanced.js';
import { savingsRatio } from './candidates.js';
import { searchConsolidatable } from './consolidation-filter.js';
import { validateConsolidation } from './consolidation-validation.js';
import { consolidate, consolidationCommand, type ConsolidationCommand } from './consolidation.js';
import { COMMAND_VALIDATION_DELAY_MS, budgetExhausted } from '../method-filter.js';

/** Cheapest offering the node may be running on, available or not; undefined when none matches its labels. */
function cheapestOwnOffering({ instanceType, labels }: Candidate): number | undefined {
  if (instanceType === undefined) return undefined;
  const own = Requirements.fromLabels(labels);
  let cheapest: number | undefined;
  for (const view of typeView(instanceType).offerings) {
    const { price } = view.offering;
    if ((cheapest === undefined || price < cheapest) && offeringMatches(view, own)) cheapest = price;
  }
  return cheapest;
}

/** The command for these nodes together, with a replacement that is worth it; undefined when there is none. */
function attempt(context: DisruptionContext, candidates: readonly Candidate[]): ConsolidationCommand | undefined {
  const answer = consolidate(context, candidates);
  if (!('command' in answer)) return undefined;
  let { command } = answer;
  if (command.replacement !== undefined) {
    const limit = sameTypePriceLimit(candidates, command.replacement, cheapestOwnOffering);
    const replacement = cheaperThan(command.replacement, limit, context.scheduling);
    if (replacement === undefined || replacement.options.length === 0) return undefined;
    command = { ...command, replacement };
  }
  const score = commandScore(context, command);
  return score === undefined || score >= BALANCED_THRESHOLD ? command : undefined;
}

function compute(context: DisruptionContext, candidates: readonly Candidate[]): MethodOutcome {
  const budgets = remainingBudgets(context, 'Underutilized');
  const findings: DisruptionFinding[] = [];
  const disruptable: Candidate[] = [];
  const ordered = shuffled(candidates, context.random).toSorted((a, b) => savingsRatio(b) - savingsRatio(a));
  for (const candidate of ordered) {
    if (budgets.take(candidate.nodePool.metadata.name)) disruptable.push(candidate);
    else findings.push(budgetExhausted(candidate, budgets, 'Underutilized'));
  }
  if (disruptable.length > 1 && !hasDynamicNodePool(context.snapshot)) {
    return { commands: [], findings, consolidated: false, failure: 'no NodePool to launch from' };
  }
  const best = searchFirstN(disruptable, (prefix) => attempt(context, prefix));
  // A node that only its budget held back may be worth another look at any time.
  if (best === undefined) return { commands: [], findings, consolidated: findings.length === 0 };
  return { commands: [consolidationCommand('multi', best, context)], findings, consolidated: false };
}

/** Replaces as many nodes as possible by at most one, cheaper one (disruption.md §5.7). */
export const MULTI_NODE_CONSOLIDATION: DisruptionMethod = {
  name: 'multi',
  reason: 'Underutilized',
  usesMemo: true,
  validationDelayMs: COMMAND_VALIDATION_DELAY_MS,
  search: searchConsolidatable,
  budgets: (context) => remainingBudgets(context, 'Underutilized'),
  compute,
  validate: validateConsolidation,
};
