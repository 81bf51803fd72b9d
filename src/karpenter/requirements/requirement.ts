import type { NodeSelectorRequirement } from '../../kubernetes/selectors.js';
import { normalizeLabelKey } from './labels.js';

/**
 * How a version reads `Gt n` and `Lt n`. Inclusive turns them into `≥ n+1` and `≤ n−1`, so that `Gt 5` with `Lt 6` is a
 * contradiction. Exclusive keeps them open, and the same pair is an allowed but empty range; a half step between the
 * integers gives both readings one arithmetic (REQ-1, REQ-5).
 */
export type BoundsReading = 'inclusive' | 'exclusive';

/** The operator that a requirement shows; bounds do not change it (REQ-2). */
export type RequirementOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

const EMPTY: ReadonlySet<string> = new Set();
const INTEGER = /^[+-]?\d+$/;
const INT64_MAX = 9223372036854775807n;
/** Numbers of up to this many digits are exact as doubles; the rest take the way over bigint. */
const EXACT_DIGITS = 15;

/** A decimal int64, or undefined for any other text. Beyond 2^53 the result is the nearest double. */
export function parseLabelInteger(text: string): number | undefined {
  if (!INTEGER.test(text)) return undefined;
  if (text.length > EXACT_DIGITS) {
    const exact = BigInt(text.replace('+', ''));
    if (exact > INT64_MAX || exact < -INT64_MAX - 1n) return undefined;
  }
  return Number(text);
}

function isLargestInteger(text: string): boolean {
  return text.length > EXACT_DIGITS && INTEGER.test(text) && BigInt(text.replace('+', '')) === INT64_MAX;
}

/** `Exists` by label as it is asked for: it stands for every label that a map lacks. */
const EXISTS = new Map<string, Requirement>();

/** `In` one value by label and value: most labels of a node are those of many others. Forgotten when it has grown to so many. */
const SINGLE = new Map<string, Map<string, Requirement>>();
const MOST_SINGLE = 4096;
let singleCount = 0;

/** Constraint on the values of one label (scheduling.md §1.2). Immutable. */
export class Requirement {
  #text: string | undefined;

  private constructor(
    readonly key: string,
    /** False: `members` are the allowed values; true: they are the excluded ones. */
    readonly negated: boolean,
    /** For a negated requirement these are its exclusions, and {@link Requirement.values} reads them as such. */
    readonly members: ReadonlySet<string>,
    /** Inclusive bounds; halves under the exclusive reading. */
    readonly lowerBound: number | undefined,
    readonly upperBound: number | undefined,
    readonly minValues: number | undefined,
  ) {}

  static in(key: string, values: Iterable<string>, minValues?: number): Requirement {
    return new Requirement(normalizeLabelKey(key), false, new Set(values), undefined, undefined, minValues);
  }

  /** `In` the value that a label has. */
  static ofLabel(key: string, value: string): Requirement {
    let byValue = SINGLE.get(key);
    let requirement = byValue?.get(value);
    if (requirement !== undefined) return requirement;
    if (singleCount++ >= MOST_SINGLE) {
      SINGLE.clear();
      byValue = undefined;
      singleCount = 1;
    }
    if (byValue === undefined) SINGLE.set(key, (byValue = new Map<string, Requirement>()));
    requirement = Requirement.in(key, [value]);
    byValue.set(value, requirement);
    return requirement;
  }

  static exists(key: string): Requirement {
    let requirement = EXISTS.get(key);
    if (requirement === undefined) {
      requirement = new Requirement(normalizeLabelKey(key), true, EMPTY, undefined, undefined, undefined);
      EXISTS.set(key, requirement);
    }
    return requirement;
  }

  static doesNotExist(key: string): Requirement {
    return new Requirement(normalizeLabelKey(key), false, EMPTY, undefined, undefined, undefined);
  }

  /** Reads an API requirement. An operand that is no integer counts as 0 (REQ-1). */
  static from(source: NodeSelectorRequirement, reading: BoundsReading): Requirement {
    const key = normalizeLabelKey(source.key);
    const { minValues } = source;
    const bounded = (lower: number | undefined, upper: number | undefined): Requirement =>
      new Requirement(key, true, EMPTY, lower, upper, minValues);
    const operand = parseLabelInteger(source.values[0] ?? '') ?? 0;
    const step = reading === 'inclusive' ? 1 : 0.5;
    switch (source.operator) {
      case 'In':
        return new Requirement(key, false, new Set(source.values), undefined, undefined, minValues);
      case 'NotIn':
        return new Requirement(key, true, new Set(source.values), undefined, undefined, minValues);
      case 'Exists':
        return new Requirement(key, true, EMPTY, undefined, undefined, minValues);
      case 'DoesNotExist':
        return new Requirement(key, false, EMPTY, undefined, undefined, minValues);
      case 'Gt':
        // Nothing is above the largest integer, and minValues goes with it (REQ-1).
        if (reading === 'inclusive' && isLargestInteger(source.values[0] ?? '')) return Requirement.doesNotExist(key);
        return bounded(operand + step, undefined);
      case 'Lt':
        return bounded(undefined, operand - step);
      case 'Gte':
        return bounded(operand, undefined);
      case 'Lte':
        return bounded(undefined, operand);
    }
  }

