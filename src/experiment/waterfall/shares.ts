/** Value of a subset of the factors; subsets are named by their members in the order of the factors. */
export type ValueOf = (subset: readonly string[]) => number;

/** What each factor changes when factors are switched on in that order, one after the other. */
export function sequentialShares(
  order: readonly string[],
  factors: readonly string[],
  valueOf: ValueOf,
): readonly number[] {
  const byFactor = new Map(
    order.map((factor, index) => [
      factor,
      valueOf(named(order.slice(0, index + 1), factors)) - valueOf(named(order.slice(0, index), factors)),
    ]),
  );
  return factors.map((factor) => byFactor.get(factor) ?? 0);
}

/**
 * Shapley's shares: what each factor changes, averaged over every order in which factors can be switched on. They add up to what all
 * factors change together, and do not depend on an order.
 *
 * @param orders - those that are averaged over; empty: all, by the weights of the subsets, whose values must all be there
 */
export function orderFreeShares(
  factors: readonly string[],
  orders: readonly (readonly string[])[],
  valueOf: ValueOf,
): readonly number[] {
  if (orders.length > 0) {
    const all = orders.map((order) => sequentialShares(order, factors, valueOf));
    return factors.map((_, index) => all.reduce((sum, shares) => sum + (shares[index] ?? 0), 0) / orders.length);
  }
  const n = factors.length;
  return factors.map((factor) => {
    const others = factors.filter((other) => other !== factor);
    let share = 0;
    for (let bits = 0; bits < 2 ** others.length; bits++) {
      const subset = others.filter((_, index) => (bits & (1 << index)) !== 0);
      const weight = (factorial(subset.length) * factorial(n - subset.length - 1)) / factorial(n);
      share += weight * (valueOf(named([...subset, factor], factors)) - valueOf(subset));
    }
    return share;
  });
}

function named(subset: readonly string[], factors: readonly string[]): readonly string[] {
  return factors.filter((factor) => subset.includes(factor));
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
