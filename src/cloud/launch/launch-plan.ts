import type { CapacityType, InstanceType, Offering } from '../instance-type.js';
import type { ProviderProfile } from '../provider-profile.js';
import { selectForLaunch } from './launch-filters.js';
import type { LaunchCandidate, LaunchRequest, LaunchSelection } from './launch-request.js';

/** Fewer types than this in an on-demand request that could have been spot draw a warning (aws.md §9.7). */
const FLEXIBILITY_THRESHOLD = 5;

/** One pool that a fleet request names. */
export interface FleetOverride {
  readonly type: InstanceType;
  readonly offering: Offering;
}

/** The fleet request for a NodeClaim. */
export interface LaunchPlan extends LaunchSelection {
  /** Undefined when the filters left nothing to ask for. */
  readonly capacityType?: CapacityType | undefined;
  /** In order of the types' cheapest price, then zone. */
  readonly overrides: readonly FleetOverride[];
  /** On-demand although spot was allowed, with few types: Karpenter logs a warning. */
  readonly fewFallbackTypes: boolean;
}

/**
 * What the provider asks of EC2 for a NodeClaim: a pure function of the types as Karpenter sees them.
 * @param types of the NodeClass, in provider order
 */
export function planLaunch(
  types: readonly InstanceType[],
  request: LaunchRequest,
  profile: ProviderProfile,
): LaunchPlan {
  const selection = selectForLaunch(types, request, profile);
  const { candidates } = selection;
  if (candidates.length === 0) return { ...selection, overrides: [], fewFallbackTypes: false };
  const { capacityType, overrides } = chooseCapacityType(candidates, request);
  return {
    ...selection,
    capacityType,
    overrides,
    fewFallbackTypes:
      capacityType === 'on-demand' && request.admitsCapacityType('spot') && candidates.length < FLEXIBILITY_THRESHOLD,
  };
}

/** The first of reserved, spot and on-demand that the request admits and some candidate offers (aws.md §9.4). */
function chooseCapacityType(
  candidates: readonly LaunchCandidate[],
  request: LaunchRequest,
): { readonly capacityType: CapacityType; readonly overrides: readonly FleetOverride[] } {
  for (const capacityType of ['reserved', 'spot'] as const) {
    if (!request.admitsCapacityType(capacityType)) continue;
    const overrides = overridesOf(candidates, request, capacityType);
    if (overrides.length > 0) return { capacityType, overrides };
  }
  return { capacityType: 'on-demand', overrides: overridesOf(candidates, request, 'on-demand') };
}

function overridesOf(
  candidates: readonly LaunchCandidate[],
  request: LaunchRequest,
  capacityType: CapacityType,
): readonly FleetOverride[] {
  const overrides: FleetOverride[] = [];
  for (const { type, usable } of candidates) {
    for (const offering of usable) {
      if (offering.capacityType === capacityType && request.admitsZone(offering.zone))
        overrides.push({ type, offering });
    }
  }
  return overrides;
}
