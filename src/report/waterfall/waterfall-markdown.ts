import type { Estimate } from '../../experiment/interval.js';
import type { Waterfall } from '../../experiment/waterfall/waterfall.js';
import { dollars } from '../terminal/figures.js';
import { guideWords } from './guide-ranges.js';
import { orderWords, waterfallRows } from './waterfall-rows.js';

/** A waterfall for a pull request or a report. */
export function waterfallMarkdown(result: Waterfall): string {
  const { spec, asGiven } = result;
  const lines = [
    `### What saves what: ${spec.name}, ${result.metric} in dollars a simulated day`,
    '',
    '| step | one after the other | 95 % | order-free | 95 % |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...waterfallRows(result).map((row) =>
      row.kind === 'level'
        ? `| **${row.name}** | **${dollars(row.value.mean)}** | ${range(row.value)} | | |`
        : `| ${row.name} | ${signed(row.change.mean)} | ${range(row.change)} | ${row.orderFree === undefined ? '' : signed(row.orderFree.mean)} | ${row.orderFree === undefined ? '' : range(row.orderFree)} |`,
    ),
    '',
    `NodePools and requests as given: **${dollars(asGiven.mean)}** (${range(asGiven)}).`,
    '',
    orderWords(result),
    '',
    guideWords(),
  ];
  return `${lines.join('\n')}\n`;
}

function range({ low, high }: Estimate): string {
  return `${signedLevel(low)} to ${signedLevel(high)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${dollars(Math.abs(value))}`;
}

function signedLevel(value: number): string {
  return `${value < 0 ? '−' : ''}${dollars(Math.abs(value))}`;
}
