import type { ChalkInstance } from 'chalk';
import { highest, PURCHASES, type Ceiling, type SpendCeiling } from '../../analysis/spend-ceiling.js';
import { HOURS_PER_MONTH } from '../../cloud/billing/volumes.js';
import { formatAmountShort } from '../../kubernetes/quantity.js';
import { totalPerHour, type LimitsReport } from '../limits-json.js';
import { count, dollars, percent, whole } from './figures.js';
import { paletteOf, type Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

/** What the limits of NodePools allow, as text: a table, the fleets behind it, and what the figures leave out. */
export function limitsText(report: LimitsReport, chalk: ChalkInstance): string {
  const palette = paletteOf(chalk);
  const { ceilings, region } = report;
  const unbounded = ceilings.filter((ceiling) => highest(ceiling) === 'unbounded');
  const parts = [
    palette.title(`The largest bill that the limits of ${count(ceilings.length, 'NodePool')} allow, ${region}`),
  ];
  for (const ceiling of unbounded) parts.push(wrap(`UNBOUNDED: ${whyUnbounded(ceiling)}`, WIDTH, '  ', '    '));
  parts.push(table(report, palette));
  const behind = ceilings.map(fleets).filter((lines) => lines !== '');
  if (behind.length > 0) parts.push(behind.join('\n'));
  parts.push(wrap(remarks(report), WIDTH, '', ''));
  return `${parts.join('\n\n')}\n`;
}

function whyUnbounded({ nodePool, limits }: SpendCeiling): string {
  const { name } = nodePool.metadata;
  const names = Object.keys(limits);
  return names.length === 0
    ? `NodePool ${name} has no limits. Only the number of pods, and your account's quotas at AWS, hold its bill back: set spec.limits.cpu.`
    : `NodePool ${name} limits ${names.join(' and ')}, of which its instance types have nothing. Set spec.limits.cpu, too.`;
}

function table({ ceilings }: LimitsReport, palette: Palette): string {
  const head = ['NodePool', 'limits', 'on-demand/h', 'a month', 'spot/h', 'a month'].map(palette.aside);
  const rows = ceilings.map(({ nodePool, limits, byPurchase }) => [
    nodePool.metadata.name,
    limitWords(limits),
    ...PURCHASES.flatMap((purchase) => cells(byPurchase[purchase])),
  ]);
  const total = totalPerHour(ceilings);
  const sum =
    total === null
      ? 'there is no bound'
      : `${dollars(total)} an hour, ${palette.figure(dollars(total * HOURS_PER_MONTH))} a month`;
  return `${alignedTable([head, ...rows], 2)}\n\n${wrap(
    `All together, each at its dearer price: ${sum}.`,
    WIDTH,
    '  ',
    '  ',
  )}`;
}

function cells(ceiling: Ceiling | 'unbounded' | null): string[] {
  if (ceiling === null) return ['–', '–'];
  if (ceiling === 'unbounded') return ['no bound', 'no bound'];
  return [dollars(ceiling.perHour), dollars(ceiling.perHour * HOURS_PER_MONTH)];
}

function limitWords(limits: SpendCeiling['limits']): string {
  const words = Object.entries(limits).map(([name, amount]) => `${name} ${formatAmountShort(name, amount)}`);
  return words.length === 0 ? 'none' : words.join(', ');
}

/** The fleets that the figures are of. */
function fleets({ nodePool, limits, byPurchase }: SpendCeiling): string {
  const lines = PURCHASES.flatMap((purchase) => {
    const ceiling = byPurchase[purchase];
    if (ceiling === null || ceiling === 'unbounded') return [];
    if (ceiling.nodes.length === 0) return [`${purchase}: the limits are too small for any of its instance types`];
    const nodes = ceiling.nodes.map(({ instanceType, count: number }) => `${whole(number)} ${instanceType}`);
    return [`${purchase}: ${nodes.join(', ')} (${shares(ceiling, limits)}); ${partsOf(ceiling)}`];
  });
  if (PURCHASES.every((purchase) => byPurchase[purchase] === null)) {
    lines.push('no instance type in the data matches its requirements');
  }
  return lines.map((line) => wrap(`${nodePool.metadata.name}, ${line}.`, WIDTH, '  ', '    ')).join('\n');
}

/** How much of each limit the fleet takes: what it does not reach does not hold the bill back. */
function shares({ used }: Ceiling, limits: SpendCeiling['limits']): string {
  return Object.entries(limits)
    .map(([name, limit]) => `${percent((used[name] ?? 0) / limit)} of the ${name}`)
    .join(', ');
}

function partsOf({ nodes, instancesPerHour }: Ceiling): string {
  const sum = (part: 'extras' | 'surplusCpu'): number =>
    nodes.reduce((total, { count: number, cost }) => total + number * cost[part], 0);
  const parts = [`instances ${dollars(instancesPerHour)}`, `volumes and monitoring ${dollars(sum('extras'))}`];
  if (sum('surplusCpu') > 0) parts.push(`CPU above the T3 baseline ${dollars(sum('surplusCpu'))}`);
  return `${parts.join(', ')} an hour`;
}

function remarks({ controlPlanePerHour, nodeClassesAssumed, sources, version }: LimitsReport): string {
  const dated = sources.map(({ name, asOf }) => `${name} of ${asOf}`).join('; ');
  const texts = [
    `A month is ${HOURS_PER_MONTH} hours of this fleet, with every vCPU busy. Spot prices are regional means: they move, and EC2 caps them at the on-demand price.`,
    `Not in it: the control plane (${dollars(controlPlanePerHour * HOURS_PER_MONTH)} a month), managed node groups, data transfer, and nodes that are on their way out: Karpenter ${version} does not count them against the limits, and they are paid until they are gone.`,
    'Limits are checked before each launch against what is known then, so that a rapid scale-out can overrun them.',
  ];
  if (nodeClassesAssumed) texts.push('The files hold no EC2NodeClass: AL2023 with its default volume stands for it.');
  texts.push(`Prices: ${dated}.`);
  return texts.join(' ');
}
