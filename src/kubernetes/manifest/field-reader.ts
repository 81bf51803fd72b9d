import { parseGoDuration } from '../duration.js';
import { isQuantityError, parseAmount } from '../quantity.js';
import type { ResourceList } from '../resource-list.js';
import { didYouMean } from './closest-name.js';
import { isRecord, type PathKey } from './field-path.js';
import type { Problem } from './problem.js';

/** A mistake before file and position are added. */
export type ProblemDetail = Pick<Problem, 'code' | 'message'> & Partial<Pick<Problem, 'expected' | 'hint' | 'rule'>>;

/** Where readers put what they find; a {@link ReadSession} is one. */
export interface FieldSink {
  /** `metadata.creationTimestamp` of objects that have none, epoch ms. */
  readonly creationTimeMs: number;
  /** Whether unread fields are reported at the end. */
  readonly tracksUnread: boolean;
  report(path: readonly PathKey[], part: 'key' | 'value', detail: ProblemDetail): void;
  noteUnmodelled(path: readonly PathKey[]): void;
  register(reader: FieldReader): void;
}

/** Bounds of an integer, both inclusive. */
export interface IntegerRange {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/**
 * Typed access to one map of a manifest. A getter answers undefined for a field that is absent, null or wrong, and
 * records the mistake in the last case; so a decoder reads everything and all mistakes of a file come out together.
 * Fields that no getter asked for are reported by the session: not modelled, or unknown in a strict reader.
 */
export class FieldReader {
  readonly #sink: FieldSink;
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #parent: FieldReader | undefined;
  readonly #keys: readonly PathKey[];
  /** Names that a getter was called with; not kept for plain data, of which there may be thousands of objects. */
  readonly #asked: Set<string> | undefined;
  #strict: boolean;
  #rules: Readonly<Record<string, string>> = {};
  /** Stands for a map that is missing: that is one mistake, and what it would have to contain is not another. */
  #phantom = false;

  /** `keys` lead from the parent to this map: a field name, and an index if it stands in a list. */
  constructor(
    sink: FieldSink,
    value: Readonly<Record<string, unknown>>,
    parent: FieldReader | undefined,
    keys: readonly PathKey[],
  ) {
    this.#sink = sink;
    this.#value = value;
    this.#parent = parent;
    this.#keys = keys;
    this.#strict = parent?.strict ?? false;
    this.#asked = sink.tracksUnread ? new Set() : undefined;
    if (sink.tracksUnread) sink.register(this);
  }

  /** Makes unread fields of this map, and of all maps under it, unknown-field problems. */
  beStrict(): this {
    this.#strict = true;
    return this;
  }

  /** Names the rule that a problem with a field of this map breaks, by field; a problem may name another. */
  ruledBy(rules: Readonly<Record<string, string>>): this {
    this.#rules = rules;
    return this;
  }

  get strict(): boolean {
    return this.#strict;
  }

  /** Creation time for objects that do not say theirs, epoch ms. */
  get defaultCreationTimeMs(): number {
    return this.#sink.creationTimeMs;
  }

