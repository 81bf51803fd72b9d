import type { NodePool } from '../nodepool.js';
import { INITIALIZED_LABEL, REGISTERED_LABEL } from '../requirements/labels.js';
import type { Requirements } from '../requirements/requirements.js';
import type { TypeView } from './type-view.js';

/** The scheduler's form of a NodePool: what a new NodeClaim of it starts from (CON-4). */
export interface NodeClaimTemplate {
  readonly nodePool: NodePool;
  readonly labels: Readonly<Record<string, string>>;
  readonly requirements: Requirements;
  /** Types in provider order; only those that the NodePool's own requirements leave, where the version filters first. */
  readonly types: readonly TypeView[];
  /** The types are known to meet {@link requirements}. */
  readonly typesVerified: boolean;
}

/** Labels that a node has once it is ready; requirements on them hold for new NodeClaims, but are not written out. */
export const SIMULATED_LABELS: readonly string[] = [REGISTERED_LABEL, INITIALIZED_LABEL];
