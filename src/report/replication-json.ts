import { METRICS } from '../analysis/metrics.js';
import { metricLevel } from '../experiment/compare.js';
import type { Replication } from '../experiment/replication.js';

/** A metric over the seeds of a run: its mean and the ends of the mean's 95 % interval; null where it was not measured. */
export interface ReplicatedMetric {
  readonly name: string;
  readonly unit: string;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Means and intervals of a repeated run, as they stand in `summary.json`. */
export interface ReplicationJson {
  readonly seeds: readonly string[];
  readonly metrics: readonly ReplicatedMetric[];
}

/** Folds a repeated run into its means and intervals. */
export function replicationJson({ variants }: Replication): ReplicationJson {
  const [variant] = variants;
  const runs = variant?.runs ?? [];
  const metrics = METRICS.map((metric) => {
    const found = variant === undefined ? undefined : metricLevel(variant, metric);
    const rounded = (value: number | undefined): number | null =>
      value === undefined ? null : Math.round(value * 1e6) / 1e6;
    const { name, unit } = metric;
    return { name, unit, mean: rounded(found?.mean), low: rounded(found?.low), high: rounded(found?.high) };
  });
  return { seeds: runs.map(({ seed }) => seed), metrics };
}
