import { resourcesFit } from '../../kubernetes/resource-arithmetic.js';
import { allocatableOf } from '../allocatable.js';
import type { InstanceType, Offering } from '../instance-type.js';
import type { ProviderProfile } from '../provider-profile.js';
import { oneCapacityBlock, oneReservationAPool, oneReservationKind } from './reservation-filters.js';
import type { LaunchCandidate, LaunchFilterStep, LaunchRequest, LaunchSelection } from './launch-request.js';

/** v1 only. */
const RESERVATION_FILTERS = [
  ['capacity-reservation-type-filter', oneReservationKind],
  ['capacity-block-filter', oneCapacityBlock],
  ['reserved-offering-filter', oneReservationAPool],
] as const;

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
 * reservations of one kind if there are any, without exotic ones, without spot dearer than on-demand, the 60 cheapest.
 */
export function selectForLaunch(
  types: readonly InstanceType[],
  request: LaunchRequest,
  profile: ProviderProfile,
): LaunchSelection {
  const first = compatibleAndAvailable(types, request);
  const steps: LaunchFilterStep[] = [{ name: 'compatible-available-filter', before: first, after: first }];
  if (first.length === 0) return { candidates: first, steps, minValuesUnsatisfied: false };
  let reserved = first;
  if (profile.version === 'v1.14.1') {
    for (const [name, filter] of RESERVATION_FILTERS) {
      const after = filter(reserved, request);
      steps.push({ name, before: reserved, after });
      reserved = after;
    }
  }
  const plain = withoutExotic(reserved, request, profile);
  const cheap =
    profile.expensiveSpot === 'offerings' ? withoutDearOfferings(plain, request) : withoutDearTypes(plain, request);
  const kept = cheapest(cheap);
  const minValuesUnsatisfied = kept.length > 0 && request.satisfiesMinValues?.(kept.map(({ type }) => type)) === false;
  steps.push(
    { name: 'exotic-instance-filter', before: reserved, after: plain },
    { name: 'spot-offering-filter', before: plain, after: cheap },
  );
  if (cheap.length > 0) steps.push({ name: 'truncate', before: cheap, after: minValuesUnsatisfied ? cheap : kept });
  return { candidates: minValuesUnsatisfied ? [] : kept, steps, minValuesUnsatisfied };
}

function compatibleAndAvailable(types: readonly InstanceType[], request: LaunchRequest): readonly LaunchCandidate[] {
  const { instanceTypeNames: names, requests } = request;
  const candidates: LaunchCandidate[] = [];
  for (const type of types) {
    if (names !== undefined && !names.has(type.name)) continue;
    if (!request.admitsType(type) || !resourcesFit(requests, allocatableOf(type))) continue;
    const usable = type.offerings.filter((offering) => offering.available && request.admitsOffering(offering, type));
    if (usable.length > 0) candidates.push({ type, offerings: type.offerings, usable });
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
  return plain.length === 0 || plain.length === candidates.length ? candidates : plain;
}

function isExotic(type: InstanceType, profile: ProviderProfile): boolean {
  // From the label in the original; the label is the part of the name after its dot.
  const metal = profile.exoticMetal === 'contains' ? /\..*metal/.test(type.name) : type.name.endsWith('.metal');
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
  for (const { usable } of candidates) {
    for (const { capacityType, price } of usable) {
      if (capacityType === 'spot') spot = true;
      else if (capacityType === 'on-demand' && price < cheapestOnDemand) cheapestOnDemand = price;
    }
  }
  if (!spot || cheapestOnDemand === Infinity) return candidates;
  const isDear = ({ capacityType, price }: Offering): boolean => capacityType === 'spot' && price > cheapestOnDemand;
  const kept: LaunchCandidate[] = [];
  for (const candidate of candidates) {
    const { type, offerings, usable } = candidate;
    if (!offerings.some(isDear)) {
      kept.push(candidate);
      continue;
    }
    // Offerings that are unavailable or do not match stay, so a type without any usable one can stay too (corrections §9.2).
    const left = offerings.filter((offering) => !isDear(offering));
    if (left.length > 0) kept.push({ type, offerings: left, usable: usable.filter((offering) => !isDear(offering)) });
  }
  return kept;
}

/** v0.32: drops each type whose cheapest offering, in any zone, costs more than the cheapest on-demand one in any zone. */
function withoutDearTypes(candidates: readonly LaunchCandidate[], request: LaunchRequest): readonly LaunchCandidate[] {
  if (!admitsBoth(request)) return candidates;
  let spot = false;
  let onDemand = false;
  let cheapestOnDemand = Infinity;
  const cheapestOf: number[] = [];
  for (const { offerings } of candidates) {
    let lowest = Infinity;
    for (const { available, capacityType, price, zone } of offerings) {
      if (!available) continue;
      lowest = Math.min(lowest, price);
      if (capacityType === 'on-demand') cheapestOnDemand = Math.min(cheapestOnDemand, price);
      if (!request.admitsZone(zone)) continue;
      if (capacityType === 'spot') spot = true;
      else onDemand = true;
    }
    cheapestOf.push(lowest);
  }
  if (!spot || !onDemand) return candidates;
  return candidates.filter((_, index) => (cheapestOf[index] ?? Infinity) <= cheapestOnDemand);
}

/** Orders by the cheapest usable offering and keeps the first 60. Ties go by name: v1 leaves them to chance. */
function cheapest(candidates: readonly LaunchCandidate[]): readonly LaunchCandidate[] {
  const priced = candidates.map((candidate) => ({ candidate, price: lowestPrice(candidate.usable) }));
  priced.sort((a, b) => {
    if (a.price !== b.price) return a.price < b.price ? -1 : 1;
    return a.candidate.type.name < b.candidate.type.name ? -1 : 1;
  });
  return priced.slice(0, MAX_TYPES).map(({ candidate }) => candidate);
}

function lowestPrice(offerings: readonly Offering[]): number {
  let lowest = Infinity;
  for (const { price } of offerings) if (price < lowest) lowest = price;
  return lowest;
}

function admitsBoth(request: LaunchRequest): boolean {
  return request.admitsCapacityType('spot') && request.admitsCapacityType('on-demand');
}
