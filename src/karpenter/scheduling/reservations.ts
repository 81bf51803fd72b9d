import { ObjectCache } from '../../kernel/object-cache.js';
import type { InstanceType } from '../../cloud/instance-type.js';

/** Free instances by reservation id. */
type Capacities = ReadonlyMap<string, number>;

/** Most lists have no reservations at all, so a list is read once. */
const capacitiesByList = new ObjectCache<readonly InstanceType[], Capacities>();

/** Reserved capacity that new NodeClaims may still count on in this pass (RSV-1). */
export class ReservationLedger {
  readonly #capacity = new Map<string, number>();
  readonly #heldBy = new Map<string, Set<string>>();

  /** @param lists - Types of the NodePools, all of them. */
  constructor(lists: Iterable<readonly InstanceType[]>) {
    for (const types of lists) {
      for (const [id, free] of capacitiesOf(types)) {
        this.#capacity.set(id, Math.min(this.#capacity.get(id) ?? Infinity, free));
      }
    }
  }

  /** True when no type of any NodePool is reserved anywhere. */
  get isEmpty(): boolean {
    return this.#capacity.size === 0;
  }

  canReserve(holder: string, reservationId: string): boolean {
    return this.#holds(holder, reservationId) || (this.#capacity.get(reservationId) ?? 0) > 0;
  }

  /** One unit per holder and reservation, however often it is asked for. */
  reserve(holder: string, reservationId: string): void {
    if (this.#holds(holder, reservationId)) return;
    const held = this.#heldBy.get(holder) ?? new Set<string>();
    this.#heldBy.set(holder, held.add(reservationId));
    this.#capacity.set(reservationId, (this.#capacity.get(reservationId) ?? 0) - 1);
  }

  release(holder: string, reservationId: string): void {
    if (this.#heldBy.get(holder)?.delete(reservationId) !== true) return;
    this.#capacity.set(reservationId, (this.#capacity.get(reservationId) ?? 0) + 1);
  }

  #holds(holder: string, reservationId: string): boolean {
    return this.#heldBy.get(holder)?.has(reservationId) === true;
  }
}

/** Whether any of the types is reserved somewhere. */
export function hasReservations(types: readonly InstanceType[]): boolean {
  return capacitiesOf(types).size > 0;
}

/** A reservation holds what the most pessimistic of its offerings says, available or not. */
function capacitiesOf(types: readonly InstanceType[]): Capacities {
  const known = capacitiesByList.get(types);
  if (known !== undefined) return known;
  const capacities = new Map<string, number>();
  for (const { offerings } of types) {
    for (const { capacityType, reservationId, reservationCapacity = 0 } of offerings) {
      if (capacityType !== 'reserved' || reservationId === undefined) continue;
      capacities.set(reservationId, Math.min(capacities.get(reservationId) ?? Infinity, reservationCapacity));
    }
  }
  capacitiesByList.set(types, capacities);
  return capacities;
}
