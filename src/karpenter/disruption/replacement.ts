import { CAPACITY_TYPE_LABEL } from '../requirements/labels.js';
import { Requirement } from '../requirements/requirement.js';
import type { Requirements } from '../requirements/requirements.js';
import { replan } from '../scheduling/finalize.js';
import { checkMinValues } from '../scheduling/min-values.js';
import { cheapestPrice, orderByPrice } from '../scheduling/price-order.js';
import type { SchedulingProfile } from '../scheduling/scheduling-profile.js';
import type { PlannedNodeClaim } from '../scheduling/scheduling-result.js';
import { typeViews, type TypeView } from '../scheduling/type-view.js';
import { worstLaunchPrice } from './launch-price.js';

/** A replacement while consolidation narrows it: its options in price order, and what its NodeClaim will require. */
export interface Replacement {
  readonly plan: PlannedNodeClaim;
  readonly requirements: Requirements;
  readonly options: readonly TypeView[];
}

/** A planned NodeClaim as it was packed, its types in price order. */
export function replacementOf(plan: PlannedNodeClaim, profile: SchedulingProfile): Replacement {
  if (plan.packed === undefined) throw new Error('the solver says what a NodeClaim was packed with');
  const { requirements, instanceTypes } = plan.packed;
  const types = typeViews(instanceTypes);
  const options = orderByPrice(types, requirements, profile.offeringMatches, profile.priceTiesByName);
  return { plan, requirements, options };
}

/** The replacement with `capacity-type In [spot]` added. */
export function pinnedToSpot(replacement: Replacement): Replacement {
  const spot = Requirement.in(CAPACITY_TYPE_LABEL, ['spot']);
  return { ...replacement, requirements: replacement.requirements.and([spot]) };
}

/** Whether the requirements let the replacement be of the capacity type; saying nothing admits all. */
export function admits({ requirements }: Replacement, capacityType: 'spot' | 'on-demand'): boolean {
  return requirements.get(CAPACITY_TYPE_LABEL).has(capacityType);
}

/**
 * The replacement without the options that may cost the limit or more. Undefined when what is left is not diverse enough
 * for a minValues of its requirements, which counts here even where scheduling may relax it.
 */
export function cheaperThan(
  replacement: Replacement,
  priceLimit: number,
  profile: SchedulingProfile,
): Replacement | undefined {
  const { requirements } = replacement;
  const options = replacement.options.filter(
    (type) => worstLaunchPrice(type, requirements, profile.offeringMatches) < priceLimit,
  );
  if (checkMinValues(options, requirements).short.size > 0) return undefined;
  return { ...replacement, options };
}

/** The least that any option may cost, dollars an hour; Infinity when none can be launched. */
export function leastLaunchPrice({ options, requirements }: Replacement, profile: SchedulingProfile): number {
  let least = Infinity;
  for (const type of options) {
    least = Math.min(least, worstLaunchPrice(type, requirements, profile.offeringMatches));
  }
  return least;
}

/** What Karpenter expects the replacement to cost: the cheapest offering of its first option; 0 when there is none. */
export function expectedPrice({ options, requirements }: Replacement, profile: SchedulingProfile): number {
  const [first] = options;
  const price = first === undefined ? Infinity : cheapestPrice(first, requirements, profile.offeringMatches);
  return price === Infinity ? 0 : price;
}

/** The plan that is launched: list cut and requirements narrowed to it as for any NodeClaim (FIN-4). */
export function plannedReplacement(
  { plan, requirements, options }: Replacement,
  profile: SchedulingProfile,
  random: () => number,
): PlannedNodeClaim {
  const instanceTypes = options.map(({ type }) => type);
  return replan(plan, { instanceTypes, requirements }, profile, random);
}
