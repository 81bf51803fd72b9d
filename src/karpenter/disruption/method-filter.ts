import { ObjectCache } from '../../kernel/object-cache.js';
import type { DisruptionReason } from '../nodepool.js';
import type { StateNode } from '../cluster-snapshot.js';
import type { Candidate, CandidateSearch } from './candidate.js';
import type { DisruptionContext } from './disruption-method.js';
import type { DisruptionFinding, FindingCode, FindingDetail, FindingEvent } from './finding.js';
import type { RemainingBudgets } from './remaining-budgets.js';

/** Time between a consolidation decision and its validation. */
export const COMMAND_VALIDATION_DELAY_MS = 15_000;

/** A finding about a candidate. Without an event it is one that Karpenter keeps to itself. */
export function finding(
  candidate: Candidate,
  code: FindingCode,
  detail: FindingDetail = {},
  event?: FindingEvent,
): DisruptionFinding {
  return { code, node: candidate.name, event, detail };
}

/**
 * The finding about a candidate that its NodePool's budget holds back: what is allowed of how many nodes, how many use it up,
 * and which budget says so. Karpenter's event about it is the NodePool's.
 */
export function budgetExhausted(
  candidate: Candidate,
  budgets: RemainingBudgets,
  reason: DisruptionReason,
): DisruptionFinding {
  const { name } = candidate.nodePool.metadata;
  const state = budgets.states.get(name);
  const { nodes, schedule, durationMs } = state?.budget ?? {};
  return finding(candidate, 'budget-exhausted', {
    reason,
    nodePool: name,
    allowed: state?.allowed ?? 0,
    nodes: state?.nodeCount ?? 0,
    disrupting: state?.disrupting ?? 0,
    ...(nodes !== undefined && { budget: nodes }),
    ...(schedule !== undefined && { schedule }),
    ...(durationMs !== undefined && { durationMs }),
  });
}

/**
 * Why a method does not take a candidate. Every node is asked at every poll and most answers are never read, so the
 * details wait until somebody does.
 */
export interface Rejection {
  readonly code: FindingCode;
  readonly event?: FindingEvent;
  readonly detail?: (candidate: Candidate) => FindingDetail;
}

interface Rejected {
  readonly rejection: Rejection;
  readonly finding: DisruptionFinding;
}

const rejected = new ObjectCache<StateNode, Rejected>();

/** The finding about a rejected candidate; the same object while it is rejected for the same reason. */
function rejectionFinding(candidate: Candidate, rejection: Rejection): DisruptionFinding {
  let known = rejected.get(candidate.stateNode);
  if (known?.rejection !== rejection) {
    const { code, detail, event } = rejection;
    known = { rejection, finding: finding(candidate, code, detail?.(candidate), event) };
    rejected.set(candidate.stateNode, known);
  }
  return known.finding;
}

/** The candidates a method takes; of the reasons for the others, silent ones only when they are asked for. */
export function selectCandidates(
  found: CandidateSearch,
  context: DisruptionContext,
  rejectionOf: (candidate: Candidate) => Rejection | undefined,
): CandidateSearch {
  const candidates: Candidate[] = [];
  const findings: DisruptionFinding[] = [...found.findings];
  for (const candidate of found.candidates) {
    const rejection = rejectionOf(candidate);
    if (rejection === undefined) candidates.push(candidate);
    else if (rejection.event !== undefined || context.explain) {
      findings.push(rejectionFinding(candidate, rejection));
    }
  }
  return { candidates, findings };
}

/**
 * {@link selectCandidates} by one rule, done once for each search.
 *
 * @param rejectionOf looks at nothing but the candidate.
 */
export function selectionBy(
  rejectionOf: (candidate: Candidate) => Rejection | undefined,
): (found: CandidateSearch, context: DisruptionContext) => CandidateSearch {
  const selections = new ObjectCache<CandidateSearch, CandidateSearch>();
  return (found, context) => {
    if (context.explain) return selectCandidates(found, context, rejectionOf);
    let selected = selections.get(found);
    if (selected === undefined) selections.set(found, (selected = selectCandidates(found, context, rejectionOf)));
    return selected;
  };
}
