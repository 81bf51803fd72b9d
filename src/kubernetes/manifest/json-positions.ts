import type { PathKey } from './field-path.js';
import type { Position, PositionOf } from './position.js';

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[^\s,\]}]+/y;
const SPACE = /\s*/y;

/**
 * Where fields stand in a JSON text that parses. Scans only when asked, and remembers where the members of lists begin:
 * a dump of a large cluster is one list, of which few objects are ever asked about.
 */
export function jsonPositions(text: string): PositionOf {
  const members = new Map<number, readonly number[]>();
  let lineStarts: readonly number[] | undefined;

  const match = (pattern: RegExp, at: number): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : at + 1;
  };
  const space = (at: number): number => match(SPACE, at);
  const skip = (from: number): number => {
    let depth = 0;
    let at = from;
    do {
      const char = text[at];
      if (char === '"') at = match(STRING, at);
      else if (char === ',' || char === ':') at++;
      else if (char === '{' || char === '[') {
        depth++;
        at++;
      } else if (char === '}' || char === ']') {
        depth--;
        at++;
      } else at = match(SCALAR, at);
      at = depth > 0 ? space(at) : at;
    } while (depth > 0 && at < text.length);
    return at;
  };
  const membersOf = (list: number): readonly number[] => {
    let starts = members.get(list);
    if (starts === undefined) {
      const found: number[] = [];
      for (let at = space(list + 1); at < text.length && text[at] !== ']'; at = space(at)) {
        found.push(at);
        at = space(skip(at));
        if (text[at] === ',') at++;
      }
      members.set(list, (starts = found));
    }
    return starts;
  };
  const fieldOf = (map: number, name: string): { readonly key: number; readonly value: number } | undefined => {
    for (let at = space(map + 1); at < text.length && text[at] === '"'; at = space(at)) {
      const end = match(STRING, at);
      const value = space(space(end) + 1);
      if (JSON.parse(text.slice(at, end)) === name) return { key: at, value };
      at = space(skip(value));
      if (text[at] === ',') at++;
    }
    return undefined;
  };
  const positionAt = (offset: number): Position => {
    lineStarts ??= startsOfLines(text);
    let [low, high] = [0, lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
  };
  return (path: readonly PathKey[], part) => {
    let at = space(0);
    for (const [depth, key] of path.entries()) {
      const field = text[at] === '{' ? fieldOf(at, String(key)) : undefined;
      const member = text[at] === '[' && typeof key === 'number' ? membersOf(at)[key] : undefined;
      const next = field?.value ?? member;
      if (next === undefined) break;
      at = field !== undefined && part === 'key' && depth === path.length - 1 ? field.key : next;
    }
    return positionAt(at);
  };
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
