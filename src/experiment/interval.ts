import { deviation, mean } from 'd3-array';
import jstat from 'jstat';

/** A mean with its 95 % interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Values behind it. */
  readonly n: number;
}

/** How sure an interval is. */
const CONFIDENCE = 0.95;

/**
 * Mean of independent values with Student's 95 % interval, mean ± t(n − 1) · s / √n. Undefined below two values, which say
 * nothing about how far the next would be off.
 */
export function meanInterval(values: readonly number[]): Estimate | undefined {
  const n = values.length;
  const center = mean(values);
  const spread = deviation(values);
  if (center === undefined || spread === undefined) return undefined;
  const margin = tQuantile(n - 1) * (spread / Math.sqrt(n));
  return { mean: center, low: center - margin, high: center + margin, n };
}

/** Two-sided 95 % quantile of Student's t, by jstat. */
export function tQuantile(degreesOfFreedom: number): number {
  return jstat.studentt.inv(1 - (1 - CONFIDENCE) / 2, degreesOfFreedom);
}
