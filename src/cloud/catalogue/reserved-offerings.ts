import type { NodeSelectorRequirement } from '../../kubernetes/selectors.js';
import type { InstanceType, Offering, ReservationKind } from '../instance-type.js';

/** Makes reserved offerings the first choice, in order of what the type costs otherwise (aws.md §7). */
const PRICE_DIVISOR = 10_000_000;
const LABEL = 'karpenter.k8s.aws/capacity-reservation';
const CAPACITY_TYPE_LABEL = 'karpenter.sh/capacity-type';

/** A reservation of an instance type as the provider sees it at one time. */
export interface TypeReservation {
  readonly id: string;
  readonly zone: string;
  readonly kind: ReservationKind;
  readonly free: number;
  /** Whether it could be used if some of it is free. */
  readonly usable: boolean;
}

/** The type with an offering for each of its reservations, last in order, and with their labels (aws.md §2, §13). */
export function withReservations(type: InstanceType, reservations: readonly TypeReservation[]): InstanceType {
  if (reservations.length === 0) return type;
  const onDemand = type.offerings.find(({ capacityType }) => capacityType === 'on-demand')?.price ?? 0;
  const reserved = reservations.map(({ id, zone, kind, free, usable }): Offering => ({
    zone,
    zoneId: type.offerings.find((offering) => offering.zone === zone)?.zoneId,
    capacityType: 'reserved',
    price: onDemand / PRICE_DIVISOR,
    available: usable && free > 0,
    reservationId: id,
    reservationCapacity: free,
    reservationKind: kind,
  }));
  return {
    ...type,
    offerings: [...type.offerings, ...reserved],
    requirements: type.requirements.map((requirement) => withValues(requirement, reserved)),
  };
}

function withValues(requirement: NodeSelectorRequirement, reserved: readonly Offering[]): NodeSelectorRequirement {
  const added = reserved.flatMap((offering) => {
    const value = { ...reservationLabels(offering), [CAPACITY_TYPE_LABEL]: 'reserved' }[requirement.key];
    return value === undefined ? [] : [value];
  });
  if (added.length === 0) return requirement;
  return { ...requirement, operator: 'In', values: [...new Set([...requirement.values, ...added])] };
}

/** Labels that an offering has of its reservation; those of offerings without one are absent. */
export function reservationLabels({ reservationId, reservationKind }: Offering): Readonly<Record<string, string>> {
  if (reservationId === undefined) return {};
  return {
    [`${LABEL}-id`]: reservationId,
    [`${LABEL}-type`]: reservationKind === 'capacity-block' ? 'capacity-block' : 'default',
    [`${LABEL}-interruptible`]: String(reservationKind === 'interruptible'),
  };
}

/** Keys of {@link reservationLabels}. */
export const RESERVATION_LABELS: readonly string[] = ['id', 'type', 'interruptible'].map((name) => `${LABEL}-${name}`);
