import { consolidatableAt } from '../../lifecycle/consolidatable.js';
import type { Rejection } from '../method-filter.js';

export const STATIC_NODEPOOL: Rejection = { code: 'static-nodepool' };

export const NOT_DRIFTED: Rejection = { code: 'not-drifted' };

export const CONSOLIDATION_DISABLED: Rejection = {
  code: 'consolidation-disabled',
  event: 'Unconsolidatable',
  detail: ({ nodePool }) => ({ nodePool: nodePool.metadata.name }),
};

/** The node's consolidateAfter has not passed, or its conditions were not looked at since. */
export const NOT_CONSOLIDATABLE: Rejection = {
  code: 'not-consolidatable',
  detail: ({ nodePool, nodeClaim }) => {
    const untilMs = consolidatableAt(nodePool, nodeClaim);
    return untilMs === undefined ? {} : { untilMs };
  },
};
