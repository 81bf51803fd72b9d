import type { Offering, ReservationKind } from '../instance-type.js';
import type { LaunchCandidate, LaunchRequest } from './launch-request.js';

/** Of kinds with equally cheap offerings the first goes (aws.md §13). */
const KINDS: readonly ReservationKind[] = ['default', 'capacity-block', 'interruptible'];

/**
 * A fleet request has one kind of reservation: the one with the cheapest offering that could be used. Types without it go, and
 * of the others everything that is not of it. Without any reservation to use, nothing changes.
 */
export function oneReservationKind(
  candidates: readonly LaunchCandidate[],
  request: LaunchRequest,
): readonly LaunchCandidate[] {
  if (!request.admitsCapacityType('reserved')) return candidates;
  const cheapest = new Map<ReservationKind, number>();
  for (const { usable } of candidates) {
    for (const { reservationKind: kind, price } of usable) {
      if (kind !== undefined && price < (cheapest.get(kind) ?? Infinity)) cheapest.set(kind, price);
    }
  }
  const lowest = Math.min(...cheapest.values());
  const chosen = KINDS.find((kind) => cheapest.get(kind) === lowest);
  if (chosen === undefined) return candidates;
  return candidates
    .filter(({ usable }) => usable.some((offering) => offering.reservationKind === chosen))
    .map((candidate) => narrowed(candidate, (offering) => offering.reservationKind === chosen));
}

/** A fleet request takes one capacity block: the cheapest that could be used. */
export function oneCapacityBlock(
  candidates: readonly LaunchCandidate[],
  request: LaunchRequest,
): readonly LaunchCandidate[] {
  const isBlock = ({ reservationKind }: Offering): boolean => reservationKind === 'capacity-block';
  if (!request.admitsCapacityType('reserved') || !candidates[0]?.offerings.every(isBlock)) return candidates;
  let best: { readonly candidate: LaunchCandidate; readonly offering: Offering } | undefined;
  for (const candidate of candidates) {
    for (const offering of candidate.usable) {
      if (best === undefined || offering.price < best.offering.price) best = { candidate, offering };
    }
  }
  if (best === undefined) return candidates;
  const { candidate, offering: block } = best;
  return [narrowed(candidate, (offering) => offering === block)];
}

/** A fleet request names a pool once: of several reservations of a type in a zone the one with most free instances. */
export function oneReservationAPool(
  candidates: readonly LaunchCandidate[],
  request: LaunchRequest,
): readonly LaunchCandidate[] {
  if (!request.admitsCapacityType('reserved')) return candidates;
  const kept: LaunchCandidate[] = [];
  for (const candidate of candidates) {
    const fullest = new Map<string, Offering>();
    for (const offering of candidate.usable) {
      if (offering.reservationKind === undefined) continue;
      const known = fullest.get(offering.zone)?.reservationCapacity ?? -1;
      if ((offering.reservationCapacity ?? 0) > known) fullest.set(offering.zone, offering);
    }
    const chosen = new Set(fullest.values());
    if (chosen.size > 0) kept.push(narrowed(candidate, (offering) => chosen.has(offering)));
  }
  return kept.length === 0 ? candidates : kept;
}

/** The same object when nothing goes, as the explanation of a filter tells by it what changed. */
function narrowed(candidate: LaunchCandidate, keeps: (offering: Offering) => boolean): LaunchCandidate {
  const { type, offerings, usable } = candidate;
  if (offerings.every(keeps)) return candidate;
  return { type, offerings: offerings.filter(keeps), usable: usable.filter(keeps) };
}
