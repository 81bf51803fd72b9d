import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { CapacityType, InstanceType, Offering } from '../instance-type.js';

/** What a NodeClaim asks of the cloud. The requirement algebra is Karpenter's, so requirements come as predicates. */
export interface LaunchRequest {
  readonly requests: ResourceList;
  /** Some requirement has minValues (v1): then exotic types and dear spot offerings are not dropped. */
  readonly hasMinValues: boolean;
  /** Names that the NodeClaim lists, if it does: only these are looked at. Saves asking `admitsType` of a thousand types. */
  readonly instanceTypeNames?: ReadonlySet<string> | undefined;
  /** The type's labels are compatible with the requirements. */
  readonly admitsType: (type: InstanceType) => boolean;
  /** Zone, capacity type and the other labels of the offering are compatible with the requirements. */
  readonly admitsOffering: (offering: Offering, type: InstanceType) => boolean;
  readonly admitsCapacityType: (capacityType: CapacityType) => boolean;
  readonly admitsZone: (zone: string) => boolean;
  /** With minValues and the policy Strict: whether these types satisfy them. Undefined passes. */
  readonly satisfiesMinValues?: ((types: readonly InstanceType[]) => boolean) | undefined;
}

/** A type that is still in question, with the offerings still in question. */
export interface LaunchCandidate {
  readonly type: InstanceType;
  readonly offerings: readonly Offering[];
}

/** What one filter did, for explanations. Names are those of the original where it has names. */
export interface LaunchFilterStep {
  readonly name: string;
  /** Types left. */
  readonly count: number;
  readonly rejected: readonly string[];
  /** Available offerings that were removed, `capacity-type:type:zone`. */
  readonly removedOfferings: readonly string[];
}

/** What the filters leave; nothing left means that the launch fails for want of capacity. */
export interface LaunchSelection {
  readonly candidates: readonly LaunchCandidate[];
  readonly steps: readonly LaunchFilterStep[];
  /** v1: the cheapest types alone do not satisfy minValues. */
  readonly minValuesUnsatisfied: boolean;
}
