import type { ResourceList } from './resource-list.js';

/** Sum per resource over the union of the names (QTY-3: Merge). */
export function mergeResources(...lists: readonly ResourceList[]): ResourceList {
  const total: Record<string, number> = {};
  for (const list of lists) {
    for (const name in list) total[name] = (total[name] ?? 0) + (list[name] ?? 0);
  }
  return total;
}

/** `a − b` over the names of `a` alone; may be negative (QTY-3: Subtract). */
export function subtractResources(a: ResourceList, b: ResourceList): ResourceList {
  const difference: Record<string, number> = {};
  for (const name in a) difference[name] = (a[name] ?? 0) - (b[name] ?? 0);
  return difference;
}

/** Largest amount per resource over the union of the names (QTY-3: MaxResources). */
export function maxResources(lists: Iterable<ResourceList>): ResourceList {
  const largest: Record<string, number> = {};
  for (const list of lists) {
    for (const name in list) {
      const amount = list[name] ?? 0;
      const known = largest[name];
      if (known === undefined || amount > known) largest[name] = amount;
    }
  }
  return largest;
}

/** Smaller amount per resource over the names that both lists have (QTY-3: MinResources). */
export function minResources(a: ResourceList, b: ResourceList): ResourceList {
  const smallest: Record<string, number> = {};
  for (const name in a) {
    const other = b[name];
    if (other !== undefined) smallest[name] = Math.min(a[name] ?? 0, other);
  }
  return smallest;
}

/**
 * Whether `want` fits into `have` (QTY-3: Fits). Any negative amount in `have` refuses everything, even a resource that
 * is not wanted.
 */
export function resourcesFit(want: ResourceList, have: ResourceList): boolean {
  for (const name in have) {
    if ((have[name] ?? 0) < 0) return false;
  }
  for (const name in want) {
    if ((want[name] ?? 0) > (have[name] ?? 0)) return false;
  }
  return true;
}

/** True for a list without any name. */
export function isEmptyResourceList(list: ResourceList): boolean {
  for (const name in list) {
    if (name in list) return false;
  }
  return true;
}
