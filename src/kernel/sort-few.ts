/** Up to so many are sorted by inserting them: the built-in sort takes longer to begin than they take to sort. */
const FEW = 32;

/** Sorts the list in place, as `Array.prototype.sort` does: equals stay in order. For lists that are mostly short. */
export function sortFew<T>(list: T[], compare: (a: T, b: T) => number): T[] {
  if (list.length > FEW) return list.sort(compare);
  for (let next = 1; next < list.length; next++) {
    const item = list[next] as T;
    let place = next;
    for (; place > 0; place--) {
      const before = list[place - 1] as T;
      if (compare(before, item) <= 0) break;
      list[place] = before;
    }
    list[place] = item;
  }
  return list;
}
