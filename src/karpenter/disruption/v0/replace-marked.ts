import { findCondition, type NodeClaimConditionType } from '../../lifecycle/conditions.js';
import { shuffled } from '../../scheduling/shuffled.js';
import { totalPrice, type Candidate } from '../candidate.js';
import type { DisruptionCommand, DisruptionContext, MethodOutcome } from '../disruption-method.js';
import type { DisruptionFinding } from '../finding.js';
import { finding } from '../method-filter.js';
import { expectedPrice, plannedReplacement, replacementOf } from '../replacement.js';
import { SIMULATION_V0, simulateWithout, unscheduledDetail } from '../simulation.js';
import { withoutBlockedPods } from './candidates.js';

/**
 * What expiration and drift do about the nodes that bear their mark (disruption.md §5.5, §5.6): all nodes without pods
 * at once, else the longest marked one whose pods find a place, with as many replacements as it takes and whatever they
 * cost.
 */
export function replaceMarked(
  context: DisruptionContext,
  marked: readonly Candidate[],
  mark: Extract<NodeClaimConditionType, 'Expired' | 'Drifted'>,
): MethodOutcome {
  const identity =
    mark === 'Expired'
      ? ({ method: 'expiration', reason: 'expiration' } as const)
      : ({ method: 'drift', reason: 'drift' } as const);
  const movable = withoutBlockedPods(shuffled(marked, context.random), context.snapshot);
  const findings: DisruptionFinding[] = [...movable.findings];
  const decided = (command: DisruptionCommand): MethodOutcome => ({
    commands: [command],
    findings,
    consolidated: false,
  });
  const since = ({ nodeClaim }: Candidate): number =>
    findCondition(nodeClaim.status.conditions, mark)?.lastTransitionTimeMs ?? 0;
  const ordered = [...movable.candidates].sort((a, b) => since(a) - since(b));
  const empty = ordered.filter(({ pods }) => pods.length === 0);
  if (empty.length > 0) {
    const savingsPerHour = totalPrice(empty);
    return decided({ ...identity, candidates: empty, replacements: [], destinations: [], savingsPerHour });
  }
  const profile = context.scheduling;
  for (const candidate of ordered) {
    const simulation = simulateWithout(context, SIMULATION_V0, 'drift', [candidate]);
    if (simulation.unscheduled.length > 0) {
      findings.push(finding(candidate, 'pods-unschedulable', unscheduledDetail(simulation), 'DisruptionBlocked'));
      continue;
    }
    const replacements = simulation.newNodeClaims.map((plan) => replacementOf(plan, profile));
    let savingsPerHour = totalPrice([candidate]);
    for (const replacement of replacements) savingsPerHour -= expectedPrice(replacement, profile);
    return decided({
      ...identity,
      candidates: [candidate],
      replacements: replacements.map((replacement) => plannedReplacement(replacement, profile, context.random)),
      destinations: simulation.destinations,
      savingsPerHour,
    });
  }
  return { commands: [], findings, consolidated: false };
}
