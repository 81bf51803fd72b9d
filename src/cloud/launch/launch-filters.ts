import { resourcesFit } from '../../kubernetes/resource-arithmetic.js';
import { allocatableOf } from '../allocatable.js';
import type { InstanceType, Offering } from '../instance-type.js';
import type { ProviderProfile } from '../provider-profile.js';
import type { LaunchCandidate, LaunchFilterStep, LaunchRequest, LaunchSelection } from './launch-request.js';

/** A fleet request names no more types than this. */
const MAX_TYPES = 60;

const EXOTIC_RESOURCES = [
  'aws.amazon.com/neuron',
  'aws.amazon.com/neuroncore',
  'amd.com/gpu',
  'nvidia.com/gpu',
  'habana.ai/gaudi',
];

/**
 * Chooses the types of a fleet request from the types of the NodeClass (aws.md §9.2, §9.3): those that fit and are to be had,
 * without exotic ones, without spot dearer than on-demand, the 60 cheapest. Filters for reserved capacity have no effect
 * here, as no offering is reserved; they stand in the steps under their names.
 */
export function selectForLaunch(
  types: readonly InstanceType[],
  request: LaunchRequest,
  profile: ProviderProfile,
): LaunchSelection {
  const steps: LaunchFilterStep[] = [];
  let candidates = compatibleAndAvailable(types, request);
  const apply = (name: string, filter: (before: readonly LaunchCandidate[]) => readonly LaunchCandidate[]): void => {
    if (candidates.length === 0) return;
    const before = candidates;
    candidates = filter(before);
    steps.push(describeStep(name, before, candidates));
  };
  steps.push({ name: 'compatible-available-filter', count: candidates.length, rejected: [], removedOfferings: [] });
  if (profile.version === 'v1.14.1') {
    for (const name of ['capacity-reservation-type-filter', 'capacity-block-filter', 'reserved-offering-filter']) {
      apply(name, (before) => before);
    }
  }
  apply('exotic-instance-filter', (before) => withoutExotic(before, request, profile));
  apply('spot-offering-filter', (before) =>
    profile.expensiveSpot === 'offerings' ? withoutDearOfferings(before, request) : withoutDearTypes(before, request),
  );
  if (candidates.length === 0) return { candidates, steps, minValuesUnsatisfied: false };
  const kept = cheapest(candidates, request);
  const minValuesUnsatisfied = request.satisfiesMinValues?.(kept.map(({ type }) => type)) === false;
  steps.push(describeStep('truncate', candidates, minValuesUnsatisfied ? candidates : kept));
  return { candidates: minValuesUnsatisfied ? [] : kept, steps, minValuesUnsatisfied };
}

function compatibleAndAvailable(types: readonly InstanceType[], request: LaunchRequest): readonly LaunchCandidate[] {
  const { instanceTypeNames: names, requests } = request;
  const candidates: LaunchCandidate[] = [];
  for (const type of types) {
    if (names !== undefined && !names.has(type.name)) continue;
    if (!request.admitsType(type) || !resourcesFit(requests, allocatableOf(type))) continue;
    if (type.offerings.some((offering) => offering.available && request.admitsOffering(offering, type))) {
      candidates.push({ type, offerings: type.offerings });
    }
  }
  return candidates;
}

function withoutExotic(
  candidates: readonly LaunchCandidate[],
  request: LaunchRequest,
  profile: ProviderProfile,
): readonly LaunchCandidate[] {
  if (request.hasMinValues) return candidates;
  const plain = candidates.filter(({ type }) => !isExotic(type, profile));
  return plain.length === 0 ? candidates : plain;
}

function isExotic(type: InstanceType, profile: ProviderProfile): boolean {
  // From the label in the original; the label is the part of the name after its dot.
  const size = type.name.slice(type.name.indexOf('.') + 1);
  const metal = profile.exoticMetal === 'contains' ? size.includes('metal') : size === 'metal';
  return metal || EXOTIC_RESOURCES.some((resource) => (type.capacity[resource] ?? 0) > 0);
}

