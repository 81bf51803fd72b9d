import type { Candidate } from '../candidate.js';
import type { DisruptionContext, DisruptionMethod, MethodOutcome } from '../disruption-method.js';
import type { DisruptionFinding } from '../finding.js';
import { COMMAND_VALIDATION_DELAY_MS, finding } from '../method-filter.js';
import {
  consolidate,
  consolidationCommand,
  inOrderOfCost,
  searchConsolidatable,
  validateConsolidation,
} from './consolidation.js';

function compute(context: DisruptionContext, candidates: readonly Candidate[]): MethodOutcome {
  const ordered = inOrderOfCost(context, candidates);
  const findings: DisruptionFinding[] = [...ordered.findings];
  for (const candidate of ordered.candidates) {
    const answer = consolidate(context, [candidate]);
    if ('command' in answer) {
      return { commands: [consolidationCommand('single', answer.command, context)], findings, consolidated: false };
    }
    // A node without a price is passed over; here that fails nothing.
    const event = answer.failure === undefined ? 'Unconsolidatable' : undefined;
    findings.push(finding(candidate, answer.code, answer.detail, event));
  }
  return { commands: [], findings, consolidated: true };
}

/** Deletes one node, or replaces it by a cheaper one (disruption.md §5.8). */
export const SINGLE_NODE_CONSOLIDATION: DisruptionMethod = {
  name: 'single',
  reason: 'consolidation',
  usesMemo: true,
  validationDelayMs: COMMAND_VALIDATION_DELAY_MS,
  search: searchConsolidatable,
  compute,
  validate: validateConsolidation,
};
