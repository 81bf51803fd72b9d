import { InstanceTypeBuilder } from '../../cloud/catalogue/instance-types.js';
import { withReservations } from '../../cloud/catalogue/reserved-offerings.js';
import type { CapacityType, InstanceType, Offering, ReservationKind } from '../../cloud/instance-type.js';
import { poolKey, type UnavailableOfferings } from '../../cloud/launch/unavailable-offerings.js';
import type { UnavailableScopes } from '../../cloud/launch/unavailable-scopes.js';
import type { EC2NodeClass } from '../../cloud/node-class.js';
import { providerProfile } from '../../cloud/provider-profile.js';
import { findZones } from '../../cloud/zones.js';
import type { SoldType } from '../case-catalogs.js';
import { durationMs } from '../recorded-duration.js';
import type { RecordedAccount, RecordedReservation } from './recorded-account.js';
import { capacitySettings, recordOf } from './recorded-types.js';

const REGION = 'us-east-1';
/** A capacity block is not used any more so long before its end (aws.md §13). */
const BLOCK_ENDS_EARLY_MS = 2_400_000;

/** What hides offerings. */
export interface LaunchMarks {
  readonly pools: UnavailableOfferings;
  readonly scopes: UnavailableScopes;
  /** When a pool of a type was marked last. */
  readonly markedAtMs: (type: string) => number;
}

/** The instance types of a case as the provider shows them over time. */
export class LaunchTypes {
  readonly #all: readonly InstanceType[];

  constructor(
    private readonly account: RecordedAccount,
    sold: readonly SoldType[],
    nodeClass: EC2NodeClass,
    private readonly marks: LaunchMarks,
    private readonly freeOf: (reservationId: string) => number,
  ) {
    const prices = soldPrices(account, sold);
    const zonesOf = new Map(sold.map(({ name, offerings }) => [name, new Set(offerings.map(({ zone }) => zone))]));
    this.#all = new InstanceTypeBuilder({
      profile: providerProfile('v1.14.1'),
      records: sold.map(({ name }) => recordOf(name)),
      nodeClass,
      settings: capacitySettings(account.settings),
      region: REGION,
      zones: findZones(
        REGION,
        account.subnets.map(({ zone }) => zone),
      ),
      offers: (record, zone) => zonesOf.get(record.name)?.has(zone.name) ?? false,
      prices: {
        onDemand: (type) => prices.get(`on-demand/${type}`),
        spot: (type, zone) => prices.get(`spot/${type}/${zone}`),
      },
    }).build();
  }

  /** Types with what is out of capacity unavailable, and with the reservations' offerings. */
  list(nowMs: number): readonly InstanceType[] {
    const { byType } = this.marks.pools.hidden(nowMs);
    return this.#all.map((type) => {
      const hidden = byType.get(type.name)?.pools;
      const offerings = type.offerings.map((offering) =>
        hidden?.has(poolKey(offering)) === true || this.#isScopeHidden(type, offering, nowMs)
          ? { ...offering, available: false }
          : offering,
      );
      return this.#withReservations({ ...type, offerings });
    });
  }

  /** A capacity type that may not be used, or a zone all of whose subnets are full. */
  #isScopeHidden(type: InstanceType, { capacityType, zone }: Offering, nowMs: number): boolean {
    const { scopes } = this.marks;
    const madeMs = this.marks.markedAtMs(type.name);
    if (scopes.isShown(capacityType, nowMs, madeMs)) return true;
    const subnets = this.account.subnets.filter((subnet) => subnet.zone === zone);
    return subnets.every(({ id }) => scopes.isShown(id, nowMs, madeMs));
  }

  #withReservations(type: InstanceType): InstanceType {
    const { reservations = [], settings } = this.account;
    const own = settings.reservedCapacity === false ? [] : reservations.filter((each) => each.type === type.name);
    return withReservations(
      type,
      own.map((reservation) => ({
        id: reservation.id,
        zone: reservation.zone,
        kind: kindOf(reservation),
        free: this.freeOf(reservation.id),
        usable: this.#isUsable(reservation, type),
      })),
    );
  }

  /** Reservations are described once, at the start: nobody sees a block come to its end. */
  #isUsable({ zone, kind, endsIn }: RecordedReservation, type: InstanceType): boolean {
    const isOver = kind === 'capacity-block' && endsIn !== undefined && durationMs(endsIn) <= BLOCK_ENDS_EARLY_MS;
    return !isOver && type.offerings.some((offering) => offering.zone === zone);
  }
}

function kindOf({ kind, interruptible = false }: RecordedReservation): ReservationKind {
  return interruptible ? 'interruptible' : kind;
}

/** Prices by way, type and, for spot, zone; what a case says goes before the catalogue. */
function soldPrices({ prices = [] }: RecordedAccount, sold: readonly SoldType[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { name, offerings } of sold) {
    for (const { zone, capacityType, price } of offerings) {
      const changes = prices.filter(
        (change) =>
          change.type === name && change.capacityType === capacityType && (change.zone ?? '') in { '': 0, [zone]: 0 },
      );
      let current: number | null = price;
      for (const change of changes) {
        current = change.price;
        if (current === null) break;
      }
      if (current !== null) found.set(priceKey(capacityType as CapacityType, name, zone), current);
    }
  }
  return found;
}

function priceKey(capacityType: CapacityType, type: string, zone: string): string {
  return capacityType === 'spot' ? `spot/${type}/${zone}` : `on-demand/${type}`;
}
