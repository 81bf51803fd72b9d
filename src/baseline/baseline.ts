import type { NodeGroupTemplate } from './node-group.js';

/** What the nodes of a run can come from when it is not Karpenter. */
export const BASELINE_KINDS = ['static'] as const;

/** One of them. */
export type BaselineKind = (typeof BASELINE_KINDS)[number];

/** A group of a static fleet: so many on-demand nodes of one type, spread over the zones, from start to end. */
export interface StaticGroup extends NodeGroupTemplate {
  readonly instanceType: string;
  readonly count: number;
}

/** What provides the nodes of a run in place of Karpenter. */
export interface Baseline {
  readonly kind: 'static';
  readonly groups: readonly StaticGroup[];
}
