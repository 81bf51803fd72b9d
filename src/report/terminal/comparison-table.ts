import type { ChalkInstance } from 'chalk';
import type { Comparison, ComparisonVerdict } from '../../experiment/compare.js';
import type { GateResult } from '../../experiment/gate.js';
import type { Replication } from '../../experiment/replication.js';
import {
  figureCells,
  gateWords,
  mainRows,
  secondRangeChanges,
  secondRangeRows,
  secondRangeWords,
  seedWords,
  serviceWords,
} from '../comparison-words.js';
import { unitWords } from '../metric-figures.js';
import { paletteOf } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

/** A comparison for the terminal: who is compared, the table of differences, what to make of costs, the gates. */
export function comparisonTable(
  comparison: Comparison,
  replication: Replication,
  gates: readonly GateResult[],
  chalk: ChalkInstance,
): string {
  const palette = paletteOf(chalk);
  const { rows, others } = mainRows(comparison);
  const head = ['metric', '', 'A', 'B', 'B − A', '', '95 % interval', 'verdict'].map(palette.aside);
  const body = rows.map((row) => [
    row.metric.name,
    palette.aside(unitWords(row.metric)),
    ...figureCells(row),
    coloured(row.verdict, chalk),
  ]);
  const remarks = [serviceWords(comparison)];
  if (others.length > 0) remarks.push(`No difference shown in ${others.join(', ')} either.`);
  const parts = [
    `${palette.title('A')}  ${comparison.a.name}`,
    `${palette.title('B')}  ${comparison.b.name}`,
    palette.aside(seedWords(comparison, replication)),
    '',
    alignedTable([head, ...body], 2, 2),
    '',
    ...remarks.map((text) => wrap(text, WIDTH, '  ', '  ')),
  ];
  const second = secondRangeRows(comparison);
  if (second.length > 0) {
    parts.push('', palette.title('Second range'));
    const titles = ['metric', 'by luck', 'second range', 'verdict'].map(palette.aside);
    parts.push(alignedTable([titles, ...second.map((row) => [row.name, row.byLuck, row.range, row.verdict])], 2, 2));
  }
  const changes = secondRangeChanges(comparison);
  if (changes.length > 0)
    parts.push('', '  Verdicts change with', ...changes.map((line) => wrap(line, WIDTH, '  - ', '    ')));
  parts.push('', wrap(secondRangeWords(comparison), WIDTH, '  ', '  '));
  if (gates.length > 0) parts.push('', palette.title('Limits'), ...gates.map((gate) => gateLine(gate, chalk)));
  return `${parts.join('\n')}\n`;
}

function gateLine(result: GateResult, chalk: ChalkInstance): string {
  const line = wrap(gateWords(result), WIDTH, '  - ', '    ');
  return result.outcome === 'failed' ? chalk.red(line) : line;
}

function coloured(verdict: ComparisonVerdict, chalk: ChalkInstance): string {
  if (verdict === 'better') return chalk.green(verdict);
  if (verdict === 'worse') return chalk.red(verdict);
  return verdict === 'not comparable' ? chalk.yellow(verdict) : chalk.dim(verdict);
}
