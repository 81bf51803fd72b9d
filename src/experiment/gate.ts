import type { Metric } from '../analysis/metrics.js';
import { metricLevel, type Comparison } from './compare.js';
import type { Estimate } from './interval.js';
import { limitedMetric, limitSize, MetricLimitError, SIZE_PATTERN } from './metric-limit.js';

/**
 * A limit that a change must not exceed: on the difference (`cost>+5%` of A, `pending.p99>+10s`) or on B itself
 * (`pending.p99>60s`).
 */
export interface Gate {
  /** As written. */
  readonly text: string;
  readonly metric: Metric;
  readonly comparator: '>' | '<';
  readonly kind: 'relative' | 'difference' | 'level';
  /** In the metric's unit; a share of A's mean where it is relative. */
  readonly limit: number;
}

/**
 * What a gate found. `failed`: the whole interval is beyond the limit. `passed`: none of it is. `not shown`: the limit lies
 * within it, so that more seeds might show either.
 */
export interface GateResult {
  readonly gate: Gate;
  readonly outcome: 'failed' | 'passed' | 'not shown' | 'not measured';
  /** Of what the gate limits, in the unit of its limit. */
  readonly estimate: Estimate | undefined;
}

const SYNTAX =
  'a metric, > or <, and a limit: cost>+5% (of A), pending.p99>+10s (more than A) or pending.p99>60s (B itself)';

const WRITTEN = new RegExp(`^\\s*([\\w.]+)\\s*([<>])\\s*([+-]?)${SIZE_PATTERN}\\s*$`);

/**
 * Reads a gate such as `cost>+5%`. A sign makes it a limit on the difference, without one it is a limit on B.
 * @throws MetricLimitError
 */
export function parseGate(text: string): Gate {
  const [, name = '', comparator, sign, dollar = '', amount = '', unit = ''] = WRITTEN.exec(text) ?? [];
  if (comparator !== '>' && comparator !== '<') throw new MetricLimitError(`"${text}" is no limit`, SYNTAX);
  const metric = limitedMetric(name);
  const kind = sign === '' ? 'level' : unit === '%' ? 'relative' : 'difference';
  const size = limitSize(metric, { dollar, amount, unit }, kind === 'relative');
  return { text: text.trim(), metric, comparator, kind, limit: sign === '-' ? -size : size };
}

/** Tests a gate against a comparison. */
export function testGate(gate: Gate, comparison: Comparison): GateResult {
  const estimate = estimateFor(gate, comparison);
  if (estimate === undefined) return { gate, outcome: 'not measured', estimate };
  const { limit, comparator } = gate;
  const [nearest, furthest] =
    comparator === '>' ? [estimate.low - limit, estimate.high - limit] : [limit - estimate.high, limit - estimate.low];
  return { gate, outcome: nearest > 0 ? 'failed' : furthest > 0 ? 'not shown' : 'passed', estimate };
}

function estimateFor({ metric, kind }: Gate, comparison: Comparison): Estimate | undefined {
  if (kind === 'level') return metricLevel(comparison.b, metric);
  const found = comparison.metrics.find((one) => one.metric === metric);
  const estimate = found?.difference;
  if (kind === 'difference' || estimate === undefined) return estimate;
  const base = Math.abs(found?.a ?? 0);
  // Nothing is five per cent of nothing: what appears where there was none exceeds every share of it.
  const share = (value: number): number => (value === 0 ? 0 : value / base);
  const { mean, low, high, n, detectable } = estimate;
  return { mean: share(mean), low: share(low), high: share(high), n, detectable: share(detectable) };
}
