/** Multi-node consolidation looks at no more nodes than this, give or take one. */
const MAX_BATCH = 100;

/**
 * Finds how many of a sorted list can be consolidated together (disruption.md §5.7): bisects on the length of the
 * prefix, on the assumption that a prefix of a good set is good, and so misses a longer one behind a failure (E66). With
 * more than 100 items prefixes of up to 101 are tried (E68).
 *
 * @param attempt the answer for a prefix; undefined when it cannot be consolidated.
 * @returns the answer for the longest good prefix on the way; undefined when there was none, or fewer than two items.
 */
export function searchFirstN<Item, Answer>(
  items: readonly Item[],
  attempt: (prefix: readonly Item[]) => Answer | undefined,
): Answer | undefined {
  if (items.length < 2) return undefined;
  let least = 1;
  let most = items.length <= MAX_BATCH ? items.length - 1 : MAX_BATCH;
  let best: Answer | undefined;
  while (least <= most) {
    const middle = Math.floor((least + most) / 2);
    const answer = attempt(items.slice(0, middle + 1));
    if (answer === undefined) {
      most = middle - 1;
    } else {
      best = answer;
      least = middle + 1;
    }
  }
  return best;
}
