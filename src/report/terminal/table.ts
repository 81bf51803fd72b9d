import Table from 'cli-table3';

const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
    .map((place) => [place, '']),
);

/** A cell; one that spans several columns of figures stands at their right edge. */
export type Cell = string | { readonly content: string; readonly colSpan: number };

/**
 * Columns aligned without lines, `gap` spaces apart; the first `textColumns` to the left and the others, which hold figures, to
 * the right.
 */
export function alignedTable(rows: readonly (readonly Cell[])[], textColumns: number, gap = 2): string {
  const width = (row: readonly Cell[]): number =>
    row.reduce((sum, cell) => sum + (typeof cell === 'string' ? 1 : cell.colSpan), 0);
  const columns = Math.max(0, ...rows.map(width));
  const table = new Table({
    // A spanning cell is measured as if each border inside it were one character wide, so one column of the gap is that border.
    chars: { ...NO_LINES, middle: ' ' },
    style: { 'padding-left': 0, 'padding-right': gap - 1, head: [], border: [] },
    colAligns: Array.from({ length: columns }, (_, i) => (i < textColumns ? 'left' : 'right')),
  });
  for (const row of rows) {
    table.push(row.map((cell) => (typeof cell === 'string' ? cell : { ...cell, hAlign: 'right' as const })));
  }
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}
