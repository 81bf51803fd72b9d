import { parse } from 'yaml';
import { isRecord, renderPath, type PathKey } from '../kubernetes/manifest/field-path.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { Place } from './scenario-source.js';

/** One `--set path=value`. */
export interface Override {
  /** As written, for messages. */
  readonly text: string;
  /** Where it stands: the option, or an entry of a scenario's `set`. */
  readonly at: Place;
  /** Manifest object that it changes; undefined: the scenario file. */
  readonly object?: { readonly kind: string; readonly name: string } | undefined;
  readonly path: readonly PathKey[];
  readonly value: unknown;
}

const USAGE =
  'path=value with a path into the scenario file such as karpenter.batchIdleDuration or services[0].share, ' +
  'or Kind/name.path such as NodePool/general.spec.disruption.consolidateAfter';

/** Reads `--set` arguments; see {@link parseSettings}. */
export function parseOverrides(texts: readonly string[]): ReturnType<typeof parseSettings> {
  return parseSettings(texts.map((text) => ({ text, at: { file: `--set ${text}`, line: 1, column: 1 } })));
}

/** Reads `path=value` texts; the value is YAML, so `5` is a number, `[a, b]` a list, and `null` takes a key away. */
export function parseSettings(settings: readonly { readonly text: string; readonly at: Place }[]): {
  readonly overrides: readonly Override[];
  readonly problems: Problem[];
} {
  const overrides: Override[] = [];
  const problems: Problem[] = [];
  for (const { text, at } of settings) {
    const match = /^(?:([A-Z]\w*)\/([a-z0-9-]+)\.)?([^=]+)=([\s\S]*)$/.exec(text);
    const path = parsePath(match?.[3] ?? '');
    let value: unknown;
    try {
      value = parse(match?.[4] ?? '');
    } catch (error) {
      const message = String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
      problems.push(overrideProblem(at, '', 'yaml-syntax', message));
      continue;
    }
    if (match === null || path === undefined)
      problems.push(overrideProblem(at, '', 'invalid-value', `"${text}" is not an override`, USAGE));
    else {
      const [, kind, name] = match;
      overrides.push({ text, at, object: kind === undefined ? undefined : { kind, name: name ?? '' }, path, value });
    }
  }
  return { overrides, problems };
}

/** `a.b[0]["v1.14.1"]` → its keys; undefined when it is no path. */
function parsePath(text: string): PathKey[] | undefined {
  const keys: PathKey[] = [];
  const rest = text
    .trim()
    .replace(/\["([^"]+)"\]|\[(\d+)\]|(?:^|\.)([^.[\]="]+)/g, (_, quoted?: string, index?: string, word?: string) => {
      keys.push(quoted ?? (index === undefined ? (word ?? '') : Number(index)));
      return '';
    });
  return rest === '' && keys.length > 0 ? keys : undefined;
}

/** Sets the values in a copy, where there are any; a path that leads nowhere is a problem and changes nothing. */
export function applyOverrides(
  root: unknown,
  overrides: readonly Override[],
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  if (overrides.length === 0) return { value: root, problems: [] };
  const value = structuredClone(root);
  const problems = overrides.flatMap((override) => {
    const deadEnd = findDeadEnd(value, override.path);
    if (deadEnd === undefined) {
      setAt(value, override.path, override.value);
      return [];
    }
    const message = `there is no ${renderPath(deadEnd)} to set`;
    return [overrideProblem(override.at, renderPath(override.path), 'unknown-field', message)];
  });
  return { value, problems };
}

/** First part of a path that cannot be gone along; undefined when it can, where missing maps would be made. */
function findDeadEnd(root: unknown, path: readonly PathKey[]): readonly PathKey[] | undefined {
  let container = root;
  for (const [depth, key] of path.entries()) {
    // The slot after the last one of a list appends.
    const fits = Array.isArray(container)
      ? /^\d+$/.test(String(key)) && Number(key) <= container.length
      : typeof key === 'string' && key !== '__proto__' && (isRecord(container) || container === undefined);
    if (!fits) return path.slice(0, depth + 1);
    container = (container as Readonly<Record<PathKey, unknown>> | undefined)?.[key] ?? undefined;
  }
  return undefined;
}

function setAt(root: unknown, path: readonly PathKey[], value: unknown): void {
  let container = root as Record<PathKey, unknown>;
  for (const key of path.slice(0, -1)) container = (container[key] ??= {}) as Record<PathKey, unknown>;
  const last = path.at(-1);
  if (last === undefined) return;
  // `window=` and `window=null` take a key away, so that its default applies. A list keeps its slots.
  if (value === null && !Array.isArray(container)) Reflect.deleteProperty(container, last);
  else container[last] = value;
}

/** Problems at a place that an override wrote belong to the override, not to the file. */
export function blameOverrides(problems: readonly Problem[], overrides: readonly Override[]): readonly Problem[] {
  if (overrides.length === 0) return problems;
  const places = overrides.map(({ at, path }) => ({ at, place: renderPath(path) }));
  return problems.map((problem) => {
    const own = places.findLast(
      // An unknown key above the place was made on the way to it.
      ({ place }) =>
        isWithin(problem.path, place) || (problem.code === 'unknown-field' && isWithin(place, problem.path)),
    );
    return own === undefined ? problem : { ...problem, ...own.at };
  });
}

function isWithin(path: string, place: string): boolean {
  return path === place || (path.startsWith(place) && /^[.[]/.test(path.slice(place.length)));
}

/** A problem with an override itself. */
export function overrideProblem(
  at: Place,
  path: string,
  code: Problem['code'],
  message: string,
  expected?: string,
): Problem {
  return { ...at, path, code, message, expected };
}
