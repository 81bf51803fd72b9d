import type { ClusterAutoscalerSettings } from './cluster-autoscaler/settings.js';
import type { NodeGroup, NodeGroupTemplate } from './node-group.js';

/** What the nodes of a run can come from when it is not Karpenter. */
export const BASELINE_KINDS = ['static', 'cluster-autoscaler'] as const;

/** One of them. */
export type BaselineKind = (typeof BASELINE_KINDS)[number];

/** A group of a static fleet: so many on-demand nodes of one type, spread over the zones, from start to end. */
export interface StaticGroup extends NodeGroupTemplate {
  readonly instanceType: string;
  readonly count: number;
}

/** What provides the nodes of a run in place of Karpenter. */
export type Baseline =
  | { readonly kind: 'static'; readonly groups: readonly StaticGroup[] }
  | {
      readonly kind: 'cluster-autoscaler';
      readonly groups: readonly NodeGroup[];
      readonly settings: ClusterAutoscalerSettings;
    };
