import type { Pod } from '../../../kubernetes/pod.js';
import type { Candidate } from '../candidate.js';
import type { DisruptionContext, DisruptionMethod, MethodOutcome } from '../disruption-method.js';
import { searchFirstN } from '../first-n-search.js';
import { COMMAND_VALIDATION_DELAY_MS } from '../method-filter.js';
import { cheaperThan } from '../replacement.js';
import { sameTypePriceLimit } from '../same-type-filter.js';
import {
  consolidate,
  consolidationCommand,
  inOrderOfCost,
  searchConsolidatable,
  validateConsolidation,
  type ConsolidationCommand,
} from './consolidation.js';

function compute(context: DisruptionContext, candidates: readonly Candidate[]): MethodOutcome {
  const { candidates: ordered, findings } = inOrderOfCost(context, candidates);
  const wear = new Map<string, Pod>();
  let failure: string | undefined;
  const attempt = (prefix: readonly Candidate[]): ConsolidationCommand | undefined => {
    if (failure !== undefined) return undefined;
    const answer = consolidate(context, prefix, wear);
    if (!('command' in answer)) {
      failure = answer.failure;
      return undefined;
    }
    const { command } = answer;
    if (command.replacement === undefined) return command;
    const limit = sameTypePriceLimit(prefix, command.replacement, ({ price }) => price);
    const replacement = cheaperThan(command.replacement, limit, context.scheduling);
    return replacement === undefined || replacement.options.length === 0 ? undefined : { ...command, replacement };
  };
  const best = searchFirstN(ordered, attempt);
  // A node without a price on the way fails the method, whatever it had found so far (E58).
  if (failure !== undefined) return { commands: [], findings, consolidated: false, failure };
  if (best === undefined) return { commands: [], findings, consolidated: true };
  return { commands: [consolidationCommand('multi', best, context)], findings, consolidated: false };
}

/** Replaces as many nodes as possible by at most one, cheaper one (disruption.md §5.7). */
export const MULTI_NODE_CONSOLIDATION: DisruptionMethod = {
  name: 'multi',
  reason: 'consolidation',
  usesMemo: true,
  validationDelayMs: COMMAND_VALIDATION_DELAY_MS,
  search: searchConsolidatable,
  compute,
  validate: validateConsolidation,
};
