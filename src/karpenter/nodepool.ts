import type { KubeletConfiguration } from '../cloud/node-class.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { NodeSelectorRequirement } from '../kubernetes/selectors.js';
import type { Taint } from '../kubernetes/taints.js';

/** A duration in milliseconds, or `Never`. */
export type NeverOrMs = number | 'Never';

/** Reason of a voluntary disruption, as budgets name it. */
export type DisruptionReason = 'Underutilized' | 'Empty' | 'Drifted';

/** One entry of `spec.disruption.budgets` (v1). `nodes` is an integer or a percentage, as written. */
export interface DisruptionBudget {
  readonly nodes: string;
  /** Undefined: every reason. An empty list matches none. */
  readonly reasons?: readonly DisruptionReason[] | undefined;
  readonly schedule?: string | undefined;
  readonly durationMs?: number | undefined;
}

/** `WhenUnderutilized` is v1beta1's; `WhenEmptyOrUnderutilized` and `Balanced` are v1's. */
export type ConsolidationPolicy = 'WhenEmpty' | 'WhenUnderutilized' | 'WhenEmptyOrUnderutilized' | 'Balanced';

/** `spec.template` of a NodePool: what every NodeClaim is made from. */
export interface NodeClaimTemplateSpec {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly requirements: readonly NodeSelectorRequirement[];
  readonly taints: readonly Taint[];
  readonly startupTaints: readonly Taint[];
  readonly nodeClassRef: { readonly group: string; readonly kind: string; readonly name: string };
  /** v1 only: frozen into each NodeClaim. */
  readonly expireAfter: NeverOrMs;
  /** v1 only. */
  readonly terminationGracePeriodMs?: number | undefined;
  /** v1beta1 only; v1 has it in the EC2NodeClass. */
  readonly kubelet?: KubeletConfiguration | undefined;
}

/** A NodePool of either API version with defaults applied. */
export interface NodePool {
  readonly apiVersion: 'karpenter.sh/v1' | 'karpenter.sh/v1beta1';
  readonly metadata: ObjectMeta;
  /** 0 when unset. */
  readonly weight: number;
  /** Static capacity (v1.14); undefined for ordinary NodePools. */
  readonly replicas?: number | undefined;
  /** Empty when unset. */
  readonly limits: ResourceList;
  readonly disruption: {
    readonly consolidationPolicy: ConsolidationPolicy;
    /** Undefined only in v1beta1. */
    readonly consolidateAfter?: NeverOrMs | undefined;
    /** v1beta1 only: read live from the NodePool. */
    readonly expireAfter?: NeverOrMs | undefined;
    /** v1 only; empty means no limit. */
    readonly budgets: readonly DisruptionBudget[];
  };
  readonly template: NodeClaimTemplateSpec;
  /** Hash of the template fields whose change drifts nodes (disruption.md §5.5). */
  readonly hash: string;
}
