import { mean, variance } from 'd3-array';
import { meanInterval, tQuantile, type Estimate } from './interval.js';

/** A value of each run, in the order of the seeds; null where a run has none. */
export type Series = readonly (number | null)[];

/**
 * How much `b` is above `a`, with the 95 % interval: Student's t on the differences seed by seed, since both had the same luck
 * there; Welch's where each had its own. A seed that lacks a value on one side is left out on both when they are paired.
 * Undefined below two values.
 */
export function differenceInterval(a: Series, b: Series, independent: boolean): Estimate | undefined {
  return independent ? welchInterval(present(a), present(b)) : meanInterval(pairedDifferences(a, b));
}

/** b − a of every seed that has both. */
function pairedDifferences(a: Series, b: Series): readonly number[] {
  return a.flatMap((left, index) => {
    const right = b[index] ?? null;
    return left === null || right === null ? [] : [right - left];
  });
}

/** The values that there are. */
function present(series: Series): readonly number[] {
  return series.filter((value) => value !== null);
}

/** Welch's interval of the difference of two means, with the degrees of freedom of Welch and Satterthwaite. */
function welchInterval(a: readonly number[], b: readonly number[]): Estimate | undefined {
  const [meanA, meanB, varianceA, varianceB] = [mean(a), mean(b), variance(a), variance(b)];
  if (meanA === undefined || meanB === undefined || varianceA === undefined || varianceB === undefined)
    return undefined;
  const [errorA, errorB] = [varianceA / a.length, varianceB / b.length];
  const difference = meanB - meanA;
  const n = Math.min(a.length, b.length);
  if (errorA + errorB === 0) return { mean: difference, low: difference, high: difference, n };
  const degrees = (errorA + errorB) ** 2 / (errorA ** 2 / (a.length - 1) + errorB ** 2 / (b.length - 1));
  const margin = tQuantile(degrees) * Math.sqrt(errorA + errorB);
  return { mean: difference, low: difference - margin, high: difference + margin, n };
}
