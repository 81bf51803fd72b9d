import type { COMPARATORS } from '../../scenario/claims-schema.js';

/** What the evidence says of a claim. */
export type Verdict = 'supported' | 'contradicted' | 'undecided' | 'not testable';

/** What is claimed of a figure. */
export type Condition =
  | { readonly comparator: Exclude<(typeof COMPARATORS)[number], 'between'>; readonly value: number }
  /** Both ends satisfy it. */
  | { readonly comparator: 'between'; readonly low: number; readonly high: number };

/** Where a figure lies. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** `supported` when the whole interval satisfies the condition, `contradicted` when none of it does. */
export function verdictOf(condition: Condition, { low, high }: Interval): Exclude<Verdict, 'not testable'> {
  const all = satisfies(condition, low) && satisfies(condition, high);
  if (all) return 'supported';
  return touches(condition, { low, high }) ? 'undecided' : 'contradicted';
}

function satisfies(condition: Condition, value: number): boolean {
  switch (condition.comparator) {
    case '<':
      return value < condition.value;
    case '<=':
      return value <= condition.value;
    case '>':
      return value > condition.value;
    case '>=':
      return value >= condition.value;
    case 'between':
      return condition.low <= value && value <= condition.high;
  }
}

/** Whether some value of the interval satisfies it: one of its ends, or a range that lies within it. */
function touches(condition: Condition, { low, high }: Interval): boolean {
  if (satisfies(condition, low) || satisfies(condition, high)) return true;
  return condition.comparator === 'between' && low <= condition.low && condition.high <= high;
}
