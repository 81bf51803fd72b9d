import type { ChalkInstance } from 'chalk';
import {
  BUDGET_REASONS,
  sameAllowances,
  switchedOff,
  type Allowance,
  type BudgetPeriod,
  type SwitchedOff,
} from '../../karpenter/disruption/budget-calendar.js';
import type { DisruptionBudget, DisruptionReason, NodePool } from '../../karpenter/nodepool.js';
import type { BudgetReport, NodePoolBudgets } from '../budgets-json.js';
import { clock, count, decimal, moment, weekday } from './figures.js';
import { paletteOf, type Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A day with more periods than this is told by what is allowed, not by the clock. */
const MOST_ROWS = 8;

const OFF: Readonly<Record<SwitchedOff, string>> = {
  'consolidation-policy-when-empty': 'never: consolidationPolicy is WhenEmpty',
  'consolidate-after-never': 'never: consolidateAfter is Never',
  'static-node-pool': 'never: static NodePools are not consolidated',
  'drift-gate': 'only with the feature gate Drift, which v0.32.0 leaves off',
  'static-capacity-gate': 'only with the feature gate StaticCapacity',
};

/** The budgets of NodePools over time, as text: a week by the clock and in words, or one moment and what changes next. */
export function budgetText(
  report: BudgetReport,
  view: 'week' | 'moment',
  chalk: ChalkInstance,
  shown: (file: string) => string,
): string {
  const palette = paletteOf(chalk);
  const parts = report.nodePools.map((pool) => poolText(pool, report, view, palette, shown));
  parts.push(
    wrap(
      'Budgets count nodes at once, and a node that is not Ready or on its way out for any reason uses them up. They do not hold back ' +
        'expiry (v1), spot interruptions, kubectl delete or node repair. Schedules are in UTC.',
      WIDTH,
      '',
      '',
    ),
  );
  return `${parts.join('\n\n')}\n`;
}

function poolText(
  { located, periods }: NodePoolBudgets,
  { fromMs, toMs, nodes }: BudgetReport,
  view: 'week' | 'moment',
  palette: Palette,
  shown: (file: string) => string,
): string {
  const { nodePool, file, line, remarks } = located;
  const { name } = nodePool.metadata;
  const when = view === 'week' ? `${day(fromMs)} to ${day(toMs)}` : `${day(fromMs)} ${clock(fromMs)} UTC`;
  const lines = [
    palette.title(`${name}: disruptions allowed at once of ${count(nodes, 'node')}, ${when}`),
    palette.aside(`  ${shown(file)}:${line}, ${nodePool.apiVersion}`),
    '',
  ];
  if (nodePool.apiVersion === 'karpenter.sh/v1beta1') {
    lines.push(
      wrap(
        'v0.32.0 has no disruption budgets: nothing but the pods and their PodDisruptionBudgets holds it back, one command after the other.',
        WIDTH,
        '  ',
        '  ',
      ),
      '',
    );
  } else {
    lines.push(budgetTable(nodePool.disruption.budgets, palette), '');
    lines.push(view === 'week' ? weekTable(nodePool, periods, palette) : momentTable(nodePool, periods, palette), '');
  }
  lines.push(words(nodePool, periods, nodes, view, palette));
  for (const remark of remarks) lines.push('', wrap(`Warning: ${remark}`, WIDTH, '  ', '    '));
  return lines.join('\n');
}

function budgetTable(budgets: readonly DisruptionBudget[], palette: Palette): string {
  if (budgets.length === 0) return '  budgets: [] — an empty list, which limits nothing';
  const head = ['budget', 'nodes', 'reasons', 'applies'].map(palette.aside);
  const rows = budgets.map(({ nodes, reasons, schedule, durationMs = 0 }, index) => [
    String(index + 1),
    nodes,
    reasons === undefined ? 'all' : reasons.length === 0 ? 'none' : reasons.join(', '),
    schedule === undefined ? 'always' : `"${schedule}" for ${length(durationMs)}`,
  ]);
  return alignedTable([head, ...rows], 4);
}

interface DayPattern {
  readonly days: number[];
  /** Times since midnight, ms. */
  readonly periods: readonly BudgetPeriod[];
}

/** Days on which the same is allowed at the same times, together. */
function dayPatterns(periods: readonly BudgetPeriod[]): readonly DayPattern[] {
  const patterns = new Map<string, DayPattern>();
  const startMs = periods[0]?.fromMs ?? 0;
  const endMs = periods.at(-1)?.toMs ?? 0;
  for (let dayMs = startMs; dayMs < endMs; dayMs += DAY_MS) {
    const own = periods
      .filter(({ fromMs, toMs }) => fromMs < dayMs + DAY_MS && toMs > dayMs)
      .map((period) => ({
        ...period,
        fromMs: Math.max(0, period.fromMs - dayMs),
        toMs: Math.min(DAY_MS, period.toMs - dayMs),
      }));
    const key = JSON.stringify(own);
    const known = patterns.get(key);
    if (known === undefined) patterns.set(key, { days: [dayMs], periods: own });
    else known.days.push(dayMs);
  }
  return [...patterns.values()];
}

function weekTable(nodePool: NodePool, periods: readonly BudgetPeriod[], palette: Palette): string {
  const rows = dayPatterns(periods).flatMap((pattern) => {
    const label = dayNames(pattern.days);
    const told = pattern.periods.length > MOST_ROWS ? byAllowance(pattern.periods) : byClock(pattern.periods);
    return told.map(({ times, period }, index) => [index === 0 ? label : '', times, ...cells(nodePool, period)]);
  });
  return alignedTable([['', '', ...BUDGET_REASONS, 'by budget'].map(palette.aside), ...rows], 2);
}

function momentTable(nodePool: NodePool, periods: readonly BudgetPeriod[], palette: Palette): string {
  const rows = periods
    .slice(0, 2)
    .map((period, index) => [index === 0 ? 'now' : `from ${moment(period.fromMs)}`, ...cells(nodePool, period)]);
  return alignedTable([['', ...BUDGET_REASONS, 'by budget'].map(palette.aside), ...rows], 1);
}

interface Told {
  readonly times: string;
  readonly period: BudgetPeriod;
}

function byClock(periods: readonly BudgetPeriod[]): readonly Told[] {
  return periods.map((period) => ({ times: range(period), period }));
}

function byAllowance(periods: readonly BudgetPeriod[]): readonly Told[] {
  const groups: BudgetPeriod[][] = [];
  for (const period of periods) {
    const group = groups.find(([first]) => first !== undefined && sameAllowances(first, period));
    if (group === undefined) groups.push([period]);
    else group.push(period);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const totalMs = group.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    const shown = group.slice(0, 2).map(range).join(', ');
    const more = group.length > 2 ? ', …' : '';
    const times = `${count(group.length, 'window')}, ${length(totalMs)}: ${shown}${more}`;
    return [{ times, period: first }];
  });
}

