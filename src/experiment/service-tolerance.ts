import type { Estimate } from './interval.js';
import { limitedMetric, limitSize, MetricLimitError, SIZE_PATTERN } from './metric-limit.js';

/** Service as seen from outside, and how much of it may differ before costs are not comparable. */
export interface ServiceTolerance {
  readonly metric: string;
  /** Of the difference, in the metric's unit. */
  readonly tolerance: number;
}

/** A thousandth of the requests, and half a minute at the 99th percentile of waiting: an operator would notice either. */
export const SERVICE_TOLERANCES: readonly ServiceTolerance[] = [
  { metric: 'lostRequests.share', tolerance: 0.001 },
  { metric: 'pending.p99', tolerance: 30 },
];

/**
 * Whether service differs. `differs`: the whole interval of the difference lies beyond the tolerance, on one side. `may differ`:
 * a part of it does. `alike`: none of it.
 *
 * Only what is shown to differ makes costs incomparable, as only what is shown makes a verdict or exceeds a limit anywhere else. A mean
 * beyond the tolerance is no such thing: where the share of lost requests moves by a whole point from one day to the next, the
 * means of two variants differ by more than a thousandth whatever they are.
 */
export type ServiceOutcome = 'differs' | 'may differ' | 'alike';

/** Judges a difference in service. */
export function serviceOutcome({ low, high }: Pick<Estimate, 'low' | 'high'>, tolerance: number): ServiceOutcome {
  if (low > tolerance || high < -tolerance) return 'differs';
  return low < -tolerance || high > tolerance ? 'may differ' : 'alike';
}

const WRITTEN = new RegExp(`^\\s*([\\w.]+)\\s*=\\s*${SIZE_PATTERN}\\s*$`);

/** Reads a tolerance such as `pending.p99=15s` or `lostRequests.share=0.5%`. @throws MetricLimitError */
export function parseTolerance(text: string): ServiceTolerance {
  const [, name, dollar = '', amount = '', unit = ''] = WRITTEN.exec(text) ?? [];
  if (name === undefined) {
    throw new MetricLimitError(`"${text}" is no tolerance`, 'a metric and a size such as pending.p99=15s');
  }
  const metric = limitedMetric(name);
  return { metric: metric.name, tolerance: limitSize(metric, { dollar, amount, unit }, false) };
}
