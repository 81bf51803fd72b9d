import type { ChalkInstance } from 'chalk';
import type { MiddleAndTail, SettingsFigures } from '../../analysis/settings-figures.js';
import type { SettingsRow } from '../../experiment/settings-table.js';
import { dollars, duration, span, whole } from './figures.js';
import { paletteOf, type Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

type Chain = SettingsFigures['chain'];

const STAGES: readonly (readonly [string, (chain: Chain) => MiddleAndTail])[] = [
  ['Consolidatable', ({ consolidatable }) => consolidatable],
  ['command', ({ command }) => command],
  ['replaced*', ({ replacementReady }) => replacementReady],
  ['drained', ({ drained }) => drained],
  ['bill ends', ({ billingStops }) => billingStops],
  ['in all', ({ total }) => total],
];

/** The settings of a scenario and its variants side by side: churn and cost a day, and the way of a node that consolidation removed. */
export function settingsTableText(rows: readonly SettingsRow[], seed: string, chalk: ChalkInstance): string {
  const palette = paletteOf(chalk);
  const seconds = rows[0]?.figures?.simulatedSeconds ?? 0;
  const parts = [
    palette.title(
      `The same ${span(seconds)} with other settings, seed ${seed}; counts and cost are a day's at this pace`,
    ),
    churn(rows, palette),
    '',
    palette.title('From the last pod event on a node to the end of its bill, where consolidation took it'),
    chains(rows, palette),
    palette.aside('  * replacement initialized, of replace commands; drained counts from the NodeClaim’s deletion'),
  ];
  const remarks = [...sameRows(rows), ...refusedRows(rows)];
  if (remarks.length > 0) parts.push('', ...remarks.map((text) => wrap(text, WIDTH, '  ', '    ')));
  return `${parts.join('\n')}\n`;
}

/** Rows that were simulated, under a line for each version; the first line of a row begins with its name. */
function table(
  rows: readonly SettingsRow[],
  linesOf: (figures: SettingsFigures) => readonly (readonly string[])[],
  palette: Palette,
): readonly (readonly string[])[] {
  let version = '';
  return rows.flatMap((row) => {
    if (row.figures === null || row.sameAs !== null) return [];
    const lines = linesOf(row.figures).map((cells, index) => [index === 0 ? `  ${row.name}` : '', ...cells]);
    if (row.karpenterVersion === version) return lines;
    version = row.karpenterVersion;
    return [[palette.aside(version)], ...lines];
  });
}

function churn(rows: readonly SettingsRow[], palette: Palette): string {
  const head = ['', 'nodes', 'consoli-', '', '', 'pods', 'pending', ''];
  const second = ['settings', 'removed', 'dated', 'expired', 'other', 'evicted', 'p99', 'cost'];
  const body = table(
    rows,
    ({ nodesRemovedPerDay, podsEvictedPerDay, pending, costPerDay }) => {
      const all = Object.values(nodesRemovedPerDay).reduce((sum, count) => sum + count, 0);
      const consolidated = (nodesRemovedPerDay['Underutilized'] ?? 0) + (nodesRemovedPerDay['Empty'] ?? 0);
      const expired = nodesRemovedPerDay['Expired'] ?? 0;
      const other = all - consolidated - expired;
      const counts = [all, consolidated, expired, other, podsEvictedPerDay].map(whole);
      return [[...counts, duration(pending.p99), dollars(costPerDay)]];
    },
    palette,
  );
  return alignedTable([head.map(palette.aside), second.map(palette.aside), ...body], 1);
}

function chains(rows: readonly SettingsRow[], palette: Palette): string {
  const head = ['settings', '', 'nodes', ...STAGES.map(([name]) => name)];
  const body = table(
    rows,
    ({ chain }) => [
      ['p50', whole(chain.nodes), ...STAGES.map(([, of]) => duration(of(chain).p50))],
      ['p99', '', ...STAGES.map(([, of]) => duration(of(chain).p99))],
    ],
    palette,
  );
  return alignedTable([head.map(palette.aside), ...body], 2, 1);
}

function sameRows(rows: readonly SettingsRow[]): readonly string[] {
  return rows.flatMap(({ name, karpenterVersion, sameAs }) =>
    sameAs === null ? [] : [`${name} (${karpenterVersion}): the same run as "${sameAs}"; it changes nothing.`],
  );
}

function refusedRows(rows: readonly SettingsRow[]): readonly string[] {
  return rows.flatMap(({ name, karpenterVersion, refused }) =>
    refused.length === 0 ? [] : [`${name}: ${karpenterVersion} refuses it: ${refused.join('; ')}.`],
  );
}
