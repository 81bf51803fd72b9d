import type { TypeView } from './type-view.js';

/** Reserved capacity that new NodeClaims may still count on in this pass (RSV-1). */
export class ReservationLedger {
  readonly #capacity = new Map<string, number>();
  readonly #heldBy = new Map<string, Set<string>>();

  /** A reservation holds what the most pessimistic of its offerings says, available or not. */
  constructor(types: Iterable<TypeView>) {
    for (const { offerings } of types) {
      for (const { offering } of offerings) {
        const { capacityType, reservationId, reservationCapacity = 0 } = offering;
        if (capacityType !== 'reserved' || reservationId === undefined) continue;
        const known = this.#capacity.get(reservationId);
        this.#capacity.set(
          reservationId,
          known === undefined ? reservationCapacity : Math.min(known, reservationCapacity),
        );
      }
    }
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
