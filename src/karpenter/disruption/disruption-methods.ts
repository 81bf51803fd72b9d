import type { KarpenterVersion } from '../settings.js';
import type { DisruptionMethod } from './disruption-method.js';
import { DRIFT as DRIFT_V0 } from './v0/drift.js';
import { EMPTINESS as EMPTINESS_V0 } from './v0/emptiness.js';
import { EMPTY_NODE_CONSOLIDATION } from './v0/empty-node-consolidation.js';
import { EXPIRATION } from './v0/expiration.js';
import { MULTI_NODE_CONSOLIDATION as MULTI_NODE_CONSOLIDATION_V0 } from './v0/multi-node-consolidation.js';
import { SINGLE_NODE_CONSOLIDATION as SINGLE_NODE_CONSOLIDATION_V0 } from './v0/single-node-consolidation.js';
import { DRIFT } from './v1/drift.js';
import { EMPTINESS } from './v1/emptiness.js';
import { MULTI_NODE_CONSOLIDATION } from './v1/multi-node-consolidation.js';
import { SINGLE_NODE_CONSOLIDATION } from './v1/single-node-consolidation.js';
import { STATIC_DRIFT } from './v1/static-drift.js';

const METHODS: Readonly<Record<KarpenterVersion, readonly DisruptionMethod[]>> = {
  'v1.14.1': [EMPTINESS, STATIC_DRIFT, DRIFT, MULTI_NODE_CONSOLIDATION, SINGLE_NODE_CONSOLIDATION],
  'v0.32.0': [
    EXPIRATION,
    DRIFT_V0,
    EMPTINESS_V0,
    EMPTY_NODE_CONSOLIDATION,
    MULTI_NODE_CONSOLIDATION_V0,
    SINGLE_NODE_CONSOLIDATION_V0,
  ],
};

/** The methods of a version in the order in which its loop asks them; the first that has a command ends the round. */
export function disruptionMethods(version: KarpenterVersion): readonly DisruptionMethod[] {
  return METHODS[version];
}
