import type { CapacityType, Offering } from '../instance-type.js';
import type { FleetOverride } from './launch-plan.js';
import type { Subnet } from './subnet-choice.js';

/** A pool of a fleet request, in the subnet chosen for its zone. */
export interface PlacedOverride extends FleetOverride {
  readonly subnet: Subnet;
}

/** A launch template with the pools that are launched by it (aws.md §9.5). */
export interface LaunchTemplate {
  readonly image: string;
  readonly maxPods: number;
  /** EFA interfaces, 0 unless pods ask for them. */
  readonly efaInterfaces: number;
  readonly reservation?: Offering | undefined;
  readonly overrides: readonly PlacedOverride[];
}

const EFA = 'vpc.amazonaws.com/efa';

/**
 * The launch templates of a request: one for each image, number of pods, number of EFA interfaces and reservation. Pools in zones
 * without a subnet, and types without an image, are left out.
 *
 * @param image of a pool's type; undefined: the NodeClass has none for it
 */
export function launchTemplates(
  overrides: readonly FleetOverride[],
  subnets: ReadonlyMap<string, Subnet>,
  image: (override: FleetOverride) => string | undefined,
  wantsEfa: boolean,
): LaunchTemplate[] {
  const templates = new Map<string, LaunchTemplate & { readonly overrides: PlacedOverride[] }>();
  for (const override of overrides) {
    const { type, offering } = override;
    const subnet = subnets.get(offering.zone);
    const name = image(override);
    if (subnet === undefined || name === undefined) continue;
    const maxPods = type.capacity['pods'] ?? 0;
    const efaInterfaces = wantsEfa ? (type.capacity[EFA] ?? 0) : 0;
    const reservation = offering.reservationId === undefined ? undefined : offering;
    const key = [name, maxPods, efaInterfaces, offering.reservationId ?? ''].join(' ');
    let template = templates.get(key);
    if (template === undefined) {
      template = { image: name, maxPods, efaInterfaces, reservation, overrides: [] };
      templates.set(key, template);
    }
    template.overrides.push({ ...override, subnet });
  }
  return [...templates.values()];
}

/** What a request tells EC2 of how to choose: its target, and a strategy where the target has any. */
export interface FleetTarget {
  readonly target: 'on-demand' | 'spot' | 'capacity-block' | 'reserved-capacity';
  readonly strategy?: string | undefined;
}

/** @param overlaid prices were changed by a NodeOverlay: then the order of prices counts as it is written (aws.md §9.6) */
export function fleetTarget(
  capacityType: CapacityType,
  reservation: Offering | undefined,
  overlaid: boolean,
): FleetTarget {
  if (capacityType === 'spot') {
    const strategy = overlaid ? 'capacity-optimized-prioritized' : 'price-capacity-optimized';
    return { target: 'spot', strategy };
  }
  const kind = reservation?.reservationKind;
  if (kind === 'capacity-block') return { target: 'capacity-block' };
  if (kind === 'interruptible') return { target: 'reserved-capacity' };
  return { target: 'on-demand', strategy: overlaid ? 'prioritized' : 'lowest-price' };
}
