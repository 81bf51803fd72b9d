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
  /** Those of them that are available and that the request admits. */
  readonly usable: readonly Offering[];
}

/** One filter's work. Names are those of the original where it has names. */
export interface LaunchFilterStep {
  readonly name: string;
  readonly before: readonly LaunchCandidate[];
  readonly after: readonly LaunchCandidate[];
}

/** What the filters leave; nothing left means that the launch fails for want of capacity. */
export interface LaunchSelection {
  readonly candidates: readonly LaunchCandidate[];
  readonly steps: readonly LaunchFilterStep[];
  /** v1: the cheapest types alone do not satisfy minValues. */
  readonly minValuesUnsatisfied: boolean;
}

/** What a filter took away: types, and available offerings of types that stay, as `capacity-type:type:zone`, reserved ones with their reservation after it. */
export interface Removals {
  readonly types: readonly string[];
  readonly offerings: readonly string[];
}

/** Reads a filter's work for an explanation. */
export function removalsOf({ before, after }: LaunchFilterStep): Removals {
  const kept = new Map(after.map((candidate) => [candidate.type, candidate]));
  const types: string[] = [];
  const offerings: string[] = [];
  for (const candidate of before) {
    const { type } = candidate;
    const left = kept.get(type);
    if (left === undefined) types.push(type.name);
    if (left === undefined || left === candidate) continue;
    const remaining = new Set(left.offerings);
    for (const offering of candidate.offerings) {
      if (!offering.available || remaining.has(offering)) continue;
      const pool = `${offering.capacityType}:${type.name}:${offering.zone}`;
      offerings.push(offering.reservationId === undefined ? pool : `${pool}:${offering.reservationId}`);
    }
  }
  return { types, offerings };
}