  /** Equal for equal requirements. */
  get text(): string {
    return (this.#text ??= JSON.stringify([
      this.key,
      this.negated,
      [...this.members].sort(byCodeUnit),
      this.lowerBound,
      this.upperBound,
      this.minValues,
    ]));
  }

  get operator(): RequirementOperator {
    if (this.members.size > 0) return this.negated ? 'NotIn' : 'In';
    return this.negated ? 'Exists' : 'DoesNotExist';
  }

  /** The members, allowed or excluded alike: reading exclusions as values is the reference's habit (REQ-2). */
  get values(): ReadonlySet<string> {
    return this.members;
  }

  /** True when no value at all is allowed by the member list. */
  get isEmpty(): boolean {
    return !this.negated && this.members.size === 0;
  }

  /** The single member of a requirement of exactly one value; undefined for every other requirement. */
  get onlyValue(): string | undefined {
    if (this.negated || this.members.size !== 1) return undefined;
    const [value] = this.members;
    return value;
  }

  /** Whether a label of this value satisfies the requirement. */
  has(value: string): boolean {
    return this.members.has(value) !== this.negated && withinBounds(value, this.lowerBound, this.upperBound);
  }

  /**
   * The requirement that both hold (REQ-5). Returns one of the two when the other takes nothing away. Of two lists the shorter one
   * gives the order of the values, and ties between topology domains are decided in that order.
   */
  intersection(other: Requirement): Requirement {
    if (other === this) return this;
    const lower = larger(this.lowerBound, other.lowerBound);
    const upper = smaller(this.upperBound, other.upperBound);
    const minValues = larger(this.minValues, other.minValues);
    if (lower !== undefined && upper !== undefined && lower > upper) {
      return new Requirement(this.key, false, EMPTY, undefined, undefined, minValues);
    }
    const negated = this.negated && other.negated;
    const members = new Set<string>();
    if (negated) {
      for (const value of this.members) if (withinBounds(value, lower, upper)) members.add(value);
      for (const value of other.members) if (withinBounds(value, lower, upper)) members.add(value);
    } else {
      const otherLeads = this.negated || (!other.negated && other.members.size < this.members.size);
      const [allowed, filter] = otherLeads ? [other, this] : [this, other];
      for (const value of allowed.members) {
        if (filter.members.has(value) !== filter.negated && withinBounds(value, lower, upper)) members.add(value);
      }
    }
    const keptLower = negated ? lower : undefined;
    const keptUpper = negated ? upper : undefined;
    const both = new Requirement(this.key, negated, members, keptLower, keptUpper, minValues);
    // The same object tells the caller that nothing changed, or that the other one says it all.
    if (both.#equals(this)) return this;
    return both.#equals(other) ? other : both;
  }

  #equals(other: Requirement): boolean {
    return (
      this.negated === other.negated &&
      this.members.size === other.members.size &&
      this.lowerBound === other.lowerBound &&
      this.upperBound === other.upperBound &&
      this.minValues === other.minValues &&
      sameMembers(this.members, other.members)
    );
  }

  /** Whether some value satisfies both (REQ-6). Two negated requirements always meet, unless their bounds exclude each other. */
  intersects(other: Requirement): boolean {
    const lower = larger(this.lowerBound, other.lowerBound);
    const upper = smaller(this.upperBound, other.upperBound);
    if (lower !== undefined && upper !== undefined && lower > upper) return false;
    if (this.negated && other.negated) return true;
    let [allowed, filter] = this.negated ? [other, this] : [this, other];
    if (!filter.negated && filter.members.size < allowed.members.size) [allowed, filter] = [filter, allowed];
    for (const value of allowed.members) {
      if (filter.members.has(value) !== filter.negated && withinBounds(value, lower, upper)) return true;
    }
    return false;
  }

  /** The same requirement with another minValues. */
  withMinValues(minValues: number): Requirement {
    return new Requirement(this.key, this.negated, this.members, this.lowerBound, this.upperBound, minValues);
  }

  /**
   * API form (REQ-4). A bound hides exclusions; under the exclusive reading a lower bound also hides the upper one, and
   * under the inclusive reading a pair of bounds becomes two entries.
   */
  serialize(reading: BoundsReading): NodeSelectorRequirement[] {
    const { key, lowerBound, upperBound, minValues } = this;
    const entry = (
      operator: NodeSelectorRequirement['operator'],
      values: readonly string[],
    ): NodeSelectorRequirement =>
      minValues === undefined ? { key, operator, values } : { key, operator, values, minValues };
    if (reading === 'exclusive') {
      if (lowerBound !== undefined) return [entry('Gt', [String(Math.floor(lowerBound))])];
      if (upperBound !== undefined) return [entry('Lt', [String(Math.ceil(upperBound))])];
    }
    const bounds: NodeSelectorRequirement[] = [];
    if (lowerBound !== undefined) bounds.push(entry('Gte', [String(lowerBound)]));
    if (upperBound !== undefined) bounds.push(entry('Lte', [String(upperBound)]));
    if (bounds.length > 0) return bounds;
    return [entry(this.operator, [...this.members].sort(byCodeUnit))];
  }
}

function withinBounds(value: string, lower: number | undefined, upper: number | undefined): boolean {
  if (lower === undefined && upper === undefined) return true;
  const number = parseLabelInteger(value);
  if (number === undefined) return false;
  return (lower === undefined || number >= lower) && (upper === undefined || number <= upper);
}

function larger(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined || a > b ? a : b;
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined || a < b ? a : b;
}

function sameMembers(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const value of a) if (!b.has(value)) return false;
  return true;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
