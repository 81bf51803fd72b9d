import type { ChalkInstance } from 'chalk';
import type { MetricsRecord } from '../../analysis/metrics.js';
import type { BaselineRow } from '../../experiment/baselines.js';
import { baselineName } from './baseline-words.js';
import { decimal, dollars, duration, percent, whole } from './figures.js';
import { paletteOf } from './palette.js';
import { alignedTable } from './table.js';

interface Column {
  readonly head: readonly [string, string];
  readonly text: (metrics: MetricsRecord) => string;
  /** Left out when no row has it. */
  readonly metric: string;
}

const COLUMNS: readonly Column[] = [
  column(['node-', 'hours'], 'nodeHours', (value) => whole(value)),
  column(['instances', ''], 'cost', dollars),
  column(['whole', 'bill'], 'bill', dollars),
  column(['spot', ''], 'spotShare', percent),
  column(['pending', 'p50'], 'pending.p50', duration),
  column(['', 'p99'], 'pending.p99', duration),
  column(['never', 'bound'], 'unschedulable', (value) => whole(value)),
  column(['pods', 'evicted'], 'evictions', (value) => whole(value)),
  column(['requests', 'lost'], 'lostRequests', (value) => decimal(Math.round(value * 10) / 10)),
];

function column(head: Column['head'], metric: string, format: (value: number) => string): Column {
  return {
    head,
    metric,
    text: (metrics) => {
      const value = metrics[metric];
      return value === undefined || value === null ? '–' : format(value);
    },
  };
}

/** Karpenter and its baselines side by side; money and counts are a day's. */
export function baselineTableText(rows: readonly BaselineRow[], seed: string, chalk: ChalkInstance): string {
  const palette = paletteOf(chalk);
  const columns = COLUMNS.filter(({ metric }) => rows.some(({ metrics }) => (metrics[metric] ?? null) !== null));
  const heads = ([0, 1] as const).map((line) => [
    line === 1 ? palette.aside('nodes from') : '',
    ...columns.map(({ head }) => palette.aside(head[line])),
  ]);
  const body = rows.map(({ name, metrics }) => [baselineName(name), ...columns.map(({ text }) => text(metrics))]);
  return [
    palette.title(
      `The same run with other providers of nodes, seed ${seed}; money and counts are a day's at this pace`,
    ),
    alignedTable([...heads, ...body], 1),
    '',
  ].join('\n');
}
