import type { ChalkInstance } from 'chalk';
import type { BeforeAfter, ServiceChange, WhatIf } from '../../experiment/what-if.js';
import { amountWords } from '../claims/claim-words.js';
import { count } from './figures.js';
import { paletteOf, type Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

/** What an operator asks first; every other metric is in the JSON. */
const SHOWN = [
  'cost',
  'bill',
  'nodes.mean',
  'nodes.max',
  'pending.p50',
  'pending.p99',
  'lostRequests.share',
  'belowMinAvailable',
  'unschedulable',
  'churn',
  'evictions',
  'interruptions',
  'spotShare.nodePools',
];
const SHOWN_OF_SERVICE = ['pending.p99', 'lostRequests.share', 'belowMinAvailable', 'evictions', 'onDemandShare'];

/** A share of requests that nobody would notice, 0.01 %. */
const NOTICED_LOSS = 1e-4;

/** A what-if in one paragraph and two tables: the whole run, and who suffers. */
export function whatIfAnswer(result: WhatIf, chalk: ChalkInstance): string {
  const palette = paletteOf(chalk);
  const { base, changed, seeds } = result;
  const luck = seeds.length === 1 ? `seed ${seeds[0] ?? ''}` : `means of ${seeds.length} seeds`;
  const parts = [palette.title(`What if: ${changed.name}, beside ${base.name}, ${luck}`)];
  if (changed.description !== '') parts.push(wrap(changed.description, WIDTH, '  ', '  '));
  parts.push(wrap(paragraph(result), WIDTH, '', ''), overall(result, palette), byService(result, palette));
  return `${parts.join('\n\n')}\n`;
}

function paragraph({ metrics, services }: WhatIf): string {
  const of = (name: string): BeforeAfter | undefined => metrics.find(({ metric }) => metric.name === name);
  const cost = of('cost');
  const nodes = of('nodes.max');
  const pending = of('pending.p99');
  const lost = of('lostRequests.share');
  const sentences = [
    `The instances cost ${words(cost, '$/day')} a day${relative(cost)}; nodes at most: ${words(nodes, 'nodes')}.`,
    `A pod waits ${words(pending, 's')} for its node at the 99th percentile.`,
    `${capital(words(lost, 'ratio'))} of the requests are lost.`,
    sufferers(services),
  ];
  const stuck = of('unschedulable');
  if ((stuck?.after ?? 0) > (stuck?.before ?? 0)) {
    sentences.push(
      `${count(Math.round(stuck?.after ?? 0), 'pod')} never found a node, ${Math.round(stuck?.before ?? 0)} before.`,
    );
  }
  return sentences.join(' ');
}

/** `$8.23 instead of $8.10`, or `$8.23 as before`. */
function words(figures: BeforeAfter | undefined, unit: string): string {
  const [before, after] = [figures?.before ?? null, figures?.after ?? null];
  if (after === null) return 'nothing measured';
  const now = amountWords(after, unit);
  if (before === null) return now;
  const then = amountWords(before, unit);
  return now === then ? `${now} as before` : `${now} instead of ${then}`;
}

function relative(figures: BeforeAfter | undefined): string {
  const [before, after] = [figures?.before ?? 0, figures?.after ?? 0];
  if (before === 0) return '';
  const change = Math.round((after / before - 1) * 100);
  return change === 0 ? '' : ` (${change > 0 ? '+' : '−'}${Math.abs(change)} %)`;
}

function sufferers(services: readonly ServiceChange[]): string {
  const worse = services
    .map(({ service, metrics }) => {
      const lost = metrics.find(({ metric }) => metric.name === 'lostRequests.share');
      return { service, after: lost?.after ?? 0, before: lost?.before ?? 0 };
    })
    .filter(({ before, after }) => after - before > NOTICED_LOSS)
    .sort((a, b) => b.after - b.before - (a.after - a.before) || (a.service < b.service ? -1 : 1));
  if (worse.length === 0) return 'No service loses more requests than before.';
  const told = worse.map(
    ({ service, before, after }) =>
      `${service} (${amountWords(before, 'ratio')} → ${amountWords(after, 'ratio')} lost)`,
  );
  return `${worse.length === 1 ? 'It suffers' : 'Worst first, they suffer'}: ${told.join(', ')}.`;
}

function overall({ metrics }: WhatIf, palette: Palette): string {
  const head = ['', 'before', 'after', 'difference'].map(palette.aside);
  const rows = SHOWN.flatMap((name) => {
    const found = metrics.find(({ metric }) => metric.name === name);
    if (found === undefined) return [];
    const { metric, before, after } = found;
    return [
      [
        `${metric.name} (${metric.unit})`,
        cell(before, metric.unit),
        cell(after, metric.unit),
        differenceCell(found, metric.unit),
      ],
    ];
  });
  return alignedTable([head, ...rows], 1);
}

function byService({ services }: WhatIf, palette: Palette): string {
  const columns = SHOWN_OF_SERVICE;
  const head = ['service', ...columns].map(palette.aside);
  const rows = services.map(({ service, metrics }) => [
    service,
    ...columns.map((name) => {
      const found = metrics.find(({ metric }) => metric.name === name);
      if (found === undefined) return '–';
      const { unit } = found.metric;
      const [before, after] = [cell(found.before, unit), cell(found.after, unit)];
      return before === after ? after : `${before} → ${after}`;
    }),
  ]);
  return alignedTable([head, ...rows], 1);
}

function cell(value: number | null, unit: string): string {
  return value === null ? '–' : amountWords(value, unit);
}

function differenceCell({ before, after, difference }: BeforeAfter, unit: string): string {
  if (before === null || after === null) return '–';
  const change = signed(after - before, unit);
  if (difference === undefined || after === before) return change;
  return `${change} (${signed(difference.low, unit)} to ${signed(difference.high, unit)})`;
}

function signed(value: number, unit: string): string {
  const text = amountWords(Math.abs(value), unit);
  return value < 0 ? `−${text}` : value > 0 ? `+${text}` : text;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
