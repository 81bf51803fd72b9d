import { mean, variance } from 'd3-array';
import type { RandomStream } from '../kernel/random-streams.js';
import { bootstrapInterval } from './bootstrap.js';
import { meanInterval, studentInterval, type Estimate } from './interval.js';

/** A value of each run, in the order of the seeds; null where a run has none. */
export type Series = readonly (number | null)[];

/** Two series side by side: the means of what could be compared, and their difference. */
export interface Difference {
  readonly a: number;
  readonly b: number;
  /** Of b − a. */
  readonly estimate: Estimate;
}

/**
 * How much `b` is above `a`, with the 95 % interval: of the differences seed by seed, since both had the same luck there, or of
 * the difference of the means (Welch) where each had its own. A seed that lacks a value on one side is left out on both when
 * they are paired. Undefined below two values.
 *
 * @param bootstrap - Draws of the bootstrap, for figures whose means are not normal; Student's t without it.
 */
export function difference(
  a: Series,
  b: Series,
  independent: boolean,
  bootstrap?: RandomStream,
): Difference | undefined {
  const pairs = independent ? undefined : pairsOf(a, b);
  const left = pairs?.map((pair) => pair[0]) ?? present(a);
  const right = pairs?.map((pair) => pair[1]) ?? present(b);
  const samples = pairs === undefined ? [left, right] : [pairs.map(([one, other]) => other - one)];
  const student = pairs === undefined ? welchInterval(left, right) : meanInterval(samples[0] ?? []);
  if (student === undefined) return undefined;
  const estimate = bootstrap === undefined ? student : bootstrapInterval(samples, student, bootstrap);
  return { a: mean(left) ?? 0, b: mean(right) ?? 0, estimate };
}

/** The mean of a series with its interval; undefined below two values. */
export function level(series: Series, bootstrap?: RandomStream): Estimate | undefined {
  const values = present(series);
  const student = meanInterval(values);
  return student === undefined || bootstrap === undefined ? student : bootstrapInterval([values], student, bootstrap);
}

function pairsOf(a: Series, b: Series): readonly (readonly [number, number])[] {
  return a.flatMap((left, index) => {
    const right = b[index] ?? null;
    return left === null || right === null ? [] : [[left, right] as const];
  });
}

function present(series: Series): readonly number[] {
  return series.filter((value) => value !== null);
}

/** Welch's interval of the difference of two means, with the degrees of freedom of Welch and Satterthwaite. */
function welchInterval(a: readonly number[], b: readonly number[]): Estimate | undefined {
  const [meanA, meanB, varianceA, varianceB] = [mean(a), mean(b), variance(a), variance(b)];
  if (meanA === undefined || meanB === undefined || varianceA === undefined || varianceB === undefined)
    return undefined;
  const [errorA, errorB] = [varianceA / a.length, varianceB / b.length];
  const n = Math.min(a.length, b.length);
  // Neither moves at all: any degrees of freedom would do.
  const degrees =
    errorA + errorB === 0 ? n : (errorA + errorB) ** 2 / (errorA ** 2 / (a.length - 1) + errorB ** 2 / (b.length - 1));
  return studentInterval(meanB - meanA, Math.sqrt(errorA + errorB), degrees, n);
}
