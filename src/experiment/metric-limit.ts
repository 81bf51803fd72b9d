import { metricNamed, UnknownMetricError, type Metric } from '../analysis/metrics.js';
import { parseGoDuration } from '../kubernetes/duration.js';

/** A limit on a metric that cannot be read: what is wrong, what would be right, and what was probably meant. */
export class MetricLimitError extends Error {
  override readonly name = 'MetricLimitError';

  constructor(
    message: string,
    readonly expected: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** A size as written: `5%`, `$2`, `90s`, `0.6`. */
export interface WrittenSize {
  readonly dollar: string;
  readonly amount: string;
  readonly unit: string;
}

/** Of a regular expression: an optional dollar sign, a number, and a unit. */
export const SIZE_PATTERN = String.raw`(\$?)(\d+\.?\d*|\.\d+)\s*([a-zµ%\d.]*)`;

/** The metric of that name. @throws MetricLimitError */
export function limitedMetric(name: string): Metric {
  try {
    return metricNamed(name);
  } catch (error) {
    if (!(error instanceof UnknownMetricError)) throw error;
    throw new MetricLimitError(error.message, error.expected, error.hint);
  }
}

/**
 * A written size in the unit of a metric: durations in seconds, per cent of a ratio as a ratio.
 * @param relative - Per cent are a share of another value, of whatever metric.
 * @throws MetricLimitError when the unit is not the metric's
 */
export function limitSize(metric: Metric, { dollar, amount, unit }: WrittenSize, relative: boolean): number {
  const plain = Number(amount);
  if (dollar !== '' ? unit === '' && metric.unit.startsWith('$') : unit === '') return plain;
  if (dollar === '' && unit === '%' && (relative || metric.unit === 'ratio')) return plain / 100;
  const ms = dollar === '' && /^s(\/|$)/.test(metric.unit) ? parseGoDuration(`${amount}${unit}`) : undefined;
  if (ms !== undefined) return ms / 1000;
  throw new MetricLimitError(`"${dollar}${amount}${unit}" is no size of ${metric.name}`, examplesOf(metric));
}

function examplesOf({ name, unit }: Metric): string {
  if (unit.startsWith('$')) return `dollars such as $2, or +5% of A`;
  if (/^s(\/|$)/.test(unit)) return `a duration such as 30s or 1m30s`;
  return unit === 'ratio' ? 'a share such as 0.6 or 60%' : `a number of ${unit} for ${name}`;
}
