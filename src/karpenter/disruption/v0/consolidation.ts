import type { Pod } from '../../../kubernetes/pod.js';
import { CAPACITY_TYPE_LABEL } from '../../requirements/labels.js';
import { shuffled } from '../../scheduling/shuffled.js';
import { totalPrice, type Candidate, type CandidateSearch } from '../candidate.js';
import type { DisruptionCommand, DisruptionContext, MethodName, ValidationOutcome } from '../disruption-method.js';
import type { FindingCode, FindingDetail } from '../finding.js';
import { selectCandidates, type Rejection } from '../method-filter.js';
import {
  admits,
  cheaperThan,
  expectedPrice,
  leastLaunchPrice,
  pinnedToSpot,
  plannedReplacement,
  replacementOf,
  type Replacement,
} from '../replacement.js';
import { SIMULATION_V0, simulateWithout, unscheduledDetail, type Simulation } from '../simulation.js';
import { isStillNeeded } from '../still-needed.js';
import { searchCandidates, withoutBlockedPods } from './candidates.js';

const DO_NOT_CONSOLIDATE_ANNOTATION = 'karpenter.sh/do-not-consolidate';

/** What could be done about some nodes, why nothing can be done, or that it cannot be worked out. */
export type ConsolidationAnswer =
  | { readonly command: ConsolidationCommand }
  | { readonly code: FindingCode; readonly detail: FindingDetail; readonly failure?: string };

/** A command whose replacement may still be narrowed by the method. */
export interface ConsolidationCommand {
  readonly candidates: readonly Candidate[];
  readonly replacement: Replacement | undefined;
  readonly simulation: Simulation;
}

const DO_NOT_CONSOLIDATE: Rejection = { code: 'do-not-consolidate', event: 'Unconsolidatable' };

const CONSOLIDATION_DISABLED: Rejection = {
  code: 'consolidation-disabled',
  event: 'Unconsolidatable',
  detail: ({ nodePool }) => ({ nodePool: nodePool.metadata.name }),
};

/** What a validation looks at; a `consolidateAfter: Never` set meanwhile is overlooked there. */
function rejectionAtValidation({ nodePool, node }: Candidate): Rejection | undefined {
  if (node.metadata.annotations[DO_NOT_CONSOLIDATE_ANNOTATION] === 'true') return DO_NOT_CONSOLIDATE;
  return nodePool.disruption.consolidationPolicy === 'WhenUnderutilized' ? undefined : CONSOLIDATION_DISABLED;
}

function rejectionOf(candidate: Candidate): Rejection | undefined {
  const disabled = candidate.nodePool.disruption.consolidateAfter === 'Never';
  return rejectionAtValidation(candidate) ?? (disabled ? CONSOLIDATION_DISABLED : undefined);
}

/** Candidates of the three consolidation methods (disruption.md §2.3). */
export function searchConsolidatable(context: DisruptionContext): CandidateSearch {
  return selectCandidates(searchCandidates(context), context, rejectionOf);
}

/** Candidates whose pods may be moved, the cheapest to disrupt first. */
export function inOrderOfCost(context: DisruptionContext, candidates: readonly Candidate[]): CandidateSearch {
  const movable = withoutBlockedPods(shuffled(candidates, context.random), context.snapshot);
  const ordered = [...movable.candidates].sort((a, b) => a.disruptionCost - b.disruptionCost);
  return { candidates: ordered, findings: movable.findings };
}

function no(code: FindingCode, detail: FindingDetail = {}): ConsolidationAnswer {
  return { code, detail };
}

/** The same question as v1.14.1's, with v0.32.0's rules (disruption.md §5.10): spot is never replaced by spot. */
export function consolidate(
  context: DisruptionContext,
  candidates: readonly Candidate[],
  wear?: Map<string, Pod>,
): ConsolidationAnswer {
  const profile = context.scheduling;
  const simulation = simulateWithout(context, SIMULATION_V0, 'consolidation', candidates, wear);
  if (simulation.unscheduled.length > 0) return no('pods-unschedulable', unscheduledDetail(simulation));
  const [plan, ...more] = simulation.newNodeClaims;
  if (plan === undefined) return { command: { candidates, replacement: undefined, simulation } };
  if (more.length > 0) return no('several-replacements', { count: simulation.newNodeClaims.length });
  const unpriced = candidates.find(({ price }) => price === undefined);
  if (unpriced !== undefined) {
    return { ...no('price-unknown'), failure: `no offering for ${unpriced.name}` };
  }
  const price = totalPrice(candidates);
  const replacement = replacementOf(plan, profile);
  const cheaper = cheaperThan(replacement, price, profile);
  if (cheaper === undefined || cheaper.options.length === 0) {
    const cheapest = leastLaunchPrice(replacement, profile);
    return no('not-cheaper', { price, ...(cheapest === Infinity ? {} : { cheapest }) });
  }
  const allSpot = candidates.every(({ labels }) => labels[CAPACITY_TYPE_LABEL] === 'spot');
  if (allSpot && admits(cheaper, 'spot')) return no('never-spot-to-spot');
  // Priced as spot, so it must not become on-demand when spot runs out: better that the launch fails.
  const pinned = admits(cheaper, 'spot') && admits(cheaper, 'on-demand') ? pinnedToSpot(cheaper) : cheaper;
  return { command: { candidates, replacement: pinned, simulation } };
}

/** The command in its final form. */
export function consolidationCommand(
  method: Extract<MethodName, 'multi' | 'single'>,
  { candidates, replacement, simulation }: ConsolidationCommand,
  { scheduling: profile, random }: DisruptionContext,
): DisruptionCommand {
  return {
    method,
    reason: 'consolidation',
    candidates,
    replacements: replacement === undefined ? [] : [plannedReplacement(replacement, profile, random)],
    destinations: simulation.destinations,
    savingsPerHour: totalPrice(candidates) - (replacement === undefined ? 0 : expectedPrice(replacement, profile)),
  };
}

/** Asks again about a consolidation after its delay (disruption.md §6.3). */
export function validateConsolidation(context: DisruptionContext, command: DisruptionCommand): ValidationOutcome {
  const proposed = new Set(command.candidates.map(({ name }) => name));
  const found = selectCandidates(searchCandidates(context), context, rejectionAtValidation).candidates;
  const { candidates: current } = withoutBlockedPods(
    found.filter(({ name }) => proposed.has(name)),
    context.snapshot,
  );
  if (current.length !== command.candidates.length) return { rejection: 'churn' };
  const { newNodeClaims, unscheduled } = simulateWithout(context, SIMULATION_V0, 'consolidation', current);
  if (unscheduled.length > 0 || newNodeClaims.length > 1) return { rejection: 'scheduling' };
  return isStillNeeded(command.replacements[0], newNodeClaims[0]) ? { command } : { rejection: 'scheduling' };
}
