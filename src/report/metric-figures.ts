import type { Metric } from '../analysis/metrics.js';
import { decimal, dollars, duration, percent, whole } from './terminal/figures.js';

/** A value of a metric in its unit, at most seven characters or so; a dash where there is none. */
export function metricFigure({ unit }: Pick<Metric, 'unit'>, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value < 0) return `-${metricFigure({ unit }, -value)}`;
  if (unit.startsWith('$')) return dollars(value);
  if (unit === 'ratio') return value > 0 && value < 0.01 ? `${(value * 100).toFixed(2)} %` : percent(value);
  if (/^s(\/|$)/.test(unit)) return value > 0 && value < 10 ? `${value.toFixed(2)}s` : duration(value);
  return value < 10 && !Number.isInteger(value) ? value.toFixed(2) : value < 1000 ? decimal(value) : whole(value);
}

/** A difference of two values of a metric, with its sign; a ratio's is in percentage points. */
export function metricDifference(metric: Pick<Metric, 'unit'>, value: number | undefined): string {
  if (value === undefined) return '–';
  if (metric.unit === 'ratio')
    return `${sign(value)}${Math.abs(value * 100).toFixed(Math.abs(value) < 0.1 ? 2 : 1)} pp`;
  return `${sign(value)}${metricFigure(metric, Math.abs(value))}`;
}

/** The difference as a share of A, with its sign; empty where A is zero. */
export function relativeDifference(a: number | null, value: number | undefined): string {
  if (a === null || a === 0 || value === undefined) return '';
  return signedPercent(value / Math.abs(a));
}

/** A share with its sign: +5.2 %. */
export function signedPercent(share: number): string {
  return `${sign(share)}${Math.abs(share * 100).toFixed(1)} %`;
}

/** The unit of a metric as a table's row names it. */
export function unitWords({ unit }: Pick<Metric, 'unit'>): string {
  if (unit === 'ratio' || unit === 's') return '';
  return unit.replace(/^\$?s?\/day$/, 'a day').replace('/', ' a ');
}

function sign(value: number): string {
  return value > 0 ? '+' : value < 0 ? '-' : '';
}
