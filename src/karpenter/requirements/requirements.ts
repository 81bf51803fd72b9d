import type { NodeSelectorRequirement } from '../../kubernetes/selectors.js';
import { Requirement, type BoundsReading, type RequirementOperator } from './requirement.js';

/** Why two requirement maps do not go together: the first key that speaks against it. */
export interface Incompatibility {
  readonly key: string;
  /** `undefined-label`: nothing defines the label. `conflict`: no value satisfies both sides. */
  readonly reason: 'undefined-label' | 'conflict';
}

/** At most one requirement per label key (scheduling.md §1.4). Immutable; combining returns the same map if nothing changes. */
export class Requirements {
  static readonly EMPTY = new Requirements(new Map());

  readonly #byKey: ReadonlyMap<string, Requirement>;
  readonly hasMinValues: boolean;

  private constructor(byKey: ReadonlyMap<string, Requirement>) {
    this.#byKey = byKey;
    let hasMinValues = false;
    for (const requirement of byKey.values()) if (requirement.minValues !== undefined) hasMinValues = true;
    this.hasMinValues = hasMinValues;
  }

  static of(requirements: Iterable<Requirement>): Requirements {
    return Requirements.EMPTY.and(requirements);
  }

  static fromLabels(labels: Readonly<Record<string, string>>): Requirements {
    const requirements: Requirement[] = [];
    for (const key in labels) requirements.push(Requirement.ofLabel(key, labels[key] ?? ''));
    return Requirements.of(requirements);
  }

  static fromExpressions(expressions: Iterable<NodeSelectorRequirement>, reading: BoundsReading): Requirements {
    const requirements: Requirement[] = [];
    for (const expression of expressions) requirements.push(Requirement.from(expression, reading));
    return Requirements.of(requirements);
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** The requirement on a key; an absent key allows everything. */
  get(key: string): Requirement {
    return this.#byKey.get(key) ?? Requirement.exists(key);
  }

  find(key: string): Requirement | undefined {
    return this.#byKey.get(key);
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  [Symbol.iterator](): Iterator<Requirement> {
    return this.#byKey.values();
  }

  /** This map narrowed by others: requirements on the same key are intersected. */
  and(others: Iterable<Requirement>): Requirements {
    let merged: Map<string, Requirement> | undefined;
    for (const requirement of others) {
      const existing = (merged ?? this.#byKey).get(requirement.key);
      const combined = existing === undefined ? requirement : existing.intersection(requirement);
      if (combined === existing) continue;
      merged ??= new Map(this.#byKey);
      merged.set(requirement.key, combined);
    }
    return merged === undefined ? this : new Requirements(merged);
  }

  /** This map with one requirement in place of whatever its key had. */
  replacing(requirement: Requirement): Requirements {
    return new Requirements(new Map(this.#byKey).set(requirement.key, requirement));
  }

  without(...keys: readonly string[]): Requirements {
    const kept = new Map(this.#byKey);
    for (const key of keys) kept.delete(key);
    return kept.size === this.size ? this : new Requirements(kept);
  }

  /** First key present in both maps on which they exclude each other; two exclusions never do (REQ-7). */
  conflictWith(other: Requirements): string | undefined {
    const [few, many] = this.size <= other.size ? [this, other] : [other, this];
    for (const [key, a] of few.#byKey) {
      const b = many.#byKey.get(key);
      if (b !== undefined && conflicts(a, b)) return key;
    }
    return undefined;
  }

  /**
   * Why `other` cannot be asked of something described by this map; undefined when it can (REQ-8). A key that this map
   * lacks must be in `allowUndefined`, unless `other` only excludes there.
   */
  incompatibilityWith(other: Requirements, allowUndefined: ReadonlySet<string>): Incompatibility | undefined {
    for (const [key, requirement] of other.#byKey) {
      if (this.#byKey.has(key) || allowUndefined.has(key) || isExclusion(requirement.operator)) continue;
      return { key, reason: 'undefined-label' };
    }
    const key = this.conflictWith(other);
    return key === undefined ? undefined : { key, reason: 'conflict' };
  }

  isCompatible(other: Requirements, allowUndefined: ReadonlySet<string>): boolean {
    for (const [key, b] of other.#byKey) {
      const a = this.#byKey.get(key);
      if (a === undefined) {
        if (!allowUndefined.has(key) && !isExclusion(b.operator)) return false;
      } else if (a !== b && conflicts(a, b)) return false;
    }
    return true;
  }

  /** API form, sorted by key. */
  serialize(reading: BoundsReading): NodeSelectorRequirement[] {
    return [...this.#byKey.values()]
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .flatMap((requirement) => requirement.serialize(reading));
  }
}

/** Whether no value satisfies both and not both merely exclude (REQ-7). */
export function conflicts(a: Requirement, b: Requirement): boolean {
  return !a.intersects(b) && !(isExclusion(a.operator) && isExclusion(b.operator));
}

function isExclusion(operator: RequirementOperator): boolean {
  return operator === 'NotIn' || operator === 'DoesNotExist';
}
