import type { Requirements } from '../requirements/requirements.js';
import type { TypeView } from './type-view.js';

/** Whether a list of types is diverse enough (REQ-11). */
export interface MinValuesVerdict {
  /** Length of the shortest prefix of the list that satisfies every minValues; the list's length when none does. */
  readonly needed: number;
  /** Keys that fall short, with the number of values reached. Empty: satisfied. */
  readonly short: ReadonlyMap<string, number>;
}

const SATISFIED: MinValuesVerdict = { needed: 0, short: new Map() };

/**
 * Counts distinct values of every minValues key over the types in list order. A type counts with all its own values,
 * whatever the requirements or its offerings leave of them. An empty list satisfies: being empty is its own failure.
 */
export function checkMinValues(types: Iterable<TypeView>, requirements: Requirements): MinValuesVerdict {
  if (!requirements.hasMinValues) return SATISFIED;
  const wanted = [...requirements].filter(({ minValues }) => minValues !== undefined);
  const seen = new Map<string, Set<string>>(wanted.map(({ key }) => [key, new Set<string>()]));
  let short = new Map<string, number>();
  let count = 0;
  for (const { requirements: own } of types) {
    count++;
    short = new Map();
    for (const { key, minValues = 0 } of wanted) {
      const values = seen.get(key) ?? new Set<string>();
      for (const value of own.find(key)?.values ?? []) values.add(value);
      if (values.size < minValues) short.set(key, values.size);
    }
    if (short.size === 0) break;
  }
  return { needed: count, short };
}
