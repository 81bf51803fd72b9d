import { consolidatableAt } from '../lifecycle/consolidatable.js';
import type { Candidate, CandidateSearch } from './candidate.js';
import type { DisruptionContext } from './disruption-method.js';
import type { DisruptionFinding, FindingCode, FindingEvent } from './finding.js';

/** Time between a consolidation decision and its validation. */
export const COMMAND_VALIDATION_DELAY_MS = 15_000;

/** A finding about a candidate. Without an event it is one that Karpenter keeps to itself. */
export function finding(
  candidate: Candidate,
  code: FindingCode,
  detail: DisruptionFinding['detail'] = {},
  event?: FindingEvent,
): DisruptionFinding {
  return { code, node: candidate.name, event, detail };
}

/** v1.14.1: the node's consolidateAfter has not passed, or it is not initialized, or consolidation is off. */
export function notConsolidatable(candidate: Candidate): DisruptionFinding {
  const untilMs = consolidatableAt(candidate.nodePool, candidate.nodeClaim);
  return finding(candidate, 'not-consolidatable', untilMs === undefined ? {} : { untilMs });
}

/** The candidates a method takes; of the reasons for the others, silent ones only when they are asked for. */
export function selectCandidates(
  found: CandidateSearch,
  context: DisruptionContext,
  filter: (candidate: Candidate) => DisruptionFinding | true,
): CandidateSearch {
  const candidates: Candidate[] = [];
  const findings: DisruptionFinding[] = [...found.findings];
  for (const candidate of found.candidates) {
    const answer = filter(candidate);
    if (answer === true) candidates.push(candidate);
    else if (answer.event !== undefined || context.explain) findings.push(answer);
  }
  return { candidates, findings };
}
