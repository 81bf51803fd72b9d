import { quantileSorted } from 'd3-array';

/** What one pod of a workload uses. */
export interface PodUsage {
  /** 90th percentile over time. */
  readonly cpuMilli: number;
  /** Maximum over time. */
  readonly memoryBytes: number;
  /** Samples behind the two. */
  readonly samples: number;
}

/** By workload, `namespace/name`. */
export type UsageByWorkload = ReadonlyMap<string, PodUsage>;

/** Quantiles as Vertical Pod Autoscaler's recommender takes them: the 90th percentile of CPU, the peak of memory. */
export function usageOfSamples(cpuMilli: readonly number[], memoryBytes: readonly number[]): PodUsage {
  const sorted = [...cpuMilli].sort((a, b) => a - b);
  return {
    cpuMilli: quantileSorted(sorted, 0.9) ?? 0,
    memoryBytes: memoryBytes.reduce((most, value) => Math.max(most, value), 0),
    samples: cpuMilli.length,
  };
}
