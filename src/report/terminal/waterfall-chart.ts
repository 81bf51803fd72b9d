import type { ChalkInstance } from 'chalk';
import type { Estimate } from '../../experiment/interval.js';
import type { Waterfall } from '../../experiment/waterfall/waterfall.js';
import { guideWords } from '../waterfall/guide-ranges.js';
import { orderWords, waterfallRows, type WaterfallRow } from '../waterfall/waterfall-rows.js';
import { dollars, span } from './figures.js';
import { paletteOf, type Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

/** Characters of the chart for the dearest level. */
const CHART = 20;

/** A waterfall as text: the chart, what off means for each factor, and what the percentages of the guide make. */
export function waterfallText(result: Waterfall, chalk: ChalkInstance): string {
  const palette = paletteOf(chalk);
  const { spec, metric, asGiven, staticFleet, end } = result;
  const what = metric === 'bill' ? 'the bill (instances, volumes, CPU credits, control plane)' : 'instances';
  const saved = (value: Estimate): string => `${Math.round((1 - value.mean / staticFleet.mean) * 100)} %`;
  const parts = [
    palette.title(
      `${spec.name}: what saves what, ${what} in dollars a simulated day (${span(spec.durationMs / 1000)} simulated)`,
    ),
    chart(waterfallRows(result), palette),
    wrap(
      `As given, NodePools and requests: ${dollars(asGiven.mean)}, ${saved(asGiven)} below the static fleet. With every factor on, ` +
        `requests right-sized too: ${dollars(end.mean)}, ${saved(end)} below it.`,
      WIDTH,
      '',
      '',
    ),
    [
      palette.title('What off means'),
      ...result.shares.map(({ factor }) => wrap(`${factor.name}: ${factor.off}.`, WIDTH, '  ', '    ')),
    ].join('\n'),
  ];
  if (result.usageAssumed) {
    parts.push(
      wrap(
        'Right-sizing rests on the load of the scenario. Where nobody measured that, its figure is an assumption: --usage takes the output of kubectl top or a Prometheus export.',
        WIDTH,
        '',
        '',
      ),
    );
  }
  parts.push(wrap(guideWords(), WIDTH, '', ''), wrap(orderWords(result), WIDTH, '', ''));
  return `${parts.join('\n\n')}\n`;
}

function chart(rows: readonly WaterfallRow[], palette: Palette): string {
  const dearest = Math.max(
    ...rows.map((row) => (row.kind === 'level' ? row.value.mean : Math.max(row.from, row.from + row.change.mean))),
  );
  const column = (value: number): number => Math.round((Math.max(0, value) / dearest) * CHART);
  const bar = (from: number, to: number, sign: string): string => {
    const [left, right] = [column(Math.min(from, to)), column(Math.max(from, to))];
    return `${' '.repeat(left)}${sign.repeat(Math.max(1, right - left))}`.padEnd(CHART);
  };
  const head = ['', '', 'in turn', '95 %', 'order-free', '95 %'].map(palette.aside);
  const cells = rows.map((row) =>
    row.kind === 'level'
      ? [
          row.name,
          palette.figure(bar(0, row.value.mean, '█')),
          dollars(row.value.mean),
          range(row.value, false),
          '',
          '',
        ]
      : [
          `  ${row.name}`,
          bar(row.from, row.from + row.change.mean, row.change.mean < 0 ? '░' : '▒'),
          signed(row.change.mean),
          range(row.change, true),
          row.orderFree === undefined ? '' : signed(row.orderFree.mean),
          row.orderFree === undefined ? '' : range(row.orderFree, true),
        ],
  );
  return alignedTable([head, ...cells], 2, 1);
}

function range({ low, high }: Estimate, isChange: boolean): string {
  const text = isChange ? signed : dollars;
  return `${text(low)}…${text(high)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${dollars(Math.abs(value))}`;
}
