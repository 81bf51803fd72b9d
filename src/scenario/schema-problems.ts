import type { z } from 'zod';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import { renderPath, type PathKey } from '../kubernetes/manifest/field-path.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { knownKeys, type KnownKeys } from './scenario-json-schema.js';
import type { PlaceOf } from './scenario-source.js';

type Issue = z.core.$ZodIssue;

/** Turns the issues of a failed validation into problems with file, line and column. */
export function schemaProblems(
  issues: readonly Issue[],
  root: unknown,
  placeOf: PlaceOf,
  keys: KnownKeys = knownKeys,
): readonly Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey(placeOf, path, key, keys));
    }
    const detail = describe(issue, valueAt(root, path));
    return [{ ...placeOf(path, 'value'), path: renderPath(path), ...detail }];
  });
}

function unknownKey(placeOf: PlaceOf, parent: readonly PathKey[], key: string, keys: KnownKeys): Problem {
  const path = [...parent, key];
  const known = keys(parent);
  return {
    ...placeOf(path, 'key'),
    path: renderPath(path),
    code: 'unknown-field',
    message: `unknown key "${key}"`,
    expected: `one of ${known.join(', ')}`,
    hint: didYouMean(key, known),
  };
}

function describe(issue: Issue, value: unknown): ProblemDetail {
  const name = issue.path.at(-1);
  const expected = expectation(issue);
  if (value === undefined && issue.code !== 'custom') {
    return { code: 'missing-field', message: `${String(name ?? 'the file')} is required`, expected };
  }
  const shown = JSON.stringify(value);
  const brief = shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
  switch (issue.code) {
    case 'invalid_type':
      return { code: 'wrong-type', message: `${brief} has the wrong type`, expected };
    case 'invalid_value': {
      const words = issue.values.map(String);
      const hint = typeof value === 'string' ? didYouMean(value, words) : undefined;
      return { code: 'unsupported-value', message: `${brief} is not supported`, expected, hint };
    }
    case 'invalid_union': {
      const words = issue.errors
        .flat()
        .flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : []));
      const hint = typeof value === 'string' ? didYouMean(value, words) : undefined;
      return { code: 'invalid-value', message: `${brief} is not valid`, expected, hint };
    }
    default:
      return { code: 'invalid-value', message: `${brief} is not valid`, expected };
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of names',
};

/** What would have been right: our own text where the schema has one, else told from the issue. */
function expectation(issue: Issue): string {
  const isOwnText = !/^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message);
  if (isOwnText) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `a length of at least ${String(issue.minimum)}`
        : `${String(issue.minimum)} or more`;
    case 'too_big':
      return issue.origin === 'array' ? `at most ${String(issue.maximum)} items` : `${String(issue.maximum)} or less`;
    default:
      return issue.message;
  }
}

function valueAt(root: unknown, path: readonly PathKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PathKey, unknown>)[key] : undefined,
    root,
  );
}
