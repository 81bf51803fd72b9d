import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  parseDocument,
  type Document,
  type Node as YamlNode,
} from 'yaml';
import { isRecord, type PathKey } from './field-path.js';
import { jsonPositions } from './json-positions.js';
import { readKubectlYaml } from './kubectl-yaml.js';
import type { Position, PositionOf } from './position.js';
import type { Problem } from './problem.js';

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

/** A part of a file that parses by itself, and the line in front of its first. */
interface Piece {
  readonly text: string;
  readonly linesBefore: number;
}

/**
 * Splits a YAML stream or a JSON text into documents; empty ones are left out. Documents, and the items of a list as
 * kubectl writes it, are parsed one by one and again when a position is asked for: the syntax tree of a dump of 50,000
 * pods would take more than 1 GB.
 */
export function parseManifestStream(file: string, text: string): ManifestStream {
  const json = parseJson(text);
  if (json !== undefined) return { documents: [{ value: json, positionOf: jsonPositions(text) }], problems: [] };
  const documents: ManifestDocument[] = [];
  const problems: Problem[] = [];
  for (const piece of documentsOf(text)) {
    const list = parseList(piece);
    if (list !== undefined) {
      documents.push(list);
      continue;
    }
    const parsed = parsePiece(piece);
    problems.push(...parsed.problems.map((problem) => ({ file, ...problem })));
    if (parsed.problems.length === 0 && parsed.value !== null && parsed.value !== undefined) {
      documents.push({ value: parsed.value, positionOf: positionsIn(piece) });
    }
  }
  return { documents, problems };
}

/** The value of a JSON text; undefined when it is something else, or wrong in a way that the YAML parser will name. */
function parseJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The documents of a stream. Directives and explicit ends may stand between them: such a stream stays in one piece. */
function documentsOf(text: string): readonly Piece[] {
  if (/^(%|\.\.\.([ \t\r\n]|$))/m.test(text)) return parseWholeStream(text);
  return piecesAt(text, /^---(?=[ \t\r\n]|$)/gm, 0);
}

/** A text cut in front of each match. */
function piecesAt(text: string, cut: RegExp, linesBefore: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let lines = linesBefore;
  const take = (to: number): void => {
    const piece = text.slice(from, to);
    if (piece !== '') pieces.push({ text: piece, linesBefore: lines });
    lines += linesIn(piece);
    from = to;
  };
  for (const { index } of text.matchAll(cut)) take(index);
  take(text.length);
  return pieces;
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** Cut by the parser itself, which knows what belongs to which document. */
function parseWholeStream(text: string): readonly Piece[] {
  const parsed = parseAllDocuments(text, { merge: true });
  // An empty stream is not an array but an object of its own kind.
  const documents = Array.isArray(parsed) ? parsed : [];
  return documents.map(({ range }, index) => {
    const from = index === 0 ? 0 : (documents[index - 1]?.range[2] ?? 0);
    return { text: text.slice(from, range[2]), linesBefore: linesIn(text.slice(0, from)) };
  });
}

type PieceProblem = Omit<Problem, 'file'>;

function parsePiece({ text, linesBefore }: Piece): {
  readonly value: unknown;
  readonly problems: readonly PieceProblem[];
} {
  const plain = readKubectlYaml(text.replace(/^---[ \t]*\n/, ''));
  if (plain !== undefined) return { value: plain.value, problems: [] };
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true });
  const problems = document.errors.map((error) => syntaxProblem(error.message, error.linePos?.[0], linesBefore));
  if (problems.length > 0) return { value: undefined, problems };
  try {
    return { value: document.toJS() as unknown, problems };
  } catch (error) {
    // Aliases and merges are resolved only here.
    const start = lineCounter.linePos(document.contents?.range[0] ?? document.range[0]);
    const message = String(error instanceof Error ? error.message : error);
    return { value: undefined, problems: [syntaxProblem(message, start, linesBefore)] };
  }
}

/** Positions in a piece that parses. The tree of the last piece asked about is kept: mistakes come in groups. */
function positionsIn(piece: Piece, prefix: readonly PathKey[] = []): PositionOf {
  return (path, part) => {
    if (lastLocated?.piece !== piece) {
      const lineCounter = new LineCounter();
      lastLocated = { piece, lineCounter, document: parseDocument(piece.text, { lineCounter, merge: true }) };
    }
    const { line, column } = locate(lastLocated.document, lastLocated.lineCounter, [...prefix, ...path], part);
    return { line: line + piece.linesBefore, column };
  };
}

let lastLocated:
  { readonly piece: Piece; readonly lineCounter: LineCounter; readonly document: Document.Parsed } | undefined;

/** A list as kubectl writes it, items at the margin, read item by item; undefined when it has to be read as a whole. */
function parseList(piece: Piece): ManifestDocument | undefined {
  const { text, linesBefore } = piece;
  const opening = /^items:[ \t]*\r?\n(?=- )/m.exec(text);
  if (opening === null) return undefined;
  const from = opening.index + opening[0].length;
  const closing = /^[^\s#-]/gm;
  closing.lastIndex = from;
  const to = closing.exec(text)?.index ?? text.length;
  const body = text.slice(from, to);
  const head = { text: text.slice(0, from) + '\n'.repeat(linesIn(body)) + text.slice(to), linesBefore };
  const { value } = parsePiece(head);
  if (!isRecord(value)) return undefined;
  const pieces = piecesAt(body, /^- /gm, linesBefore + linesIn(text.slice(0, from)));
  const items: unknown[] = [];
  for (const item of pieces) {
    // An alias to another item, for instance, leads nowhere here.
    const { value: read, problems } = parsePiece(item);
    if (problems.length > 0 || !Array.isArray(read) || read.length !== 1) return undefined;
    items.push(read[0]);
  }
  const inHead = positionsIn(head);
  return {
    value: { ...value, items },
    positionOf: (path, part) => {
      const [first, index, ...rest] = path;
      const item = first === 'items' && typeof index === 'number' ? pieces[index] : undefined;
      return item === undefined ? inHead(path, part) : positionsIn(item, [0])(rest, part);
    },
  };
}

function syntaxProblem(
  message: string,
  at: { readonly line: number; readonly col: number } | undefined,
  linesBefore: number,
): PieceProblem {
  const text = (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
  const line = linesBefore + (at?.line ?? 1);
  return { line, column: at?.col ?? 1, path: '', code: 'yaml-syntax', message: text };
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
