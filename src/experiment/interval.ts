import { deviation, mean } from 'd3-array';
import jstat from 'jstat';

/** A mean with its 95 % interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Values behind it. */
  readonly n: number;
  /** How far from zero the true mean must be for so many values to show it, four times out of five. */
  readonly detectable: number;
}

/** How sure an interval is: it misses the true mean in 5 of 100 cases, on either side in half of them. */
const CONFIDENCE = 0.95;

/** How often an effect of the size that counts as detectable is found. */
const POWER = 0.8;

/**
 * Mean of independent values with Student's 95 % interval, mean ± t(n − 1) · s / √n. Undefined below two values, which say
 * nothing about how far the next would be off.
 */
export function meanInterval(values: readonly number[]): Estimate | undefined {
  const n = values.length;
  const center = mean(values);
  const spread = deviation(values);
  if (center === undefined || spread === undefined) return undefined;
  return studentInterval(center, spread / Math.sqrt(n), n - 1, n);
}

/** Student's interval around an estimate that has this standard error. */
export function studentInterval(center: number, standardError: number, degreesOfFreedom: number, n: number): Estimate {
  const margin = tOfInterval(degreesOfFreedom) * standardError;
  const detectable = margin + jstat.studentt.inv(POWER, degreesOfFreedom) * standardError;
  return { mean: center, low: center - margin, high: center + margin, n, detectable };
}

/** Two-sided 95 % quantile of Student's t, by jstat. */
export function tOfInterval(degreesOfFreedom: number): number {
  return jstat.studentt.inv(1 - (1 - CONFIDENCE) / 2, degreesOfFreedom);
}