function cells(nodePool: NodePool, { allowances }: BudgetPeriod): string[] {
  const on = BUDGET_REASONS.filter((reason) => switchedOff(nodePool, reason) === undefined);
  const by = new Set(on.flatMap((reason) => allowances[reason].by));
  return [
    ...BUDGET_REASONS.map((reason) => (on.includes(reason) ? String(allowances[reason].allowed) : 'off')),
    [...by]
      .sort((a, b) => a - b)
      .map((index) => index + 1)
      .join(', ') || '–',
  ];
}

/** A line a reason: how many for how long, and what says so. */
function words(
  nodePool: NodePool,
  periods: readonly BudgetPeriod[],
  nodes: number,
  view: 'week' | 'moment',
  palette: Palette,
): string {
  const rows = BUDGET_REASONS.map((reason) => {
    const off = switchedOff(nodePool, reason);
    if (off !== undefined) return [palette.aside(reason), OFF[off]];
    if (nodePool.apiVersion === 'karpenter.sh/v1beta1') return [palette.aside(reason), 'at any time'];
    return [
      palette.aside(reason),
      view === 'week' ? weekWords(reason, periods, nodes) : nextWords(reason, periods, nodes),
    ];
  });
  return alignedTable(rows, 2);
}

function weekWords(reason: DisruptionReason, periods: readonly BudgetPeriod[], nodes: number): string {
  const lengths = new Map<number, number>();
  for (const { fromMs, toMs, allowances } of periods) {
    const { allowed } = allowances[reason];
    lengths.set(allowed, (lengths.get(allowed) ?? 0) + toMs - fromMs);
  }
  if (lengths.size === 1) return `${allowedWords(periods[0]?.allowances[reason], nodes)}, all week`;
  return [...lengths]
    .sort(([a], [b]) => b - a)
    .map(([allowed, ms]) => `${allowedWords({ allowed, by: [0] }, nodes)} for ${length(ms)}`)
    .join('; ');
}

function nextWords(reason: DisruptionReason, periods: readonly BudgetPeriod[], nodes: number): string {
  const now = periods[0]?.allowances[reason];
  const change = periods.find(({ allowances }) => allowances[reason].allowed !== now?.allowed);
  const then =
    change === undefined
      ? 'for the next 7 days'
      : `until ${moment(change.fromMs)}, then ${allowedWords(change.allowances[reason], nodes)}`;
  return `${allowedWords(now, nodes)} ${then}`;
}

function allowedWords(allowance: Allowance | undefined, nodes: number): string {
  const allowed = allowance?.allowed ?? 0;
  if (allowed === 0) return 'none';
  return allowed >= nodes ? `all ${nodes}` : `${allowed} of ${nodes}`;
}

function range({ fromMs, toMs }: BudgetPeriod): string {
  if (fromMs === 0 && toMs === DAY_MS) return 'all day';
  return `${clock(fromMs)}–${toMs === DAY_MS ? '24:00' : clock(toMs)}`;
}

/** Minutes up to two hours, then hours. */
function length(ms: number): string {
  const minutes = ms / MINUTE_MS;
  return minutes < 120 && minutes % 60 !== 0 ? `${decimal(minutes)} min` : `${decimal(minutes / 60)} h`;
}

/** `Mon–Fri`, `Sat, Mon`: runs of three days and more by their ends. */
function dayNames(days: readonly number[]): string {
  if (days.length === 7) return 'every day';
  const runs: number[][] = [];
  for (const dayMs of days) {
    const run = runs.at(-1);
    if (run?.at(-1) === dayMs - DAY_MS) run.push(dayMs);
    else runs.push([dayMs]);
  }
  return runs
    .map((run) => {
      const names = run.map(weekday);
      return run.length > 2 ? `${names[0] ?? ''}–${names.at(-1) ?? ''}` : names.join(', ');
    })
    .join(', ');
}

function day(ms: number): string {
  return `${weekday(ms)} ${new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS).toISOString().slice(0, 10)}`;
}
