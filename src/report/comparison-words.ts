import type { Metric } from '../analysis/metrics.js';
import { isAnyDecided, type Comparison, type MetricComparison, type ServiceComparison } from '../experiment/compare.js';
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
    intervalWords(metric, difference),
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

/** Whether costs are compared, and what difference in service is too large for it. */
export function serviceWords({ service }: Comparison): string {
  const tolerated = ({ compared: { metric }, tolerance }: ServiceComparison): string =>
    `±${metricDifference(metric, tolerance).replace('+', '')}`;
  const those = (wanted: ServiceComparison['outcome']): readonly ServiceComparison[] =>
    service.filter(({ outcome }) => outcome === wanted);
  const differs = those('differs');
  if (differs.length > 0) {
    const how = differs.map((one) => {
      const { metric, difference, byLuck } = one.compared;
      return `${metric.name} is ${byLuck} in B, ${intervalWords(metric, difference)}, all of it beyond ${tolerated(one)}`;
    });
    return `Costs are not comparable: service differs by more than is tolerated. ${how.join('; ')}.`;
  }
  const may = those('may differ');
  if (may.length > 0) {
    return (
      'Costs are compared, since no difference in service beyond what is tolerated is shown. None is excluded either: ' +
      `${may.map((one) => `${intervalWords(one.compared.metric, one.compared.difference)} of ${one.metric} reaches beyond ${tolerated(one)}`).join(' and ')}; more seeds would tell.`
    );
  }
  const limits = service
    .filter(({ compared: { a, b } }) => (a ?? b) !== null)
    .map((one) => `${one.metric} ${tolerated(one)}`)
    .join(', ');
  if (limits === '') return 'Costs are compared: the runs have no service to measure.';
  return `Costs are compared while service differs by no more than ${limits}.`;
}

/** What the second range covers, or why there is none. */
export function secondRangeWords(comparison: Comparison): string {
  const { secondRange } = comparison;
  if (secondRange !== undefined) {
    const { settings, count: runs, seeds } = secondRange;
    return (
      'The 95 % interval covers luck. The second range covers what nobody knows exactly, and a verdict that changes within it becomes "no ' +
      `difference shown". Tried were ${settings.map(({ name }) => name).join(', ')}: ${count(runs, 'run')} more, each with the first ${seeds === 1 ? 'seed' : `${seeds} seeds`}.`
    );
  }
  if (comparison.a.runs.length < 2) return 'One seed has no interval, and shows no difference.';
  return isAnyDecided(comparison)
    ? 'The intervals, and so the verdicts, cover luck alone: the second range was left out.'
    : 'Luck alone shows no difference, so that there is none that the second range could take back.';
}

/** What the second range makes of a metric that luck decides. */
export interface SecondRangeRow {
  readonly name: string;
  readonly byLuck: string;
  readonly range: string;
  readonly verdict: string;
}

/** Metrics that luck decides. */
export function secondRangeRows({ metrics }: Comparison): readonly SecondRangeRow[] {
  return metrics.flatMap(({ metric, byLuck, second, verdict }) =>
    second === undefined || byLuck === 'no difference shown'
      ? []
      : [{ name: metric.name, byLuck, range: intervalWords(metric, second), verdict }],
  );
}

/** Each level that takes verdicts back, with the metrics whose verdicts these are: `slow nodes: bill, nodes.max (better)`. */
export function secondRangeChanges({ metrics, secondRange }: Comparison): readonly string[] {
  return (secondRange?.settings ?? []).flatMap(({ name }) => {
    const changed = metrics.flatMap(({ metric, second }) => {
      const flip = second?.flips.find(({ setting }) => setting === name);
      if (flip === undefined) return [];
      return [flip.verdict === 'no difference shown' ? metric.name : `${metric.name} (${flip.verdict} then)`];
    });
    return changed.length === 0 ? [] : [`${name}: ${changed.join(', ')}`];
  });
}

/** `-1.96 pp … -1.18 pp`. */
function intervalWords(metric: Metric, interval: { readonly low: number; readonly high: number } | undefined): string {
  if (interval === undefined) return '–';
  return `${metricDifference(metric, interval.low)} … ${metricDifference(metric, interval.high)}`;
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
