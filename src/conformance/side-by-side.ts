import type { CheckFailure } from './check-folder.js';
import { differences } from './differences.js';

/** Differences and reasons that are shown of one case. */
const MOST_DIFFERENCES = 8;
const MOST_REASONS = 12;
/** Lines that one side of one difference may take; the rest is cut. */
const MOST_LINES = 4;

const WIDTH = 100;
const INDENT = '  ';
const GAP = 2;

/** One case that was decided otherwise: the first differences, recorded beside ours, and why we decided so. */
export function sideBySide({ kind, version, name, expected, got, trail = [] }: CheckFailure): string {
  const all = differences(expected, got);
  const shown = all.slice(0, MOST_DIFFERENCES);
  const widest = Math.max(0, ...shown.map(({ path }) => path.length));
  const where = Math.min(Math.max(widest, 'where'.length), 36);
  const side = Math.floor((WIDTH - INDENT.length - where - 2 * GAP) / 2);
  const widths = [where, side, side];
  const lines = [
    `${kind} ${version} ${name}`,
    ...columns(['where', 'recorded', 'karpsim'], widths),
    ...shown.flatMap((difference) => columns([difference.path, difference.expected, difference.got], widths)),
  ];
  if (all.length > shown.length) lines.push(`${INDENT}… ${all.length - shown.length} more`);
  if (trail.length > 0) {
    lines.push(`${INDENT}why karpsim decided so:`);
    for (const reason of trail.slice(0, MOST_REASONS)) lines.push(`${INDENT}${INDENT}${reason}`);
    if (trail.length > MOST_REASONS) lines.push(`${INDENT}${INDENT}… ${trail.length - MOST_REASONS} more`);
  }
  return lines.join('\n');
}

/** Texts beside each other, each broken to the width of its column. */
function columns(texts: readonly string[], widths: readonly number[]): string[] {
  const broken = texts.map((text, i) => broke(text, widths[i] ?? 0));
  const height = Math.max(...broken.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) => {
    const cells = broken.map((lines, i) => (lines[row] ?? '').padEnd(widths[i] ?? 0));
    return (INDENT + cells.join(' '.repeat(GAP))).trimEnd();
  });
}

/** Lines of at most `width` characters, broken at spaces where there are any. */
function broke(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const cut = space > 0 ? space : width;
    lines.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  lines.push(rest);
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES - 1), `${(lines[MOST_LINES - 1] ?? '').slice(0, width - 1)}…`];
}
