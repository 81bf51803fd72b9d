import type { Comparison, ComparisonVerdict, MetricComparison } from '../experiment/compare.js';
import type { GateResult } from '../experiment/gate.js';
import type { Replication } from '../experiment/replication.js';
import {
  figureCells,
  gateWords,
  mainRows,
  secondRangeChanges,
  secondRangeRows,
  secondRangeWords,
  seedWords,
  serviceWords,
} from './comparison-words.js';
import { metricDifference, metricFigure, relativeDifference, unitWords } from './metric-figures.js';

const SIGNS: Readonly<Record<ComparisonVerdict, string>> = {
  better: '🟢 better',
  worse: '🔴 worse',
  'no difference shown': 'no difference shown',
  'not comparable': '🟡 not comparable',
};

/**
 * A comparison as a comment on a pull request: one line with the cost beside the service, the table, and everything else
 * folded away.
 */
export function comparisonMarkdown(
  comparison: Comparison,
  replication: Replication,
  gates: readonly GateResult[],
): string {
  const { rows } = mainRows(comparison);
  const shown = new Set(rows);
  const rest = comparison.metrics.filter((one) => !shown.has(one) && one.difference !== undefined);
  const parts = [
    `### karpsim: ${headline(comparison)}`,
    `**A** ${escaped(comparison.a.name)} → **B** ${escaped(comparison.b.name)}. ${capital(seedWords(comparison, replication))}.`,
    table(rows),
    serviceWords(comparison),
    secondRange(comparison),
  ];
  if (gates.length > 0) {
    const mark = ({ outcome }: GateResult): string =>
      outcome === 'failed' ? '❌' : outcome === 'passed' ? '✅' : '⚠️';
    parts.push(gates.map((gate) => `- ${mark(gate)} ${escaped(gateWords(gate))}`).join('\n'));
  }
  if (rest.length > 0) {
    parts.push(
      `<details>\n<summary>${rest.length} more metrics without a shown difference</summary>\n\n${table(rest)}\n\n</details>`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function secondRange(comparison: Comparison): string {
  const rows = secondRangeRows(comparison);
  const words = secondRangeWords(comparison);
  if (rows.length === 0) return words;
  const head = '| metric | by luck | second range | verdict |\n| --- | --- | :-: | --- |';
  const lines = rows.map(({ name, byLuck, range, verdict }) => `| ${[name, byLuck, range, verdict].join(' | ')} |`);
  const changes = secondRangeChanges(comparison).map((line) => `- ${line}`);
  const parts = [
    words,
    [head, ...lines].join('\n'),
    ...(changes.length > 0 ? [`Verdicts change with\n\n${changes.join('\n')}`] : []),
  ];
  return `<details>\n<summary>Second range: what luck does not cover</summary>\n\n${parts.join('\n\n')}\n\n</details>`;
}

function headline({ metrics }: Comparison): string {
  const named = (name: string): MetricComparison | undefined => metrics.find(({ metric }) => metric.name === name);
  const cost = named('cost');
  if (cost?.difference === undefined) return 'one seed, no interval';
  const { metric, a, b, difference, verdict } = cost;
  const change =
    verdict === 'no difference shown'
      ? `no difference in cost shown (${metricFigure(metric, a)} a day)`
      : `${metricDifference(metric, difference.mean)} a day (${relativeDifference(a, difference.mean)}) to ${metricFigure(metric, b)}` +
        (verdict === 'not comparable' ? ', not comparable' : '');
  const service = ['pending.p99', 'lostRequests.share'].flatMap((name) => {
    const one = named(name);
    return one?.difference === undefined
      ? []
      : [`${name} ${metricDifference(one.metric, one.difference.mean) || '±0'}`];
  });
  return [change, ...service].join(', ');
}

function table(rows: readonly MetricComparison[]): string {
  const head = '| metric | A | B | B − A | | 95 % interval | verdict |\n| --- | --: | --: | --: | --: | :-: | --- |';
  const lines = rows.map((row) => {
    const unit = unitWords(row.metric);
    const name = unit === '' ? row.metric.name : `${row.metric.name}, ${unit}`;
    return `| ${[name, ...figureCells(row), SIGNS[row.verdict]].join(' | ')} |`;
  });
  return [head, ...lines].join('\n');
}

/** Names come from files: nothing of them is to be read as Markdown or HTML. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
