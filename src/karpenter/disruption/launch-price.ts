import type { CapacityType } from '../../cloud/instance-type.js';
import type { Requirements } from '../requirements/requirements.js';
import type { OfferingRule } from '../scheduling/price-order.js';
import type { TypeView } from '../scheduling/type-view.js';

/** Capacity types in the order in which a launch tries them. */
const LAUNCH_ORDER: readonly CapacityType[] = ['reserved', 'spot', 'on-demand'];

/**
 * What launching the type may come to: of the available offerings that the requirements admit, the dearest one of the
 * capacity type that is tried first (disruption.md §5.9, §5.10). Infinity: it cannot be launched.
 */
export function worstLaunchPrice({ available }: TypeView, requirements: Requirements, matches: OfferingRule): number {
  for (const capacityType of LAUNCH_ORDER) {
    let worst = -Infinity;
    for (const view of available) {
      const { offering } = view;
      if (offering.capacityType !== capacityType || offering.price <= worst) continue;
      if (matches(view, requirements)) worst = offering.price;
    }
    if (worst !== -Infinity) return worst;
  }
  return Infinity;
}