/** v1: drops each spot offering that costs more than the cheapest on-demand one to be had; equal prices stay. */
function withoutDearOfferings(
  candidates: readonly LaunchCandidate[],
  request: LaunchRequest,
): readonly LaunchCandidate[] {
  if (request.hasMinValues || !admitsBoth(request)) return candidates;
  let cheapestOnDemand = Infinity;
  let spot = false;
  for (const candidate of candidates) {
    for (const offering of matching(candidate, request)) {
      if (offering.capacityType === 'spot') spot = true;
      else if (offering.capacityType === 'on-demand') cheapestOnDemand = Math.min(cheapestOnDemand, offering.price);
    }
  }
  if (!spot || cheapestOnDemand === Infinity) return candidates;
  // Offerings that are unavailable or do not match stay, so a type without any usable one can stay too (corrections §9.2).
  return candidates.flatMap(({ type, offerings }) => {
    const kept = offerings.filter((offering) => offering.capacityType !== 'spot' || offering.price <= cheapestOnDemand);
    if (kept.length === offerings.length) return [{ type, offerings }];
    return kept.length === 0 ? [] : [{ type, offerings: kept }];
  });
}

/** v0.32: drops each type whose cheapest offering, in any zone, costs more than the cheapest on-demand one in any zone. */
function withoutDearTypes(candidates: readonly LaunchCandidate[], request: LaunchRequest): readonly LaunchCandidate[] {
  if (!admitsBoth(request)) return candidates;
  let spot = false;
  let onDemand = false;
  let cheapestOnDemand = Infinity;
  const cheapestOf = new Map<LaunchCandidate, number>();
  for (const candidate of candidates) {
    let cheapest = Infinity;
    for (const offering of candidate.offerings) {
      if (!offering.available) continue;
      cheapest = Math.min(cheapest, offering.price);
      if (offering.capacityType === 'on-demand') cheapestOnDemand = Math.min(cheapestOnDemand, offering.price);
      if (!request.admitsZone(offering.zone)) continue;
      if (offering.capacityType === 'spot') spot = true;
      else onDemand = true;
    }
    cheapestOf.set(candidate, cheapest);
  }
  if (!spot || !onDemand) return candidates;
  return candidates.filter((candidate) => (cheapestOf.get(candidate) ?? Infinity) <= cheapestOnDemand);
}

/** Orders by the cheapest offering to be had and keeps the first 60. Ties go by name: v1 leaves them to chance. */
function cheapest(candidates: readonly LaunchCandidate[], request: LaunchRequest): readonly LaunchCandidate[] {
  const priced = candidates.map((candidate) => ({ candidate, price: cheapestPrice(candidate, request) }));
  priced.sort((a, b) => {
    if (a.price !== b.price) return a.price < b.price ? -1 : 1;
    return a.candidate.type.name < b.candidate.type.name ? -1 : 1;
  });
  return priced.slice(0, MAX_TYPES).map(({ candidate }) => candidate);
}

function cheapestPrice(candidate: LaunchCandidate, request: LaunchRequest): number {
  let price = Number.MAX_VALUE;
  for (const offering of matching(candidate, request)) price = Math.min(price, offering.price);
  return price;
}

function admitsBoth(request: LaunchRequest): boolean {
  return request.admitsCapacityType('spot') && request.admitsCapacityType('on-demand');
}

/** Available offerings of a candidate that the request admits. */
export function matching({ type, offerings }: LaunchCandidate, request: LaunchRequest): readonly Offering[] {
  return offerings.filter((offering) => offering.available && request.admitsOffering(offering, type));
}

function describeStep(
  name: string,
  before: readonly LaunchCandidate[],
  after: readonly LaunchCandidate[],
): LaunchFilterStep {
  if (before === after) return { name, count: after.length, rejected: [], removedOfferings: [] };
  const kept = new Map(after.map((candidate) => [candidate.type.name, candidate]));
  const removedOfferings: string[] = [];
  for (const { type, offerings } of before) {
    const left = kept.get(type.name)?.offerings;
    if (left === undefined || left === offerings) continue;
    const remaining = new Set(left);
    for (const offering of offerings) {
      if (!offering.available || remaining.has(offering)) continue;
      removedOfferings.push(`${offering.capacityType}:${type.name}:${offering.zone}`);
    }
  }
  const rejected = before.flatMap(({ type }) => (kept.has(type.name) ? [] : [type.name]));
  return { name, count: after.length, rejected, removedOfferings };
}
