import { isRecord, renderPath, type PathKey } from '../kubernetes/manifest/field-path.js';
import { stableText } from './stable-text.js';

/** One place where two answers differ, each side as text. */
export interface Difference {
  /** Such as `newNodeClaims[0].instanceTypes`; empty for the whole answer. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

const ABSENT = '(nothing)';

/** Maps whose values are texts for people: only their keys are compared. */
const TEXTS_FOR_PEOPLE = new Set(['errors']);
/** Fields whose text is for people: only their presence is compared. */
const TEXT_FOR_PEOPLE = new Set(['error']);

/** Where two answers differ, in the order of their fields; lists of plain values show what only one side has. */
export function differences(expected: unknown, got: unknown): Difference[] {
  const found: Difference[] = [];
  compare(expected, got, [], found);
  return found;
}

function compare(expected: unknown, got: unknown, path: readonly PathKey[], found: Difference[]): void {
  if (expected === undefined || got === undefined || stableText(expected) === stableText(got)) {
    if (expected !== got && stableText(expected) !== stableText(got)) found.push(leaf(path, expected, got));
    return;
  }
  if (Array.isArray(expected) && Array.isArray(got)) {
    compareLists(expected, got, path, found);
    return;
  }
  if (!isRecord(expected) || !isRecord(got)) {
    if (!isForPeople(expected, got, path)) found.push(leaf(path, expected, got));
    return;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
    compare(expected[key], got[key], [...path, key], found);
  }
}

function isForPeople(expected: unknown, got: unknown, path: readonly PathKey[]): boolean {
  if (typeof expected !== 'string' || typeof got !== 'string') return false;
  return TEXT_FOR_PEOPLE.has(String(path.at(-1))) || TEXTS_FOR_PEOPLE.has(String(path.at(-2)));
}

function compareLists(
  expected: readonly unknown[],
  got: readonly unknown[],
  path: readonly PathKey[],
  found: Difference[],
): void {
  if (![...expected, ...got].every(isPlain)) {
    for (let i = 0; i < Math.max(expected.length, got.length); i++) compare(expected[i], got[i], [...path, i], found);
    return;
  }
  const missing = expected.filter((item) => !got.includes(item));
  const extra = got.filter((item) => !expected.includes(item));
  if (missing.length > 0 || extra.length > 0) {
    found.push({
      path: renderPath(path),
      expected: missing.length === 0 ? ABSENT : missing.map(textOf).join(' '),
      got: extra.length === 0 ? ABSENT : extra.map(textOf).join(' '),
    });
    return;
  }
  const at = expected.findIndex((item, i) => item !== got[i]);
  // Equal sets of other lengths differ past the end of the shorter.
  const first = at < 0 ? expected.length : at;
  found.push(leaf([...path, first], expected[first], got[first]));
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function leaf(path: readonly PathKey[], expected: unknown, got: unknown): Difference {
  return { path: renderPath(path), expected: textOf(expected), got: textOf(got) };
}

function textOf(value: unknown): string {
  if (value === undefined) return ABSENT;
  // With spaces, so that it can be broken into lines.
  return typeof value === 'string' ? value : stableText(value).replaceAll(/([,:])(?=["[{\d])/g, '$1 ');
}
