import { findCondition } from '../../lifecycle/conditions.js';
import { totalPrice, type Candidate } from '../candidate.js';
import type { DisruptionContext, DisruptionMethod, MethodOutcome } from '../disruption-method.js';
import { selectCandidates, type Rejection } from '../method-filter.js';
import { searchCandidates } from './candidates.js';

const OTHER_POLICY: Rejection = {
  code: 'consolidation-disabled',
  detail: ({ nodePool }) => ({ nodePool: nodePool.metadata.name }),
};

const NOT_EMPTY: Rejection = { code: 'not-empty', detail: ({ pods }) => ({ pods: pods.length }) };

/** End of the node's consolidateAfter, or why it has none. */
function dueTime({ nodePool, nodeClaim }: Candidate): number | Rejection {
  const { consolidateAfter, consolidationPolicy } = nodePool.disruption;
  if (consolidationPolicy !== 'WhenEmpty' || consolidateAfter === undefined || consolidateAfter === 'Never') {
    return OTHER_POLICY;
  }
  const empty = findCondition(nodeClaim.status.conditions, 'Empty');
  return empty?.status === 'True' ? empty.lastTransitionTimeMs + consolidateAfter : NOT_EMPTY;
}

function rejectionOf(candidate: Candidate, nowMs: number): Rejection | undefined {
  const due = dueTime(candidate);
  if (typeof due !== 'number') return due;
  return nowMs >= due ? undefined : { code: 'empty-for-too-short', detail: () => ({ untilMs: due }) };
}

function compute(_context: DisruptionContext, candidates: readonly Candidate[]): MethodOutcome {
  const empty = candidates.filter(
    ({ nodeClaim, pods }) => nodeClaim.metadata.deletionTimeMs === undefined && pods.length === 0,
  );
  if (empty.length === 0) return { commands: [], findings: [], consolidated: false };
  const command = { method: 'emptiness', reason: 'emptiness', replacements: [], destinations: [] } as const;
  return {
    commands: [{ ...command, candidates: empty, savingsPerHour: totalPrice(empty) }],
    findings: [],
    consolidated: false,
  };
}

/** Deletes nodes that have been empty for consolidateAfter, at once and whatever their pods' budgets (disruption.md §5.2). */
export const EMPTINESS: DisruptionMethod = {
  name: 'emptiness',
  reason: 'emptiness',
  usesMemo: false,
  search: (context) =>
    selectCandidates(searchCandidates(context), context, (candidate) => rejectionOf(candidate, context.snapshot.nowMs)),
  compute,
};
