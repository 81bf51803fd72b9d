import { hasCondition } from '../../lifecycle/conditions.js';
import type { DisruptionMethod } from '../disruption-method.js';
import { selectCandidates, type Rejection } from '../method-filter.js';
import { searchCandidates } from './candidates.js';
import { replaceMarked } from './replace-marked.js';

const NOT_DRIFTED: Rejection = { code: 'not-drifted' };

/** Replaces nodes that no longer are what their NodePool asks for; behind a gate (disruption.md §5.5). */
export const DRIFT: DisruptionMethod = {
  name: 'drift',
  reason: 'drift',
  usesMemo: false,
  search: (context) =>
    selectCandidates(searchCandidates(context), context, ({ nodeClaim }) =>
      context.settings.featureGates.drift && hasCondition(nodeClaim, 'Drifted') ? undefined : NOT_DRIFTED,
    ),
  compute: (context, candidates) => replaceMarked(context, candidates, 'Drifted'),
};
