import type { MetricSample } from '../../analysis/karpenter-metrics.js';
import type { NodePoolSettings } from '../../analysis/node-standing.js';
import type { NodePoolRecord } from '../../analysis/nodepool-record.js';
import type { RunFacts } from '../../analysis/run-facts.js';
import { formatAmountShort } from '../../kubernetes/quantity.js';
import { thinkingNote } from './explain-node.js';
import { clockSeconds, count, duration, percent, span, whole } from './figures.js';
import type { Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

/** So many nodes are named. */
const SHOWN = 8;

/** What a NodePool did in a run, what held it back, and why its nodes stayed. */
export function explainNodePool(
  facts: RunFacts,
  record: NodePoolRecord,
  metrics: readonly MetricSample[],
  palette: Palette,
): string {
  const clock = (timeMs: number): string => clockSeconds(facts.startTimeMs + timeMs);
  const { settings, changedMs, limited, launchFailures, shares, never, nodeClaims, launched } = record;
  const about = [
    `${count(nodeClaims, 'NodeClaim')}, ${whole(launched)} launched`,
    settingsWords(settings),
    ...(changedMs.length === 0 ? [] : [`changed at ${changedMs.map(clock).join(', ')}`]),
    limited === undefined
      ? 'Limits: no pod waited because of them.'
      : `Limits: ${count(limited.pods, 'pod')} found no room under them, from ${clock(limited.firstMs)} to ${clock(limited.lastMs)}.`,
    ...(settings.startupTaints.length === 0
      ? []
      : [
          `Startup taints ${settings.startupTaints.join(', ')}: a node that keeps one is never initialized, and never consolidated.`,
        ]),
  ].map((text) => wrap(text, WIDTH, '  ', '    '));
  const failures =
    launchFailures.length === 0
      ? '  None.'
      : launchFailures
          .map(({ reason, times, firstMs, lastMs }) =>
            wrap(`${count(times, 'time')}, ${clock(firstMs)} to ${clock(lastMs)}: ${reason}`, WIDTH, '  ', '    '),
          )
          .join('\n');
  const stays =
    never.length === 0
      ? ['  None that lived ten minutes or more.']
      : never
          .slice(0, SHOWN)
          .map(({ node, code, detail, forMs }) =>
            wrap(
              `${node}, for ${duration(forMs / 1000)}: ${code}${detail === '' ? '' : ` (${detail})`}`,
              WIDTH,
              '  ',
              '    ',
            ),
          );
  if (never.length > SHOWN) stays.push(`  … ${never.length - SHOWN} more (all with --json)`);
  const rows = shares.map(({ code, durationMs, share, nodes }) => [
    code,
    duration(durationMs / 1000),
    percent(share),
    whole(nodes),
  ]);
  return (
    [
      [palette.title(`NodePool ${settings.nodePool}`), ...about].join('\n'),
      [palette.title('Launches that failed'), failures].join('\n'),
      [palette.title('Nodes that could never be consolidated'), ...stays].join('\n'),
      [
        palette.title('Why its nodes stayed, over all their time'),
        alignedTable([['reason', 'node time', 'share', 'nodes'].map(palette.aside), ...rows], 1),
      ].join('\n'),
      [
        palette.title("The same in Karpenter's metrics, at the end of the run"),
        ...(metrics.length === 0 ? ['  None.'] : metrics.map(({ series, value }) => `  ${series} ${value}`)),
      ].join('\n'),
      ...thinkingNote(facts),
    ].join('\n\n') + '\n'
  );
}

function settingsWords({
  consolidationPolicy,
  consolidateAfter,
  expireAfter,
  budgets,
  limits,
  replicas,
}: NodePoolSettings): string {
  const after = consolidateAfter === '' ? '' : `, consolidateAfter ${time(consolidateAfter)}`;
  const amounts = Object.entries(limits).map(([name, amount]) => `${name} ${formatAmountShort(name, amount)}`);
  return (
    `${consolidationPolicy}${after}, expireAfter ${expireAfter === '' ? 'unset' : time(expireAfter)}; ` +
    `budgets ${budgets.length === 0 ? 'none' : budgets.map(budgetWords).join(', ')}; ` +
    `limits ${amounts.length === 0 ? 'none' : amounts.join(', ')}` +
    (replicas < 0 ? '' : `; static, ${count(replicas, 'replica')}`)
  );
}

function time(value: number | 'Never'): string {
  return value === 'Never' ? value : span(value / 1000);
}

function budgetWords({ nodes, reasons, schedule, durationMs }: NodePoolSettings['budgets'][number]): string {
  const when = schedule === '' ? '' : ` at ${schedule} for ${span(durationMs / 1000)}`;
  return `${nodes}${reasons.length === 0 ? '' : ` for ${reasons.join(', ')}`}${when}`;
}
