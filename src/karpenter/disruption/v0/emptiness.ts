import { findCondition } from '../../lifecycle/conditions.js';
import { totalPrice, type Candidate } from '../candidate.js';
import type { DisruptionContext, DisruptionMethod, MethodOutcome } from '../disruption-method.js';
import type { DisruptionFinding } from '../finding.js';
import { finding, selectCandidates } from '../method-filter.js';
import { searchCandidates } from './candidates.js';

function emptyFilter(candidate: Candidate, nowMs: number): DisruptionFinding | true {
  const { consolidateAfter, consolidationPolicy } = candidate.nodePool.disruption;
  if (consolidationPolicy !== 'WhenEmpty' || consolidateAfter === undefined || consolidateAfter === 'Never') {
    return finding(candidate, 'consolidation-disabled', { nodePool: candidate.nodePool.metadata.name });
  }
  const empty = findCondition(candidate.nodeClaim.status.conditions, 'Empty');
  if (empty?.status !== 'True') return finding(candidate, 'not-empty', { pods: candidate.pods.length });
  const dueMs = empty.lastTransitionTimeMs + consolidateAfter;
  return nowMs >= dueMs || finding(candidate, 'empty-for-too-short', { untilMs: dueMs });
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
    selectCandidates(searchCandidates(context), context, (candidate) => emptyFilter(candidate, context.snapshot.nowMs)),
  compute,
};
