import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node as YamlNode,
} from 'yaml';
import type { PathKey } from './field-path.js';
import type { Problem } from './problem.js';

/** A place in a file, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a field stands: its key, or its value. A path that does not exist answers with its nearest ancestor. */
export type PositionOf = (path: readonly PathKey[], part: 'key' | 'value') => Position;

/** One document of a YAML stream or a JSON file. */
export interface ManifestDocument {
  readonly value: unknown;
  readonly positionOf: PositionOf;
}

/** The documents of a file that parse, and the mistakes of those that do not: one bad document spoils no other. */
export interface ManifestStream {
  readonly documents: readonly ManifestDocument[];
  readonly problems: readonly Problem[];
}

/** Splits a YAML stream (or JSON, which YAML includes) into documents; empty ones are left out. */
export function parseManifestStream(file: string, text: string): ManifestStream {
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter, merge: true });
  const documents: ManifestDocument[] = [];
  const problems: Problem[] = [];
  // An empty stream is not an array but an object of its own kind.
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const errors = document.errors.map((error) => syntaxProblem(file, error.message, error.linePos?.[0]));
    let value: unknown;
    if (errors.length === 0) {
      try {
        value = document.toJS();
      } catch (error) {
        // Aliases and merges are resolved only here.
        const start = lineCounter.linePos(document.contents?.range[0] ?? document.range[0]);
        errors.push(syntaxProblem(file, String(error instanceof Error ? error.message : error), start));
      }
    }
    problems.push(...errors);
    if (errors.length === 0 && value !== null && value !== undefined) {
      documents.push({ value, positionOf: (path, part) => locate(document, lineCounter, path, part) });
    }
  }
  return { documents, problems };
}

function syntaxProblem(file: string, message: string, at: { line: number; col: number } | undefined): Problem {
  const text = (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
  return { file, line: at?.line ?? 1, column: at?.col ?? 1, path: '', code: 'yaml-syntax', message: text };
}

function locate(
  document: Document.Parsed,
  lineCounter: LineCounter,
  path: readonly PathKey[],
  part: 'key' | 'value',
): Position {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? document.range[0];
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const [keyNode, valueNode] = childOf(node, key);
    if (keyNode === undefined && valueNode === undefined) break;
    const last = depth === path.length - 1;
    const target = last && part === 'key' ? (keyNode ?? valueNode) : (valueNode ?? keyNode);
    offset = target?.range?.[0] ?? offset;
    node = valueNode;
  }
  const { line, col } = lineCounter.linePos(offset);
  return { line, column: col };
}

function childOf(node: unknown, key: PathKey): [YamlNode | undefined, YamlNode | undefined] {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
    return [pair?.key as YamlNode | undefined, (pair?.value ?? undefined) as YamlNode | undefined];
  }
  if (isSeq(node) && typeof key === 'number') return [undefined, node.items[key] as YamlNode | undefined];
  return [undefined, undefined];
}
