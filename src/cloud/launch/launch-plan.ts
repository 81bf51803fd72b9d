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
  const capacityType = capacityTypeOf(candidates, request);
  return {
    ...selection,
    capacityType,
    overrides: overridesOf(candidates, request, capacityType),
    fewFallbackTypes:
      capacityType === 'on-demand' && request.admitsCapacityType('spot') && candidates.length < FLEXIBILITY_THRESHOLD,
  };
}

/** The first of reserved, spot and on-demand that the request admits and some candidate offers (aws.md §9.4). */
function capacityTypeOf(candidates: readonly LaunchCandidate[], request: LaunchRequest): CapacityType {
  for (const capacityType of ['reserved', 'spot'] as const) {
    if (!request.admitsCapacityType(capacityType)) continue;
    if (overridesOf(candidates, request, capacityType).length > 0) return capacityType;
  }
  return 'on-demand';
}

function overridesOf(
  candidates: readonly LaunchCandidate[],
  request: LaunchRequest,
  capacityType: CapacityType,
): readonly FleetOverride[] {
  const overrides: FleetOverride[] = [];
  for (const { type, offerings } of candidates) {
    for (const offering of offerings) {
      if (!offering.available || offering.capacityType !== capacityType || !request.admitsZone(offering.zone)) continue;
      if (request.admitsOffering(offering, type)) overrides.push({ type, offering });
    }
  }
  return overrides;
}
