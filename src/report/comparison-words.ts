import type { Comparison, MetricComparison } from '../experiment/compare.js';
import type { GateResult } from '../experiment/gate.js';
import type { Replication } from '../experiment/replication.js';
import { metricDifference, metricFigure, relativeDifference, signedPercent } from './metric-figures.js';
import { count } from './terminal/figures.js';

/** What every table shows, cost beside the service that it buys; other metrics where they differ. */
const HEADLINES: readonly string[] = [
  'cost',
  'bill',
  'lostRequests.share',
  'lostRequests',
  'pending.p99',
  'pending.p50',
  'nodes.mean',
  'churn',
  'evictions',
  'interruptions',
  'spotShare',
];

/** Rows of the main table without what neither side has, and the names of measured metrics that are left out of it since nothing differs. */
export function mainRows({ metrics }: Comparison): {
  readonly rows: readonly MetricComparison[];
  readonly others: readonly string[];
} {
  const measured = metrics.filter(({ a, b }) => a !== null || b !== null);
  const headlines = HEADLINES.flatMap((name) => measured.filter(({ metric }) => metric.name === name));
  const rest = measured.filter(({ metric }) => !HEADLINES.includes(metric.name));
  const differ = rest.filter(({ verdict }) => verdict !== 'no difference shown');
  const alike = rest.filter((one) => !differ.includes(one) && one.difference !== undefined);
  return { rows: [...headlines, ...differ], others: alike.map(({ metric }) => metric.name) };
}

/** Cells of one row but its verdict: A, B, difference, in per cent, interval. */
export function figureCells({ metric, a, b, difference }: MetricComparison): readonly string[] {
  return [
    metricFigure(metric, a),
    metricFigure(metric, b),
    metricDifference(metric, difference?.mean),
    metric.unit === 'ratio' ? '' : relativeDifference(a, difference?.mean),
    difference === undefined
      ? '–'
      : `${metricDifference(metric, difference.low)} … ${metricDifference(metric, difference.high)}`,
  ];
}

/** Which runs stand behind the figures. */
export function seedWords({ a, b, independent }: Comparison, { seedsAsked, ended }: Replication): string {
  const range = ({ runs }: Comparison['a']): string =>
    runs.length < 2 ? (runs[0]?.seed ?? 'none') : `${runs[0]?.seed ?? ''} to ${runs.at(-1)?.seed ?? ''}`;
  const n = a.runs.length;
  const which = independent
    ? `A seeds ${range(a)}, B seeds ${range(b)}: independent luck`
    : `${count(n, 'seed')} (${range(a)}), the same luck for A and B`;
  if (ended === 'precise') return `${which}; precise enough, ${seedsAsked} were allowed`;
  return ended === 'interrupted' ? `${which}; interrupted, ${seedsAsked} were asked for` : which;
}

/** Why costs are not compared, or what difference in service would be too large. */
export function serviceWords({ serviceDiffers, tolerances, metrics }: Comparison): string {
  const unitOf = (name: string) => metrics.find(({ metric }) => metric.name === name)?.metric ?? { unit: '' };
  const limits = tolerances
    .filter((tolerated) => metrics.some(({ metric, a, b }) => metric.name === tolerated.metric && (a ?? b) !== null))
    .map(({ metric, tolerance }) => `${metric} ${metricDifference(unitOf(metric), tolerance).replace('+', '±')}`)
    .join(', ');
  if (serviceDiffers.length === 0) return `Costs are compared while service differs by no more than ${limits}.`;
  const differ = serviceDiffers
    .map(({ metric, difference }) => `${metric.name} by ${metricDifference(metric, difference?.mean)}`)
    .join(' and ');
  return `Costs are not comparable: service differs, ${differ} (tolerated: ${limits}).`;
}

/** What a gate found, in a sentence. */
export function gateWords({ gate, outcome, estimate }: GateResult): string {
  const { metric, kind, text } = gate;
  if (estimate === undefined) return `${text}: not measured, the runs have no ${metric.name}`;
  const figure = (value: number): string => {
    if (kind === 'relative') return signedPercent(value);
    return kind === 'level' ? metricFigure(metric, value) : metricDifference(metric, value);
  };
  const limit = figure(gate.limit);
  const found = `${figure(estimate.mean)}, 95 % interval ${figure(estimate.low)} … ${figure(estimate.high)}`;
  const side = gate.comparator === '>' ? 'above' : 'below';
  const verdict = {
    failed: `failed: all of the interval is ${side} ${limit}`,
    passed: `passed: none of the interval is ${side} ${limit}`,
    'not shown': `passed: the interval is not all ${side} ${limit}, but does not exclude it; more seeds would tell`,
    'not measured': 'not measured',
  }[outcome];
  const detectable =
    kind === 'relative' ? signedPercent(estimate.detectable) : metricDifference(metric, estimate.detectable);
  return `${text}: ${verdict} (${found}; ${count(estimate.n, 'seed')} can detect a difference of ${detectable.replace('+', '')})`;
}
