import { consolidationSteps, type ConsolidationSteps, type FleetAt } from '../../analysis/consolidation-steps.js';
import { consolidations } from '../../analysis/consolidations.js';
import type { TimeWindow } from '../../analysis/provisioning-steps.js';
import type { Quantiles } from '../../analysis/quantiles.js';
import type { RunAnalysis } from '../../analysis/run-analysis.js';
import { count, dollars, duration, moment, percent, whole } from './figures.js';
import type { Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

const STEPS: readonly (readonly [string, string, ((steps: ConsolidationSteps) => Quantiles) | undefined])[] = [
  ['1 underutilization', 'last pod event on the node', undefined],
  ['2 opportunity', '→ Consolidatable', (steps) => steps.quiet],
  ['', '→ command computed', (steps) => steps.opportunity],
  ['', '→ validated and executed', (steps) => steps.validation],
  ['3 bin packing', '→ replacement ready (replace commands)', (steps) => steps.replacementReady],
  ['', 'NodeClaim deleted → pods evicted', (steps) => steps.drain],
  ['4 node termination', '→ NodeClaim gone, in v1 with its instance', (steps) => steps.termination],
  ['5 savings', 'last pod event → billing stops', (steps) => steps.untilBillingStops],
];

/** The quiet night's answer: the guide's five steps with times, and what the bill was before and after. */
export function consolidationStory(run: RunAnalysis, window: TimeWindow | undefined, palette: Palette): string {
  const pods = run.pods.map(({ pod }) => pod);
  const steps = consolidationSteps(consolidations(run.log), run.nodes, pods, run.facts.endMs, window);
  return [
    palette.title('From an underused node to a smaller bill: the five steps of nodes that consolidation removed'),
    commands(steps, run.facts.startTimeMs),
    stepTable(steps, palette),
    '',
    savings(steps, run.facts.startTimeMs),
    '',
    threshold(steps),
  ].join('\n');
}

function commands(steps: ConsolidationSteps, startTimeMs: number): string {
  const { nodes, deleteCommands, replaceCommands, replacements, before, after } = steps;
  const abandoned = Object.entries(steps.abandoned);
  const givenUp = abandoned.reduce((sum, [, value]) => sum + value, 0);
  const why = abandoned.map(([reason, value]) => `${whole(value)} ${reason}`).join(', ');
  const text =
    `${moment(startTimeMs + before.atMs)} to ${moment(startTimeMs + after.atMs)}: ${count(nodes, 'node')} removed by ` +
    `${count(deleteCommands + replaceCommands, 'command')}, ${whole(deleteCommands)} delete and ${whole(replaceCommands)} replace ` +
    `(with ${count(replacements, 'node')})` +
    (givenUp === 0 ? '' : `; ${whole(givenUp)} given up in validation (${why})`);
  return wrap(text, WIDTH, '  ', '  ');
}

function stepTable(steps: ConsolidationSteps, palette: Palette): string {
  const head = ['', '', ...['p50', 'p90', 'p99', 'max'].map(palette.aside)];
  const rows = STEPS.map(([name, marks, of]) => {
    const quantiles = of?.(steps);
    const { p50, p90, p99, max } = quantiles ?? { p50: 0, p90: 0, p99: 0, max: 0 };
    const cells = quantiles === undefined ? ['', '', '', ''] : [p50, p90, p99, max].map(duration);
    return [name, palette.aside(marks), ...cells];
  });
  return alignedTable([head, ...rows], 2);
}

function savings(
  { before, after, removedRate, addedRate, replacements }: ConsolidationSteps,
  startTimeMs: number,
): string {
  const at = ({ atMs, nodes, rate }: FleetAt): string =>
    `${dollars(rate / 1e9)} an hour, ${count(nodes, 'node')} (${moment(startTimeMs + atMs)})`;
  const change = (after.rate - before.rate) / 1e9;
  const sign = change > 0 ? '+' : '-';
  const share = before.rate === 0 ? '' : `, ${sign}${percent(Math.abs(change) / (before.rate / 1e9))}`;
  const texts = [
    `before ${at(before)}; after ${at(after)}: ${sign}${dollars(Math.abs(change))}${share}`,
    `The commands took away nodes worth ${dollars(removedRate / 1e9)} an hour and put ` +
      `${replacements === 0 ? 'none' : `${dollars(addedRate / 1e9)} an hour`} in their place, all commands together; demand, ` +
      'expiry and interruptions moved the rest.',
  ];
  return texts.map((text) => wrap(text, WIDTH, '  ', '  ')).join('\n');
}

function threshold({ nodes, filled }: ConsolidationSteps): string {
  const seen =
    nodes === 0
      ? ''
      : ` The nodes it chose here were filled to ${percent(filled.cpuMedian)} of cpu (at most ${percent(filled.cpuMax)}) and ` +
        `${percent(filled.memoryMedian)} of memory (at most ${percent(filled.memoryMax)}), median by requests.`;
  return wrap(
    'There is no utilisation threshold in these policies: consolidation takes a node away when its pods fit on other nodes, or on one ' +
      `cheaper node, however full it is.${seen}`,
    WIDTH,
    '  ',
    '  ',
  );
}
