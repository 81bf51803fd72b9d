import { hasCondition } from '../../lifecycle/conditions.js';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../../requirements/labels.js';
import type { Candidate, CandidateSearch } from '../candidate.js';
import type { DisruptionContext } from '../disruption-method.js';
import type { DisruptionFinding } from '../finding.js';
import { isEmptyCandidate, searchCandidates } from './candidates.js';
import { finding, notConsolidatable, selectCandidates } from '../method-filter.js';

/** Whether multi- and single-node consolidation may take the node; the checks in Karpenter's order (disruption.md §2.3). */
function consolidationFilter(candidate: Candidate): DisruptionFinding | true {
  const { nodePool, labels } = candidate;
  const { consolidateAfter, consolidationPolicy } = nodePool.disruption;
  if (nodePool.replicas !== undefined) return finding(candidate, 'static-nodepool');
  if (candidate.instanceType === undefined) {
    const detail = { instanceType: labels[INSTANCE_TYPE_LABEL] ?? '' };
    return finding(candidate, 'instance-type-not-found', detail, 'Unconsolidatable');
  }
  for (const label of [CAPACITY_TYPE_LABEL, ZONE_LABEL]) {
    if (labels[label] === undefined) return finding(candidate, 'label-missing', { label }, 'Unconsolidatable');
  }
  const detail = { nodePool: nodePool.metadata.name };
  if (consolidateAfter === 'Never') return finding(candidate, 'consolidation-disabled', detail, 'Unconsolidatable');
  // Emptiness takes these, on its own budgets.
  if (isEmptyCandidate(candidate)) return finding(candidate, 'empty');
  if (consolidationPolicy === 'WhenEmpty') return finding(candidate, 'only-when-empty', detail, 'Unconsolidatable');
  if (!hasCondition(candidate.nodeClaim, 'Consolidatable')) return notConsolidatable(candidate);
  return true;
}

/** Candidates of multi- and single-node consolidation. */
export function searchConsolidatable(context: DisruptionContext): CandidateSearch {
  return selectCandidates(searchCandidates(context, 'graceful'), context, consolidationFilter);
}
