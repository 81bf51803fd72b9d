import { parse } from 'yaml';
import { renderPath, type PathKey } from '../kubernetes/manifest/field-path.js';
import type { Problem } from '../kubernetes/manifest/problem.js';

/** One `--set path=value`. */
export interface Override {
  /** As written, for messages. */
  readonly text: string;
  /** Manifest object that it changes; undefined: the scenario file. */
  readonly object?: { readonly kind: string; readonly name: string } | undefined;
  readonly path: readonly PathKey[];
  readonly value: unknown;
}

const USAGE =
  'path=value with a path into the scenario file such as karpenter.batchIdleDuration or services[0].share, ' +
  'or Kind/name.path such as NodePool/general.spec.disruption.consolidateAfter';

/** Reads `--set` arguments; the value is YAML, so `5` is a number and `[a, b]` a list. */
export function parseOverrides(texts: readonly string[]): {
  readonly overrides: readonly Override[];
  readonly problems: Problem[];
} {
  const overrides: Override[] = [];
  const problems: Problem[] = [];
  for (const text of texts) {
    const match = /^(?:([A-Z]\w*)\/([a-z0-9-]+)\.)?([^=]+)=([\s\S]*)$/.exec(text);
    const path = parsePath(match?.[3] ?? '');
    let value: unknown;
    try {
      value = parse(match?.[4] ?? '');
    } catch (error) {
      const message = String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
      problems.push(overrideProblem(text, '', 'yaml-syntax', message));
      continue;
    }
    if (match === null || path === undefined)
      problems.push(overrideProblem(text, '', 'invalid-value', `"${text}" is not an override`, USAGE));
    else {
      const [, kind, name] = match;
      overrides.push({ text, object: kind === undefined ? undefined : { kind, name: name ?? '' }, path, value });
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

/** Sets the values in a copy; a path that leads through something that is no map or list is a problem. */
export function applyOverrides(
  root: unknown,
  overrides: readonly Override[],
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const value = structuredClone(root);
  const problems = overrides.flatMap((override) => {
    const failedAt = setAt(value, override.path, override.value);
    if (failedAt === undefined) return [];
    const message = `there is nothing at ${renderPath(failedAt)} that has a ${String(override.path[failedAt.length])}`;
    return [overrideProblem(override.text, renderPath(override.path), 'unknown-field', message)];
  });
  return { value, problems };
}

function setAt(root: unknown, path: readonly PathKey[], value: unknown): readonly PathKey[] | undefined {
  let container = root;
  for (const [depth, key] of path.entries()) {
    const slot = slotOf(container, key);
    if (slot === undefined) return path.slice(0, depth);
    if (depth === path.length - 1) slot.container[slot.key] = value;
    else container = slot.container[slot.key] ??= {};
  }
  return undefined;
}

function slotOf(container: unknown, key: PathKey): { container: Record<PathKey, unknown>; key: PathKey } | undefined {
  if (typeof container !== 'object' || container === null || key === '__proto__') return undefined;
  const slots = container as Record<PathKey, unknown>;
  if (!Array.isArray(container)) return typeof key === 'string' ? { container: slots, key } : undefined;
  const index = Number(key);
  // The slot after the last one appends.
  const exists = Number.isInteger(index) && index >= 0 && index <= container.length;
  return exists ? { container: slots, key: index } : undefined;
}

/** Problems at a place that an override wrote belong to the override, not to the file. */
export function blameOverrides(problems: readonly Problem[], overrides: readonly Override[]): readonly Problem[] {
  if (overrides.length === 0) return problems;
  const places = overrides.map(({ text, path }) => ({ text, place: renderPath(path) }));
  return problems.map((problem) => {
    const own = places.findLast(
      ({ place }) =>
        problem.path === place || (problem.path.startsWith(place) && /^[.[]/.test(problem.path.slice(place.length))),
    );
    return own === undefined ? problem : { ...problem, file: `--set ${own.text}`, line: 1, column: 1 };
  });
}

/** A problem with an override itself. */
export function overrideProblem(
  text: string,
  path: string,
  code: Problem['code'],
  message: string,
  expected?: string,
): Problem {
  return { file: `--set ${text}`, line: 1, column: 1, path, code, message, expected };
}
