import { InstanceTypeBuilder } from '../../cloud/catalogue/instance-types.js';
import type { CapacityType, InstanceType, Offering, ReservationKind } from '../../cloud/instance-type.js';
import { poolKey, type UnavailableOfferings } from '../../cloud/launch/unavailable-offerings.js';
import type { UnavailableScopes } from '../../cloud/launch/unavailable-scopes.js';
import type { EC2NodeClass } from '../../cloud/node-class.js';
import { providerProfile } from '../../cloud/provider-profile.js';
import { findZones } from '../../cloud/zones.js';
import type { NodeSelectorRequirement } from '../../kubernetes/selectors.js';
import type { SoldType } from '../case-catalogs.js';
import { durationMs } from '../recorded-duration.js';
import type { RecordedAccount, RecordedReservation } from './recorded-account.js';
import { capacitySettings, recordOf } from './recorded-types.js';

const REGION = 'us-east-1';
/** A capacity block is not used any more so long before its end (aws.md §13). */
const BLOCK_ENDS_EARLY_MS = 2_400_000;
const RESERVATION = 'karpenter.k8s.aws/capacity-reservation';

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
    if (own.length === 0) return type;
    const price = (type.offerings.find(({ capacityType }) => capacityType === 'on-demand')?.price ?? 0) / 10_000_000;
    const reserved = own.map((reservation): Offering => ({
      zone: reservation.zone,
      zoneId: type.offerings.find(({ zone }) => zone === reservation.zone)?.zoneId,
      capacityType: 'reserved',
      price,
      available: this.#isUsable(reservation, type),
      reservationId: reservation.id,
      reservationCapacity: this.freeOf(reservation.id),
      reservationKind: kindOf(reservation),
    }));
    return { ...type, offerings: [...type.offerings, ...reserved], requirements: withLabels(type.requirements, own) };
  }

  /** Reservations are described once, at the start: nobody sees a block come to its end. */
  #isUsable({ id, zone, kind, endsIn }: RecordedReservation, type: InstanceType): boolean {
    const isOver = kind === 'capacity-block' && endsIn !== undefined && durationMs(endsIn) <= BLOCK_ENDS_EARLY_MS;
    return this.freeOf(id) > 0 && !isOver && type.offerings.some((offering) => offering.zone === zone);
  }
}

/** Labels that an offering has of its reservation; those of offerings without one are absent. */
export function reservationLabels({ reservationId, reservationKind }: Offering): Readonly<Record<string, string>> {
  if (reservationId === undefined) return {};
  return {
    [`${RESERVATION}-id`]: reservationId,
    [`${RESERVATION}-type`]: reservationKind === 'capacity-block' ? 'capacity-block' : 'default',
    [`${RESERVATION}-interruptible`]: String(reservationKind === 'interruptible'),
  };
}

/** Keys of {@link reservationLabels}. */
export const RESERVATION_LABELS: readonly string[] = ['id', 'type', 'interruptible'].map(
  (name) => `${RESERVATION}-${name}`,
);

function kindOf({ kind, interruptible = false }: RecordedReservation): ReservationKind {
  return interruptible ? 'interruptible' : kind;
}

function withLabels(
  requirements: readonly NodeSelectorRequirement[],
  reservations: readonly RecordedReservation[],
): NodeSelectorRequirement[] {
  const values: Readonly<Record<string, readonly string[]>> = {
    [`${RESERVATION}-id`]: reservations.map(({ id }) => id),
    [`${RESERVATION}-type`]: reservations.map(({ kind }) => kind),
    [`${RESERVATION}-interruptible`]: reservations.map(({ interruptible = false }) => String(interruptible)),
    'karpenter.sh/capacity-type': ['reserved'],
  };
  return requirements.map((requirement) => {
    const added = values[requirement.key];
    if (added === undefined) return requirement;
    return { ...requirement, operator: 'In', values: [...new Set([...requirement.values, ...added])] };
  });
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
