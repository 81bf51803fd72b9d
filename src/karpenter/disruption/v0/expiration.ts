import { hasCondition } from '../../lifecycle/conditions.js';
import type { Candidate } from '../candidate.js';
import type { DisruptionMethod } from '../disruption-method.js';
import { selectCandidates, type Rejection } from '../method-filter.js';
import { searchCandidates } from './candidates.js';
import { replaceMarked } from './replace-marked.js';

const NOT_EXPIRED: Rejection = { code: 'not-expired' };

function rejectionOf({ nodePool, nodeClaim }: Candidate): Rejection | undefined {
  const { expireAfter } = nodePool.disruption;
  const expires = expireAfter !== undefined && expireAfter !== 'Never';
  return expires && hasCondition(nodeClaim, 'Expired') ? undefined : NOT_EXPIRED;
}

/** Replaces nodes that are older than expireAfter, gracefully and before anything else (disruption.md §5.6). */
export const EXPIRATION: DisruptionMethod = {
  name: 'expiration',
  reason: 'expiration',
  usesMemo: false,
  search: (context) => selectCandidates(searchCandidates(context), context, rejectionOf),
  compute: (context, candidates) => replaceMarked(context, candidates, 'Expired'),
};
