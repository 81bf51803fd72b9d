/** An on-demand capacity reservation of the account or one shared with it, as a scenario describes it. */
export interface CapacityReservation {
  readonly id: string;
  readonly instanceType: string;
  readonly zone: string;
  /** Instances that it holds; it belongs to the cluster alone. */
  readonly count: number;
  /** Account that owns it; undefined: not said, so that no term with an ownerID selects it. */
  readonly ownerID?: string | undefined;
  readonly instanceMatchCriteria: InstanceMatchCriteria;
  readonly tags: Readonly<Record<string, string>>;
}

/** Whether instances that do not name a reservation land in it too. */
export const INSTANCE_MATCH_CRITERIA = ['open', 'targeted'] as const;

/** One of {@link INSTANCE_MATCH_CRITERIA}. */
export type InstanceMatchCriteria = (typeof INSTANCE_MATCH_CRITERIA)[number];

/** One term of capacityReservationSelectorTerms: all that it says must hold; `*` matches any value of a tag. */
export interface ReservationSelectorTerm {
  readonly id?: string | undefined;
  readonly ownerID?: string | undefined;
  readonly instanceMatchCriteria?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** The reservations that some of the terms select; no terms select none. */
export function selectedReservations(
  reservations: readonly CapacityReservation[],
  terms: readonly ReservationSelectorTerm[] = [],
): readonly CapacityReservation[] {
  return reservations.filter((reservation) => terms.some((term) => selects(term, reservation)));
}

function selects({ tags = {}, ...fields }: ReservationSelectorTerm, reservation: CapacityReservation): boolean {
  return (
    (fields.id === undefined || fields.id === reservation.id) &&
    (fields.ownerID === undefined || fields.ownerID === reservation.ownerID) &&
    (fields.instanceMatchCriteria === undefined ||
      fields.instanceMatchCriteria === reservation.instanceMatchCriteria) &&
    Object.entries(tags).every(([key, value]) =>
      value === '*' ? key in reservation.tags : reservation.tags[key] === value,
    )
  );
}

/** Karpenter reads the free counts of EC2 so often (aws.md §13). */
const READ_INTERVAL_MS = 60_000;

/** Free instances of capacity reservations as the provider counts them (aws.md §13). */
export class ReservationCounts {
  readonly #countOf: ReadonlyMap<string, number>;
  readonly #reservationOf = new Map<string, string>();
  readonly #used = new Map<string, number>();
  readonly #emptyUntilMs = new Map<string, number>();

  constructor(reservations: readonly CapacityReservation[]) {
    this.#countOf = new Map(reservations.map(({ id, count }) => [id, count]));
  }

  free(id: string, nowMs: number): number {
    if (nowMs < (this.#emptyUntilMs.get(id) ?? -Infinity)) return 0;
    return Math.max(0, (this.#countOf.get(id) ?? 0) - (this.#used.get(id) ?? 0));
  }

  /** An instance runs in the reservation. */
  take(id: string, instance: string): void {
    this.#reservationOf.set(instance, id);
    this.#used.set(id, (this.#used.get(id) ?? 0) + 1);
  }

  /** An instance has ended; one that had no reservation changes nothing. */
  release(instance: string): void {
    const id = this.#reservationOf.get(instance);
    if (id === undefined) return;
    this.#reservationOf.delete(instance);
    this.#used.set(id, (this.#used.get(id) ?? 0) - 1);
  }

  /** A launch into the reservation met a capacity error: taken to be used up until EC2 is read again. */
  markEmpty(id: string, nowMs: number): void {
    this.#emptyUntilMs.set(id, (Math.floor(nowMs / READ_INTERVAL_MS) + 1) * READ_INTERVAL_MS);
  }
}
