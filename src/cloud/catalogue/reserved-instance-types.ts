import type { InstanceType } from '../instance-type.js';
import type { CapacityReservation, ReservationCounts } from '../launch/capacity-reservations.js';
import type { InstanceTypeProvider } from './instance-type-provider.js';
import { withReservations } from './reserved-offerings.js';

/**
 * Instance types of one NodeClass with its reservations. As of the plain ones, array and objects keep their identity while
 * nothing changes.
 */
export class ReservedInstanceTypes {
  /** By plain type, then by free counts. */
  readonly #variants = new WeakMap<InstanceType, Map<string, InstanceType>>();
  readonly #byType = new Map<string, CapacityReservation[]>();
  #last: { readonly plain: readonly InstanceType[]; readonly free: string; readonly list: readonly InstanceType[] } = {
    plain: [],
    free: '',
    list: [],
  };

  constructor(
    private readonly plain: InstanceTypeProvider,
    private readonly reservations: readonly CapacityReservation[],
    private readonly counts: ReservationCounts,
  ) {
    for (const reservation of reservations) {
      const { instanceType } = reservation;
      this.#byType.set(instanceType, [...(this.#byType.get(instanceType) ?? []), reservation]);
    }
  }

  /** Types in ascending order of name, with offerings that are believed to be used up unavailable. */
  list(nowMs: number): readonly InstanceType[] {
    const plain = this.plain.list(nowMs);
    const free = this.#free(this.reservations, nowMs);
    if (this.#last.plain !== plain || this.#last.free !== free) {
      this.#last = { plain, free, list: plain.map((type) => this.#withOwn(type, nowMs)) };
    }
    return this.#last.list;
  }

  #withOwn(type: InstanceType, nowMs: number): InstanceType {
    const own = this.#byType.get(type.name);
    if (own === undefined) return type;
    let variants = this.#variants.get(type);
    if (variants === undefined) this.#variants.set(type, (variants = new Map<string, InstanceType>()));
    const key = this.#free(own, nowMs);
    let variant = variants.get(key);
    if (variant === undefined) {
      const reservations = own.map(({ id, zone }) => ({
        id,
        zone,
        kind: 'default' as const,
        free: this.counts.free(id, nowMs),
        usable: this.plain.sells(type.name, zone),
      }));
      variants.set(key, (variant = withReservations(type, reservations)));
    }
    return variant;
  }

  #free(reservations: readonly CapacityReservation[], nowMs: number): string {
    return reservations.map(({ id }) => this.counts.free(id, nowMs)).join();
  }
}
