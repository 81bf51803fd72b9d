import type { Candidate } from './candidate.js';
import type { Replacement } from './replacement.js';

/**
 * What a common replacement of several nodes may cost at most, exclusively (disruption.md §5.7). Replacing nodes by one
 * of the same type as the cheapest of them would be deleting the others, with more pods moved than needed; so when the
 * options share a type with the nodes, they must be cheaper than that node. Without a shared type there is no limit.
 *
 * @param ownPrice price of the offering a node runs on; undefined when it is not known, which counts as free.
 */
export function sameTypePriceLimit(
  candidates: readonly Candidate[],
  { options }: Replacement,
  ownPrice: (candidate: Candidate) => number | undefined,
): number {
  const priceByType = new Map<string, number | undefined>();
  for (const candidate of candidates) {
    if (candidate.instanceType === undefined) continue;
    const { name } = candidate.instanceType;
    const price = ownPrice(candidate);
    const known = priceByType.get(name);
    priceByType.set(name, known === undefined || (price !== undefined && price < known) ? price : known);
  }
  let limit = Infinity;
  for (const { type } of options) {
    if (priceByType.has(type.name)) limit = Math.min(limit, priceByType.get(type.name) ?? 0);
  }
  return limit;
}
