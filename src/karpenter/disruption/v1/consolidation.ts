import { CAPACITY_TYPE_LABEL } from '../../requirements/labels.js';
import { checkMinValues } from '../../scheduling/min-values.js';
import type { SchedulingProfile } from '../../scheduling/scheduling-profile.js';
import { totalPrice, type Candidate } from '../candidate.js';
import type { DisruptionCommand, DisruptionContext, MethodName } from '../disruption-method.js';
import type { FindingCode, FindingDetail } from '../finding.js';
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
import { SIMULATION_V1, simulateWithout, unscheduledDetail, type Simulation } from '../simulation.js';

/** A spot node is only replaced by spot when so many types are cheaper, and these are all that is asked for. */
const SPOT_TO_SPOT_TYPES = 15;

/** A consolidation that was worked out: what to do, or why it cannot be done. */
export type ConsolidationAnswer =
  { readonly command: ConsolidationCommand } | { readonly code: FindingCode; readonly detail: FindingDetail };

/** A command whose replacement may still be narrowed by the method. */
export interface ConsolidationCommand {
  readonly candidates: readonly Candidate[];
  readonly replacement: Replacement | undefined;
  readonly simulation: Simulation;
}

function no(code: FindingCode, detail: FindingDetail = {}): ConsolidationAnswer {
  return { code, detail };
}

function notCheaper(options: Replacement, price: number, profile: SchedulingProfile): ConsolidationAnswer {
  const cheapest = leastLaunchPrice(options, profile);
  return no('not-cheaper', { price, ...(cheapest === Infinity ? {} : { cheapest }) });
}

/**
 * What could be done about these nodes together (disruption.md §5.9): delete them if their pods fit on the nodes that
 * stay, or replace them by one cheaper node.
 */
export function consolidate(context: DisruptionContext, candidates: readonly Candidate[]): ConsolidationAnswer {
  const profile = context.scheduling;
  const simulation = simulateWithout(context, SIMULATION_V1, 'consolidation', candidates);
  if (simulation.unscheduled.length > 0) return no('pods-unschedulable', unscheduledDetail(simulation));
  const [plan, ...more] = simulation.newNodeClaims;
  if (plan === undefined) return { command: { candidates, replacement: undefined, simulation } };
  if (more.length > 0) return no('several-replacements', { count: simulation.newNodeClaims.length });
  const replacement = replacementOf(plan, profile);
  const price = totalPrice(candidates);
  const answer = (kept: Replacement): ConsolidationAnswer => ({
    command: { candidates, replacement: kept, simulation },
  });
  const allSpot = candidates.every(({ labels }) => labels[CAPACITY_TYPE_LABEL] === 'spot');
  if (allSpot && admits(replacement, 'spot')) return spotToSpot(context, candidates, replacement, price, answer);
  const cheaper = cheaperThan(replacement, price, profile);
  if (cheaper === undefined) return no('min-values', { price });
  if (cheaper.options.length === 0) return notCheaper(replacement, price, profile);
  // Priced as spot, so it must not become on-demand when spot runs out: better that the launch fails.
  return answer(admits(cheaper, 'spot') && admits(cheaper, 'on-demand') ? pinnedToSpot(cheaper) : cheaper);
}

function spotToSpot(
  { settings, scheduling: profile }: DisruptionContext,
  candidates: readonly Candidate[],
  replacement: Replacement,
  price: number,
  answer: (kept: Replacement) => ConsolidationAnswer,
): ConsolidationAnswer {
  if (!settings.featureGates.spotToSpotConsolidation) return no('spot-to-spot');
  const pinned = pinnedToSpot(replacement);
  const spotTypes = pinned.options.filter(({ available }) =>
    available.some((offering) => profile.offeringMatches(offering, pinned.requirements)),
  );
  const spot: Replacement = { ...pinned, options: spotTypes };
  const cheaper = cheaperThan(spot, price, profile);
  if (cheaper === undefined) return no('min-values', { price });
  if (cheaper.options.length === 0) return notCheaper(spot, price, profile);
  if (candidates.length > 1) return answer(cheaper);
  const { options } = cheaper;
  if (options.length < SPOT_TO_SPOT_TYPES) {
    return no('spot-to-spot-flexibility', { required: SPOT_TO_SPOT_TYPES, count: options.length });
  }
  // With only as many types asked for, the node that comes is among the cheapest and is not replaced again at once.
  const { needed } = checkMinValues(options, cheaper.requirements);
  return answer({ ...cheaper, options: options.slice(0, Math.max(SPOT_TO_SPOT_TYPES, needed)) });
}

/** What the command saves, dollars an hour, as Karpenter estimates it. */
export function estimatedSavings(
  { candidates, replacement }: ConsolidationCommand,
  profile: SchedulingProfile,
): number {
  return totalPrice(candidates) - (replacement === undefined ? 0 : expectedPrice(replacement, profile));
}

/** The command in its final form. */
export function consolidationCommand(
  method: Extract<MethodName, 'multi' | 'single'>,
  command: ConsolidationCommand,
  { scheduling: profile, random }: DisruptionContext,
): DisruptionCommand {
  const { candidates, replacement, simulation } = command;
  return {
    method,
    reason: 'Underutilized',
    candidates,
    replacements: replacement === undefined ? [] : [plannedReplacement(replacement, profile, random)],
    destinations: simulation.destinations,
    savingsPerHour: estimatedSavings(command, profile),
  };
}
