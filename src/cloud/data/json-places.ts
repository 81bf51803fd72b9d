/** A place in a text, 1-based. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds where records of the first list in a JSON text stand: of `field` in record `index`, or of the record itself when it
 * has no such field. The text must be valid JSON with its list of records at depth 0 or 1.
 */
export function jsonPlaces(text: string): (index: number, field: string) => TextPlace {
  const records = recordOffsets(text);
  const lines = lineOffsets(text);
  return (index, field) => {
    const from = records[index];
    if (from === undefined) return { line: 1, column: 1 };
    const piece = text.slice(from, records[index + 1] ?? text.length);
    const at = field === '' ? 0 : Math.max(0, piece.search(new RegExp(`"${field}"\\s*:`)));
    return placeAt(lines, from + at);
  };
}

/** Where a JSON syntax error lies, from what the parser says of it. */
export function jsonSyntaxPlace(text: string, message: string): TextPlace {
  const [, offset] = /at position (\d+)/.exec(message) ?? [];
  return placeAt(lineOffsets(text), offset === undefined ? text.length : Number(offset));
}

/** Offsets at which the elements of the first list begin. */
function recordOffsets(text: string): readonly number[] {
  const offsets: number[] = [];
  let depth = 0;
  let listDepth = Infinity;
  let expectsElement = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (/\s/.test(char)) continue;
    if (expectsElement && char !== ']') offsets.push(at);
    expectsElement = false;
    if (char === '"') at = stringEnd(text, at);
    else if (char === '[' || char === '{') {
      depth++;
      if (char === '[' && listDepth === Infinity) {
        listDepth = depth;
        expectsElement = true;
      }
    } else if (char === ']' || char === '}') {
      if (depth === listDepth) break;
      depth--;
    } else if (char === ',' && depth === listDepth) expectsElement = true;
  }
  return offsets;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** Offsets at which the lines begin. */
function lineOffsets(text: string): readonly number[] {
  const offsets = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) offsets.push(at + 1);
  return offsets;
}

function placeAt(lines: readonly number[], offset: number): TextPlace {
  let low = 0;
  let high = lines.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
}
