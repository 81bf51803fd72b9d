import { hasCondition } from '../../lifecycle/conditions.js';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../../requirements/labels.js';
import type { Candidate, CandidateSearch } from '../candidate.js';
import type { DisruptionContext } from '../disruption-method.js';
import { selectionBy, type Rejection } from '../method-filter.js';
import { isEmptyCandidate, searchCandidates } from './candidates.js';
import { CONSOLIDATION_DISABLED, NOT_CONSOLIDATABLE, STATIC_NODEPOOL } from './rejections.js';

const INSTANCE_TYPE_NOT_FOUND: Rejection = {
  code: 'instance-type-not-found',
  event: 'Unconsolidatable',
  detail: ({ labels }) => ({ instanceType: labels[INSTANCE_TYPE_LABEL] ?? '' }),
};

function labelMissing(label: string): Rejection {
  return { code: 'label-missing', event: 'Unconsolidatable', detail: () => ({ label }) };
}

const CAPACITY_TYPE_MISSING = labelMissing(CAPACITY_TYPE_LABEL);
const ZONE_MISSING = labelMissing(ZONE_LABEL);

/** Emptiness takes these, on its own budgets. */
const EMPTY: Rejection = { code: 'empty' };

const ONLY_WHEN_EMPTY: Rejection = {
  code: 'only-when-empty',
  event: 'Unconsolidatable',
  detail: ({ nodePool }) => ({ nodePool: nodePool.metadata.name }),
};

/** Why multi- and single-node consolidation do not take the node; the checks in Karpenter's order (disruption.md §2.3). */
function rejectionOf(candidate: Candidate): Rejection | undefined {
  const { nodePool, labels } = candidate;
  const { consolidateAfter, consolidationPolicy } = nodePool.disruption;
  if (nodePool.replicas !== undefined) return STATIC_NODEPOOL;
  if (candidate.instanceType === undefined) return INSTANCE_TYPE_NOT_FOUND;
  if (labels[CAPACITY_TYPE_LABEL] === undefined) return CAPACITY_TYPE_MISSING;
  if (labels[ZONE_LABEL] === undefined) return ZONE_MISSING;
  if (consolidateAfter === 'Never') return CONSOLIDATION_DISABLED;
  if (isEmptyCandidate(candidate)) return EMPTY;
  if (consolidationPolicy === 'WhenEmpty') return ONLY_WHEN_EMPTY;
  return hasCondition(candidate.nodeClaim, 'Consolidatable') ? undefined : NOT_CONSOLIDATABLE;
}

const select = selectionBy(rejectionOf);

/** Candidates of multi- and single-node consolidation. */
export function searchConsolidatable(context: DisruptionContext): CandidateSearch {
  return select(searchCandidates(context, 'graceful'), context);
}
