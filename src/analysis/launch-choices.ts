import type { CapacityType } from '../cloud/instance-type.js';
import type { SchedulingProfile } from '../karpenter/scheduling/scheduling-profile.js';
import type { PlannedNodeClaim } from '../karpenter/scheduling/scheduling-result.js';
import { typeView } from '../karpenter/scheduling/type-view.js';
import { INSTANCE_TYPE_LABEL } from '../karpenter/requirements/labels.js';
import { Requirements } from '../karpenter/requirements/requirements.js';
import type { NodeSelectorRequirement } from '../kubernetes/selectors.js';

/** An instance type that a NodeClaim may become, with the cheapest way to buy it. */
export interface PricedType {
  readonly name: string;
  /** Dollars an hour; undefined when nothing that fits is offered. */
  readonly pricePerHour: number | undefined;
  readonly capacityType: CapacityType | undefined;
  readonly zone: string | undefined;
}

/** What a NodeClaim may become. */
export interface LaunchChoice {
  /** How many types; the list below is cut to those that go into a launch request. */
  readonly typeCount: number;
  /** Cheapest first, as the NodeClaim lists them. */
  readonly types: readonly PricedType[];
  readonly zones: readonly string[];
  readonly capacityTypes: readonly CapacityType[];
  /** Of the created object; the list of instance types is left out. */
  readonly requirements: readonly NodeSelectorRequirement[];
}

/** A launch request names so many types at most (aws.md §9). */
const MAX_TYPES = 60;

/** Prices NodeClaims; equal ones, of which a large pass has many, are priced once. */
export function launchChoices(profile: SchedulingProfile): (plan: PlannedNodeClaim) => LaunchChoice {
  const known = new Map<string, LaunchChoice>();
  return (plan) => {
    const identity = JSON.stringify([plan.nodePoolName, plan.requirements]);
    let choice = known.get(identity);
    if (choice === undefined) known.set(identity, (choice = choiceOf(plan, profile)));
    return choice;
  };
}

function choiceOf(plan: PlannedNodeClaim, { offeringMatches, boundsReading }: SchedulingProfile): LaunchChoice {
  const requirements = Requirements.fromExpressions(plan.requirements, boundsReading);
  const zones = new Set<string>();
  const capacityTypes = new Set<CapacityType>();
  const types = plan.instanceTypes.map((type): PricedType => {
    const offerings = typeView(type)
      .available.filter((view) => offeringMatches(view, requirements))
      .map(({ offering }) => offering);
    for (const { zone, capacityType } of offerings) {
      zones.add(zone);
      capacityTypes.add(capacityType);
    }
    const [first, ...others] = offerings;
    const cheapest = others.reduce((a, b) => (a !== undefined && b.price < a.price ? b : a), first);
    return {
      name: type.name,
      pricePerHour: cheapest?.price,
      capacityType: cheapest?.capacityType,
      zone: cheapest?.zone,
    };
  });
  return {
    typeCount: types.length,
    types: types.slice(0, MAX_TYPES),
    zones: [...zones].sort(),
    capacityTypes: [...capacityTypes].sort(),
    requirements: plan.requirements.filter(({ key }) => key !== INSTANCE_TYPE_LABEL),
  };
}