  path(): PathKey[] {
    return [...(this.#parent?.path() ?? []), ...this.#keys];
  }

  /** Names of all fields that are present and not null. */
  keys(): string[] {
    return Object.keys(this.#value).filter((key) => this.#value[key] !== null && this.#value[key] !== undefined);
  }

  unreadKeys(): string[] {
    return this.keys().filter((key) => this.#asked?.has(key) !== true);
  }

  askedKeys(): ReadonlySet<string> {
    return this.#asked ?? new Set();
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  /** The value as parsed; null reads as absent. */
  raw(key: string): unknown {
    this.#asked?.add(key);
    return this.#value[key] ?? undefined;
  }

  /** Marks fields that by their nature cannot influence a simulation. */
  irrelevant(...keys: readonly string[]): void {
    for (const key of keys) this.#asked?.add(key);
  }

  /** Marks every field that no getter asked for yet, where the simulator needs only a few of a map. */
  restIrrelevant(): void {
    if (this.#asked !== undefined) this.irrelevant(...Object.keys(this.#value));
  }

  /** Makes a field that this version does not know an unknown-field problem with a particular hint. */
  refuseUnknown(key: string, hint: string): void {
    if (!this.has(key)) return;
    this.problem(key, { code: 'unknown-field', message: `unknown field "${key}"`, hint, rule: 'unknown-field' }, 'key');
  }

  /** Records that the API server would refuse this, with its own words. */
  refuse(key: string | readonly PathKey[] | undefined, message: string, expected?: string): void {
    this.problem(key, { code: 'refused-by-api-server', message, expected });
  }

  /** Notes a field, though it was read, as not modelled. */
  noteUnmodelled(key: string): void {
    this.#sink.noteUnmodelled([...this.path(), key]);
  }

  /** Records a mistake at a field of this map, or at the map itself. */
  problem(key: string | readonly PathKey[] | undefined, detail: ProblemDetail, part: 'key' | 'value' = 'value'): void {
    if (this.#phantom) return;
    const rest: readonly PathKey[] = key === undefined ? [] : typeof key === 'string' ? [key] : key;
    const rule = detail.rule ?? this.#rules[String(rest[0] ?? '')];
    this.#sink.report([...this.path(), ...rest], part, rule === undefined ? detail : { ...detail, rule });
  }

  missing(key: string, expected?: string): void {
    this.problem(key, { code: 'missing-field', message: `${key} is required`, expected });
  }

  string(key: string): string | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === 'string') return value;
    this.#wrongType([key], value, 'a string');
    return undefined;
  }

  /** A string; the empty one reads as absent, as in Go. */
  nonEmptyString(key: string): string | undefined {
    const value = this.string(key);
    return value === '' ? undefined : value;
  }

  /** A string that must be there; empty (with a problem) when it is not. */
  requiredString(key: string): string {
    const before = this.raw(key);
    if (before === undefined) this.missing(key, 'a string');
    return this.string(key) ?? '';
  }

  boolean(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === 'boolean') return value;
    this.#wrongType([key], value, 'true or false');
    return undefined;
  }

  integer(key: string, range: IntegerRange = {}): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = range;
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      this.#wrongType([key], value, 'an integer');
      return undefined;
    }
    if (value < min || value > max) {
      const expected =
        range.max === undefined ? `${min} or more` : range.min === undefined ? `${max} or less` : `${min} to ${max}`;
      this.problem(key, { code: 'invalid-value', message: `${value} is out of range`, expected });
      return undefined;
    }
    return value;
  }

  /** One of a fixed set of words. */
  oneOf<const T extends string>(key: string, words: readonly T[]): T | undefined {
    const value = this.string(key);
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    if (found === undefined) {
      this.problem(key, {
        code: 'unsupported-value',
        message: `"${value}" is not supported`,
        expected: words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`,
        hint: didYouMean(value, words),
      });
    }
    return found;
  }

  /** A quantity of a resource, in the unit of a ResourceList. */
  amount(key: string, resource: string): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    return this.#amount([key], resource, value);
  }

  /** A map of resource name to quantity; undefined when absent. Quantities below zero are refused. */
  resourceList(key: string): ResourceList | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!isRecord(value)) {
      this.#wrongType([key], value, 'a map of resource name to quantity');
      return undefined;
    }
    const list: Record<string, number> = {};
    for (const [resource, quantity] of Object.entries(value)) {
      if (quantity === null) continue;
      const amount = this.#amount([key, resource], resource, quantity);
      if (amount === undefined) continue;
      if (amount < 0) {
        this.problem([key, resource], {
          code: 'invalid-value',
          message: `${JSON.stringify(quantity)} is negative`,
          expected: '0 or more',
        });
      } else list[resource] = amount;
    }
    return list;
  }

  /** A map of strings; empty when absent. */
  stringMap(key: string): Readonly<Record<string, string>> {
    const value = this.raw(key);
    if (value === undefined) return {};
    if (!isRecord(value)) {
      this.#wrongType([key], value, 'a map of strings');
      return {};
    }
    const map: Record<string, string> = {};
    for (const [name, text] of Object.entries(value)) {
      if (typeof text === 'string') map[name] = text;
      else if (text !== null) this.#wrongType([key, name], text, 'a string');
    }
    return map;
  }

  /** A list of strings; undefined when absent. */
  stringList(key: string): readonly string[] | undefined {
    const value = this.#array(key, 'a list of strings');
    return value?.flatMap((item, index) => {
      if (typeof item === 'string') return [item];
      this.#wrongType([key, index], item, 'a string');
      return [];
    });
  }

  /** A nested map; undefined when absent. */
  object(key: string): FieldReader | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (isRecord(value)) return new FieldReader(this.#sink, value, this, [key]);
    this.#wrongType([key], value, 'a map of fields');
    return undefined;
  }

  /** A nested map that must be there; an empty one (with a problem) when it is not. */
  requiredObject(key: string): FieldReader {
    if (!this.has(key)) this.missing(key, 'a map of fields');
    const reader = this.object(key) ?? new FieldReader(this.#sink, {}, this, [key]);
    reader.#phantom = this.#phantom || !isRecord(this.#value[key]);
    return reader;
  }

  /** A list of maps; empty when absent. */
  objects(key: string): readonly FieldReader[] {
    return (this.#array(key, 'a list') ?? []).flatMap((item, index) => {
      if (isRecord(item)) return [new FieldReader(this.#sink, item, this, [key, index])];
      this.#wrongType([key, index], item, 'a map of fields');
      return [];
    });
  }

  /** Length of a list whose items do not matter. */
  count(key: string): number {
    return this.#array(key, 'a list')?.length ?? 0;
  }

  /** A time such as `2026-03-27T09:00:00Z`, epoch ms. */
  timeMs(key: string): number | undefined {
    const value = this.string(key);
    if (value === undefined) return undefined;
    const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : NaN;
    if (!Number.isNaN(ms)) return ms;
    this.problem(key, {
      code: 'invalid-value',
      message: `"${value}" is not a time`,
      expected: 'RFC 3339, such as 2026-03-27T09:00:00Z',
    });
    return undefined;
  }

  /** A Go duration in ms; `pattern`, where given, is the narrower form that the API server asks for. */
  durationMs(key: string, pattern?: RegExp, alternative = ''): number | undefined {
    const value = this.string(key);
    if (value === undefined) return undefined;
    const ms = pattern === undefined || pattern.test(value) ? parseGoDuration(value) : undefined;
    if (ms === undefined) {
      this.problem(key, {
        code: 'invalid-value',
        message: `"${value}" is not a duration`,
        expected: `numbers with units, such as 30s, 5m or 1h30m${alternative}`,
        hint: /^\d+d$/.test(value) ? `there is no unit for days: try ${Number(value.slice(0, -1)) * 24}h` : undefined,
      });
    }
    return ms;
  }

  /** Milliseconds, or `Never`; `pattern` is the form that the API server asks for. */
  durationOrNever(key: string, pattern: RegExp): number | 'Never' | undefined {
    const value = this.raw(key);
    return value === 'Never' ? value : this.durationMs(key, pattern, ', or Never');
  }

  #amount(path: readonly PathKey[], resource: string, value: unknown): number | undefined {
    if (typeof value !== 'string' && typeof value !== 'number') {
      this.#wrongType(path, value, 'a quantity');
      return undefined;
    }
    const amount = parseAmount(resource, String(value));
    if (!isQuantityError(amount)) return amount;
    this.problem(path, {
      code: 'invalid-value',
      message: `"${value}" is not a quantity`,
      expected: 'a number with an optional suffix: n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent',
      hint: quantityHint(amount.text),
    });
    return undefined;
  }

  #array(key: string, expected: string): readonly unknown[] | undefined {
    const value = this.raw(key);
    if (value === undefined || Array.isArray(value)) return value;
    this.#wrongType([key], value, expected);
    return undefined;
  }

  #wrongType(path: readonly PathKey[], value: unknown, expected: string): void {
    const scalar = typeof value === 'number' || typeof value === 'boolean';
    this.problem(path, {
      code: 'wrong-type',
      message: `${typeName(value)} is not ${expected}`,
      expected,
      hint: scalar && expected === 'a string' ? `put it in quotes: "${String(value)}"` : undefined,
    });
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return JSON.stringify(value);
}

/** `512MB` → `512Mi`, `4 Gi` → `4Gi`, `2 cores` → nothing. */
function quantityHint(text: string): string | undefined {
  const match = /^\s*([\d.]+)\s*([kKmMgGtT])?(i|I)?[bB]?\s*$/.exec(text);
  if (match === null) return undefined;
  const suffix = match[2] === undefined ? '' : `${match[2].toUpperCase()}i`;
  return `try ${match[1] ?? ''}${suffix}`;
}
