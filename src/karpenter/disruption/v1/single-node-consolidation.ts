import { shuffled } from '../../scheduling/shuffled.js';
import { remainingBudgets } from '../budgets.js';
import type { Candidate } from '../candidate.js';
import type { DisruptionContext, DisruptionMethod, MethodOutcome } from '../disruption-method.js';
import type { DisruptionFinding } from '../finding.js';
import { hasDynamicNodePool } from '../simulation.js';
import { BALANCED_THRESHOLD, canReachThreshold, commandScore } from './balanced.js';
import { savingsRatio } from './candidates.js';
import { searchConsolidatable } from './consolidation-filter.js';
import { validateConsolidation } from './consolidation-validation.js';
import { consolidate, consolidationCommand } from './consolidation.js';
import { COMMAND_VALIDATION_DELAY_MS, finding, budgetExhausted } from '../method-filter.js';

/**
 * Best savings first within each NodePool, the NodePools taking turns (disruption.md §5.8). Which NodePool begins is left
 * to a Go map, and that mostly lists its keys as they were added: two NodePools come the other way round in one of eight
 * rounds. Here the one with the best candidate always begins. The turn that Karpenter gives to NodePools missed in a run
 * that timed out cannot come up: deciding takes no time here.
 */
function inTurns(candidates: readonly Candidate[], random: () => number): readonly Candidate[] {
  const sorted = shuffled(candidates, random).toSorted((a, b) => savingsRatio(b) - savingsRatio(a));
  const byPool = new Map<string, Candidate[]>();
  for (const candidate of sorted) {
    const { name } = candidate.nodePool.metadata;
    const pool = byPool.get(name);
    if (pool === undefined) byPool.set(name, [candidate]);
    else pool.push(candidate);
  }
  const pools = [...byPool.values()];
  const turns: Candidate[] = [];
  for (let turn = 0; turns.length < candidates.length; turn++) {
    for (const pool of pools) {
      const candidate = pool[turn];
      if (candidate !== undefined) turns.push(candidate);
    }
  }
  return turns;
}

function compute(context: DisruptionContext, candidates: readonly Candidate[]): MethodOutcome {
  const budgets = remainingBudgets(context, 'Underutilized');
  const findings: DisruptionFinding[] = [];
  let constrained = false;
  // Unlike multi-node consolidation this one only logs that it has no scheduler.
  const ordered = hasDynamicNodePool(context.snapshot) ? inTurns(candidates, context.random) : [];
  for (const candidate of ordered) {
    if (budgets.remaining(candidate.nodePool.metadata.name) === 0) {
      constrained = true;
      findings.push(budgetExhausted(candidate, budgets, 'Underutilized'));
      continue;
    }
    if (!canReachThreshold(context, candidate)) {
      findings.push(finding(candidate, 'balanced-score'));
      continue;
    }
    const answer = consolidate(context, [candidate]);
    if (!('command' in answer)) {
      findings.push(finding(candidate, answer.code, answer.detail, 'Unconsolidatable'));
      continue;
    }
    const score = commandScore(context, answer.command);
    if (score !== undefined && score < BALANCED_THRESHOLD) {
      findings.push(finding(candidate, 'balanced-score', { score }));
      continue;
    }
    return { commands: [consolidationCommand('single', answer.command, context)], findings, consolidated: false };
  }
  return { commands: [], findings, consolidated: !constrained };
}

/** Deletes one node, or replaces it by a cheaper one (disruption.md §5.8). */
export const SINGLE_NODE_CONSOLIDATION: DisruptionMethod = {
  name: 'single',
  reason: 'Underutilized',
  usesMemo: true,
  validationDelayMs: COMMAND_VALIDATION_DELAY_MS,
  search: searchConsolidatable,
  budgets: (context) => remainingBudgets(context, 'Underutilized'),
  compute,
  validate: validateConsolidation,
};
