import { hasCondition } from '../../lifecycle/conditions.js';
import type { Candidate } from '../candidate.js';
import type { DisruptionMethod } from '../disruption-method.js';
import type { DisruptionFinding } from '../finding.js';
import { finding, selectCandidates } from '../method-filter.js';
import { searchCandidates } from './candidates.js';
import { replaceMarked } from './replace-marked.js';

function expiredFilter(candidate: Candidate): DisruptionFinding | true {
  const { expireAfter } = candidate.nodePool.disruption;
  const expires = expireAfter !== undefined && expireAfter !== 'Never';
  return (expires && hasCondition(candidate.nodeClaim, 'Expired')) || finding(candidate, 'not-expired');
}

/** Replaces nodes that are older than expireAfter, gracefully and before anything else (disruption.md §5.6). */
export const EXPIRATION: DisruptionMethod = {
  name: 'expiration',
  reason: 'expiration',
  usesMemo: false,
  search: (context) => selectCandidates(searchCandidates(context), context, expiredFilter),
  compute: (context, candidates) => replaceMarked(context, candidates, 'Expired'),
};
