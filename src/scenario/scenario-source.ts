import { dirname, join, relative } from 'node:path';
import { isRecord, renderPath, type PathKey } from '../kubernetes/manifest/field-path.js';
import { parseManifestStream } from '../kubernetes/manifest/manifest-document.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { readFailure, tryRead, type ReadFile } from './file-reading.js';

/** A place in one of the files that a scenario is made of, 1-based. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where a field was written. A path that does not exist answers with its nearest ancestor. */
export type PlaceOf = (path: readonly PathKey[], part: 'key' | 'value') => Place;

/** A scenario file as parsed, on top of the one that it extends. */
export interface ScenarioSource {
  readonly value: unknown;
  readonly placeOf: PlaceOf;
  /** File that it extends, as it can be opened. */
  readonly base?: string | undefined;
  /** Entries of `set`, those of the extended file first. */
  readonly settings: readonly { readonly text: string; readonly at: Place }[];
}

/** Fields that name a file, relative to the scenario file that has them; `*` stands for any key. */
const FILE_FIELDS: readonly (readonly string[])[] = [
  ['manifests', '*', '*'],
  ['prices', 'onDemand'],
  ['prices', 'spotHistory'],
  ['latency'],
  ['traffic', '*', 'trace', 'file'],
  ['traffic', '*', 'trace', 'file'],
  ['events', '*', 'apply'],
];

/**
 * Reads a scenario file and what it `extends`: maps are merged key by key, lists and texts replaced, and `null` takes a key of
 * the extended file away. Paths of the extended file become relative to the one that extends it.
 *
 * @param extendedBy - files that lead here, for a chain that bites its own tail
 */
export function readScenarioSource(
  file: string,
  readFile: ReadFile,
  extendedBy: readonly string[] = [],
): ScenarioSource | readonly Problem[] {
  const text = tryRead(readFile, file);
  if (text instanceof Error) return [{ file, line: 1, column: 1, path: '', ...readFailure(file, text) }];
  const { documents, problems } = parseManifestStream(file, text);
  if (problems.length > 0) return problems;
  const [document] = documents;
  if (document === undefined || documents.length > 1) {
    const message = document === undefined ? 'the file is empty' : `the file holds ${documents.length} YAML documents`;
    return [{ file, line: 1, column: 1, path: '', code: 'wrong-type', message, expected: 'one scenario' }];
  }
  const { value, positionOf } = document;
  const placeOf: PlaceOf = (path, part) => ({ file, ...positionOf(path, part) });
  const own = { value, placeOf, settings: settingsOf(value, placeOf) };
  if (!isRecord(value) || typeof value['extends'] !== 'string') return own;
  const base = join(dirname(file), value['extends']);
  const complain = (path: readonly PathKey[], detail: Pick<Problem, 'code' | 'message' | 'expected' | 'hint'>) => [
    { ...placeOf(path, 'value'), path: renderPath(path), ...detail },
  ];
  if ([...extendedBy, file].includes(base)) {
    const message = `${value['extends']} extends this file in turn`;
    return complain(['extends'], { code: 'invalid-value', message, expected: 'a scenario that stands by itself' });
  }
  if (!('name' in value)) {
    const message = 'name is required: runs of the extended scenario have the same otherwise';
    return complain([], { code: 'missing-field', message, expected: 'a name of its own' });
  }
  const extended = readScenarioSource(base, readFile, [...extendedBy, file]);
  if (!('value' in extended)) {
    const [first] = extended;
    if (first?.code !== 'unreadable-file' || first.file !== base) return extended;
    const { code, message, expected, hint } = first;
    return complain(['extends'], { code, message, expected, hint });
  }
  const below = movedPaths(extended.value, relative(dirname(file), dirname(base)));
  return {
    value: merged(below, value),
    placeOf: (path, part) => (isWrittenIn(value, path) ? placeOf(path, part) : extended.placeOf(path, part)),
    base,
    settings: [...extended.settings, ...own.settings],
  };
}

/** Only texts: anything else is a mistake that the schema names. */
function settingsOf(value: unknown, placeOf: PlaceOf): ScenarioSource['settings'] {
  const set = isRecord(value) ? value['set'] : undefined;
  if (!Array.isArray(set)) return [];
  return set.flatMap((text: unknown, index) =>
    typeof text === 'string' ? [{ text, at: placeOf(['set', index], 'value') }] : [],
  );
}

function merged(below: unknown, above: unknown): unknown {
  if (!isRecord(below) || !isRecord(above)) return above;
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = merged(below[key], value);
  }
  return result;
}

/** Whether the file wrote what stands at a path, or a list or text that the path leads into. */
function isWrittenIn(value: unknown, path: readonly PathKey[]): boolean {
  let at = value;
  for (const key of path) {
    if (!isRecord(at)) return true;
    if (!(key in at)) return false;
    at = at[String(key)];
  }
  return true;
}

function movedPaths(value: unknown, folder: string): unknown {
  if (folder === '') return value;
  return FILE_FIELDS.reduce((moved, pattern) => movedAt(moved, pattern, folder), value);
}

function movedAt(value: unknown, [key, ...rest]: readonly string[], folder: string): unknown {
  if (key === undefined) return typeof value === 'string' ? join(folder, value) : value;
  if (Array.isArray(value)) return key === '*' ? value.map((item: unknown) => movedAt(item, rest, folder)) : value;
  if (!isRecord(value)) return value;
  const keys = key === '*' ? Object.keys(value) : key in value ? [key] : [];
  return { ...value, ...Object.fromEntries(keys.map((name) => [name, movedAt(value[name], rest, folder)])) };
}
