/**
 * A copy in random order. Karpenter lists nodes and NodePools from hash maps, so what its sorts leave tied comes in any
 * order (disruption.md §13); sorting a shuffled list stably has the same effect.
 */
export function inRandomOrder<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const moved = shuffled[last] as T;
    shuffled[last] = shuffled[other] as T;
    shuffled[other] = moved;
  }
  return shuffled;
}
