import type { ServiceTolerance } from './compare.js';
import { limitedMetric, limitSize, MetricLimitError, SIZE_PATTERN } from './metric-limit.js';

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
