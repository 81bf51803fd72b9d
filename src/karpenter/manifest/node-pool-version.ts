import type { NodeSelectorOperator } from '../../kubernetes/selectors.js';
import type { ConsolidationPolicy, NodePool } from '../nodepool.js';

/** What one API version of NodePool has and asks for (disruption.md §11). */
export interface NodePoolVersion {
  readonly apiVersion: NodePool['apiVersion'];
  readonly operators: readonly NodeSelectorOperator[];
  readonly maxRequirements: number;
  readonly comparisonMessage: string;
  readonly consolidationPolicies: readonly ConsolidationPolicy[];
  readonly durationPattern: RegExp;
  readonly namePattern: RegExp;
  readonly maxNameLength: number;
  /** Fields that this version does not have, with what to write instead. */
  readonly movedInSpec: Readonly<Record<string, string>>;
  readonly movedInTemplate: Readonly<Record<string, string>>;
  readonly movedInDisruption: Readonly<Record<string, string>>;
}

const BETA_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;

/** Often looked for here. */
const BATCHING =
  'no NodePool has it: it is a setting of the installation (BATCH_IDLE_DURATION, BATCH_MAX_DURATION; karpenter.batchMaxDuration in a scenario)';

export const NODE_POOL_V1: NodePoolVersion = {
  apiVersion: 'karpenter.sh/v1',
  operators: [...BETA_OPERATORS, 'Gte', 'Lte'],
  maxRequirements: 100,
  comparisonMessage: "requirements operator 'Gt', 'Lt', 'Gte', or 'Lte' must have a single positive integer value",
  consolidationPolicies: ['WhenEmpty', 'WhenEmptyOrUnderutilized', 'Balanced'],
  durationPattern: /^([0-9]+(s|m|h))+$/,
  namePattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  maxNameLength: 253,
  movedInSpec: {},
  movedInTemplate: {
    kubelet: 'since v1 it stands in the EC2NodeClass: spec.kubelet',
    resources: 'v1 has none: remove it',
  },
  movedInDisruption: {
    batchIdleDuration: BATCHING,
    batchMaxDuration: BATCHING,
    expireAfter: 'since v1 it stands in spec.template.spec.expireAfter; left here it is dropped and 720h applies',
  },
};

export const NODE_POOL_V1BETA1: NodePoolVersion = {
  apiVersion: 'karpenter.sh/v1beta1',
  operators: BETA_OPERATORS,
  maxRequirements: 30,
  comparisonMessage: "requirements operator 'Gt' or 'Lt' must have a single positive integer value",
  consolidationPolicies: ['WhenEmpty', 'WhenUnderutilized'],
  // Anchored on one side only, so "30m1.5h" passes here; what is no Go duration fails right after.
  durationPattern: /^([0-9]+(s|m|h))+/,
  namePattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  maxNameLength: 63,
  movedInSpec: { replicas: 'v0.32.0 has no static NodePools' },
  movedInTemplate: {
    expireAfter: 'in v1beta1 it stands in spec.disruption.expireAfter',
    terminationGracePeriod: 'v0.32.0 has none',
  },
  movedInDisruption: {
    batchIdleDuration: BATCHING,
    batchMaxDuration: BATCHING,
    budgets: 'v0.32.0 has no disruption budgets',
  },
};
