import { hasCondition } from '../../lifecycle/conditions.js';
import type { DisruptionMethod } from '../disruption-method.js';
import { finding, selectCandidates } from '../method-filter.js';
import { searchCandidates } from './candidates.js';
import { replaceMarked } from './replace-marked.js';

/** Replaces nodes that no longer are what their NodePool asks for; behind a gate (disruption.md §5.5). */
export const DRIFT: DisruptionMethod = {
  name: 'drift',
  reason: 'drift',
  usesMemo: false,
  search: (context) =>
    selectCandidates(
      searchCandidates(context),
      context,
      (candidate) =>
        (context.settings.featureGates.drift && hasCondition(candidate.nodeClaim, 'Drifted')) ||
        finding(candidate, 'not-drifted'),
    ),
  compute: (context, candidates) => replaceMarked(context, candidates, 'Drifted'),
};
