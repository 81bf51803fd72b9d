import { quantileSorted } from 'd3-array';
import jstat from 'jstat';
import type { RandomStream } from '../kernel/random-streams.js';
import { tOfInterval, type Estimate } from './interval.js';

/** Below so many values their resampled means are too few to be an interval (it misses the true mean in 9 of 100 at five). */
const FEWEST_VALUES = 10;

const RESAMPLES = 2000;

/**
 * The interval of Student's estimate replaced by one of the bootstrap: for figures such as a run's p99, whose means of a few
 * are far from normal. Percentiles of the means of resampled values, widened to what Student's t asks of so few values
 * (T. Hesterberg, What Teachers Should Know About the Bootstrap, 2015, expanded percentile interval).
 *
 * @param samples - One, or two of which the second less the first is estimated.
 * @param student - Returned as it is when there are fewer than ten values.
 */
export function bootstrapInterval(
  samples: readonly (readonly number[])[],
  student: Estimate,
  stream: RandomStream,
): Estimate {
  const { n } = student;
  if (n < FEWEST_VALUES) return student;
  const [first = [], second] = samples;
  const means = Array.from({ length: RESAMPLES }, () => {
    const of = resampledMean(first, stream);
    return second === undefined ? of : resampledMean(second, stream) - of;
  }).sort((a, b) => a - b);
  const tail = jstat.normal.cdf(-Math.sqrt(n / (n - 1)) * tOfInterval(n - 1), 0, 1);
  return {
    ...student,
    low: quantileSorted(means, tail) ?? student.low,
    high: quantileSorted(means, 1 - tail) ?? student.high,
  };
}

function resampledMean(values: readonly number[], stream: RandomStream): number {
  const total = values.reduce((sum) => sum + (values[stream.int(values.length)] ?? 0), 0);
  return total / values.length;
}
