import { totalPrice, type Candidate } from '../candidate.js';
import type {
  DisruptionCommand,
  DisruptionContext,
  DisruptionMethod,
  MethodOutcome,
  ValidationOutcome,
} from '../disruption-method.js';
import { COMMAND_VALIDATION_DELAY_MS } from '../method-filter.js';
import { inOrderOfCost, searchConsolidatable } from './consolidation.js';

function compute(context: DisruptionContext, candidates: readonly Candidate[]): MethodOutcome {
  const ordered = inOrderOfCost(context, candidates);
  const empty = ordered.candidates.filter(({ pods }) => pods.length === 0);
  const { findings } = ordered;
  if (empty.length === 0) return { commands: [], findings, consolidated: true };
  const command: DisruptionCommand = {
    method: 'empty-consolidation',
    reason: 'consolidation',
    candidates: empty,
    replacements: [],
    destinations: [],
    savingsPerHour: totalPrice(empty),
  };
  return { commands: [command], findings, consolidated: false };
}

/**
 * Any node that has got a pod meanwhile abandons the whole command. Nodes that are no candidates any more are not
 * looked at, and go with the others (E109, E110).
 */
function validate(context: DisruptionContext, command: DisruptionCommand): ValidationOutcome {
  const proposed = new Set(command.candidates.map(({ name }) => name));
  const occupied = searchConsolidatable(context).candidates.some(
    ({ name, pods }) => proposed.has(name) && pods.length > 0,
  );
  return occupied ? { rejection: 'churn' } : { command };
}

/** Deletes all nodes without pods at once, where the NodePool consolidates when underutilized (disruption.md §5.3). */
export const EMPTY_NODE_CONSOLIDATION: DisruptionMethod = {
  name: 'empty-consolidation',
  reason: 'consolidation',
  usesMemo: true,
  validationDelayMs: COMMAND_VALIDATION_DELAY_MS,
  search: searchConsolidatable,
  compute,
  validate,
};
