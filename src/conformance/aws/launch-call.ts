import type { CapacityType, Offering } from '../../cloud/instance-type.js';
import type { FleetOverride } from '../../cloud/launch/launch-plan.js';
import { fleetTarget, type LaunchTemplate } from '../../cloud/launch/launch-templates.js';
import type { RecordedCall, RecordedTemplate } from './launch-case.js';

/** What a request says besides its pools. */
export interface CallSettings {
  /** A NodeOverlay changed the prices. */
  readonly overlaid: boolean;
  readonly tenancy: 'default' | 'dedicated';
  /** The gate ReservedCapacity. */
  readonly reservedCapacity: boolean;
}

/** The CreateFleet call for some templates, as recordings write it, for one instance. */
export function fleetCall(
  capacityType: CapacityType,
  templates: readonly LaunchTemplate[],
  settings: CallSettings,
): RecordedCall {
  const reservation = templates[0]?.reservation;
  const { target, strategy } = fleetTarget(capacityType, reservation, settings.overlaid);
  return {
    type: 'instant',
    target,
    targetCapacity: 1,
    ...(strategy !== undefined && { strategy }),
    ...(reservation?.reservationKind === 'interruptible' && {
      reservationKind: ['interruptible-capacity-reservation'],
    }),
    templates: templates.map((template) => recordedTemplate(template, settings)),
  };
}

function recordedTemplate(
  { image, maxPods, efaInterfaces, reservation, overrides }: LaunchTemplate,
  { tenancy, reservedCapacity }: CallSettings,
): RecordedTemplate {
  return {
    image,
    maxPods,
    ...(efaInterfaces > 0 && { efas: efaInterfaces }),
    tenancy,
    ...reservationPart(reservation, reservedCapacity),
    overrides: overrides
      .map(({ type, offering, subnet }) => ({
        type: type.name,
        zone: offering.zone,
        subnet: subnet.id,
        priority: offering.price,
      }))
      .sort((a, b) => byText(a.type, b.type) || byText(a.zone, b.zone)),
  };
}

/** With the gate on, launches without a reservation stay out of open reservations (corrections §9.5). */
function reservationPart(reservation: Offering | undefined, reservedCapacity: boolean): object {
  if (reservation === undefined) return reservedCapacity ? { reservationPreference: 'none' } : {};
  const { reservationId, reservationKind } = reservation;
  return {
    reservationPreference: 'capacity-reservations-only',
    reservation: reservationId,
    ...(reservationKind === 'capacity-block' && { market: 'capacity-block' }),
    ...(reservationKind === 'interruptible' && { market: 'interruptible-capacity-reservation' }),
  };
}

/** The image that the recorded NodeClass has for a type. */
export function imageOf({ type }: FleetOverride): string | undefined {
  const has = (key: string): boolean =>
    type.requirements.some((requirement) => requirement.key === key && requirement.operator === 'In');
  const [arch = ''] = type.requirements.find(({ key }) => key === 'kubernetes.io/arch')?.values ?? [];
  if (has('karpenter.k8s.aws/instance-gpu-count')) return `ami-${arch}-nvidia`;
  if (!has('karpenter.k8s.aws/instance-accelerator-count')) return `ami-${arch}`;
  return arch === 'amd64' ? 'ami-amd64-neuron' : undefined;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
