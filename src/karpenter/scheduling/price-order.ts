import type { Requirements } from '../requirements/requirements.js';
import type { OfferingView, TypeView } from './type-view.js';
import { unstableSort } from './unstable-sort.js';

/** Whether an offering may serve a node with these requirements, as a version looks at it (REQ-23). */
export type OfferingRule = (offering: OfferingView, requirements: Requirements) => boolean;

/** Cheapest available matching offering in dollars an hour; Infinity when there is none. */
export function cheapestPrice({ available }: TypeView, requirements: Requirements, matches: OfferingRule): number {
  let cheapest = Infinity;
  for (const offering of available) {
    const { price } = offering.offering;
    if (price < cheapest && matches(offering, requirements)) cheapest = price;
  }
  return cheapest;
}

/**
 * Types by cheapest matching price, those without an offering last. Equal prices are ordered by name in v0.32.0; in
 * v1.14.1 they come as Go's unstable sort leaves them (REQ-24).
 */
export function orderByPrice(
  types: readonly TypeView[],
  requirements: Requirements,
  matches: OfferingRule,
  tiesByName: boolean,
): TypeView[] {
  const priced = types.map((view) => ({ view, price: cheapestPrice(view, requirements, matches) }));
  return unstableSort(priced, (a, b) => {
    if (tiesByName && a.price === b.price) return a.view.type.name < b.view.type.name;
    return a.price < b.price;
  }).map(({ view }) => view);
}
