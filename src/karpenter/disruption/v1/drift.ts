import { findCondition, hasCondition } from '../../lifecycle/conditions.js';
import { shuffled } from '../../scheduling/shuffled.js';
import { remainingBudgets } from '../budgets.js';
import { totalPrice, type Candidate } from '../candidate.js';
import type { DisruptionContext, DisruptionMethod, MethodOutcome } from '../disruption-method.js';
import type { DisruptionFinding } from '../finding.js';
import { expectedPrice, replacementOf } from '../replacement.js';
import { SIMULATION_V1, hasDynamicNodePool, simulateWithout, unscheduledDetail } from '../simulation.js';
import { searchCandidates } from './candidates.js';
import { NOT_DRIFTED, STATIC_NODEPOOL } from './rejections.js';
import { finding, selectionBy, type Rejection, budgetExhausted } from '../method-filter.js';

function rejectionOf({ nodePool, nodeClaim }: Candidate): Rejection | undefined {
  if (nodePool.replicas !== undefined) return STATIC_NODEPOOL;
  return hasCondition(nodeClaim, 'Drifted') ? undefined : NOT_DRIFTED;
}

const select = selectionBy(rejectionOf);

function driftedSince({ nodeClaim }: Candidate): number {
  return findCondition(nodeClaim.status.conditions, 'Drifted')?.lastTransitionTimeMs ?? 0;
}

function compute(context: DisruptionContext, candidates: readonly Candidate[]): MethodOutcome {
  const budgets = remainingBudgets(context, 'Drifted');
  const findings: DisruptionFinding[] = [];
  const longest = shuffled(candidates, context.random).toSorted((a, b) => driftedSince(a) - driftedSince(b));
  // Nodes without pods first, so that pods do not move onto one that goes next.
  const ordered = [
    ...longest.filter(({ pods }) => pods.length === 0),
    ...longest.filter(({ pods }) => pods.length > 0),
  ];
  for (const candidate of ordered) {
    if (budgets.remaining(candidate.nodePool.metadata.name) === 0) {
      findings.push(budgetExhausted(candidate, budgets, 'Drifted'));
      continue;
    }
    if (!hasDynamicNodePool(context.snapshot)) {
      return { commands: [], findings, consolidated: false, failure: 'no NodePool to launch from' };
    }
    const simulation = simulateWithout(context, SIMULATION_V1, 'drift', [candidate]);
    if (simulation.unscheduled.length > 0) {
      findings.push(finding(candidate, 'pods-unschedulable', unscheduledDetail(simulation), 'DisruptionBlocked'));
      continue;
    }
    const { newNodeClaims: replacements, destinations } = simulation;
    let savingsPerHour = totalPrice([candidate]);
    for (const plan of replacements) {
      savingsPerHour -= expectedPrice(replacementOf(plan, context.scheduling), context.scheduling);
    }
    const command = {
      method: 'drift',
      reason: 'Drifted',
      candidates: [candidate],
      replacements,
      destinations,
    } as const;
    return { commands: [{ ...command, savingsPerHour }], findings, consolidated: false };
  }
  return { commands: [], findings, consolidated: false };
}

/** Replaces one drifted node, whatever the replacements cost (disruption.md §5.5). */
export const DRIFT: DisruptionMethod = {
  name: 'drift',
  reason: 'Drifted',
  usesMemo: false,
  search: (context) => select(searchCandidates(context, 'eventual'), context),
  budgets: (context) => remainingBudgets(context, 'Drifted'),
  compute,
};
