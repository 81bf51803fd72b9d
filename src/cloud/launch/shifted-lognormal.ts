/** X = shift + exp(N(mu, sigma)): what launch phases look like (aws.md §19.4). Seconds. */
export interface ShiftedLognormal {
  readonly shiftSeconds: number;
  readonly mu: number;
  readonly sigma: number;
}

/** Times are recorded to the millisecond; nothing is closer to the shift than that. */
const RESOLUTION = 0.001;
const BISECTIONS = 60;

/**
 * Fits three parameters: the shift at which the logarithms of what lies above it are not skewed, then their mean and standard
 * deviation. The likelihood has no maximum in the shift (it grows without bound towards the shortest value), which is why
 * skewness decides. Values that are skewed to the left without any shift get none.
 * @param seconds at least one value, none negative
 */
export function fitShiftedLognormal(seconds: readonly number[]): ShiftedLognormal {
  const shortest = seconds.reduce((a, b) => Math.min(a, b), Infinity);
  const longest = seconds.reduce((a, b) => Math.max(a, b), 0);
  if (longest - shortest < RESOLUTION) {
    return { shiftSeconds: Math.max(0, shortest - RESOLUTION), mu: Math.log(RESOLUTION), sigma: 0 };
  }
  let low = 0;
  let high = shortest - RESOLUTION;
  let shift = 0;
  if (high > 0 && skewness(logsAbove(seconds, 0)) > 0) {
    // Skewness falls as the shift nears the shortest value, whose logarithm then falls away to the left.
    for (let step = 0; step < BISECTIONS; step++) {
      shift = (low + high) / 2;
      if (skewness(logsAbove(seconds, shift)) > 0) low = shift;
      else high = shift;
    }
  }
  const { mean, deviation } = moments(logsAbove(seconds, shift));
  return { shiftSeconds: shift, mu: mean, sigma: deviation };
}

/** Value at a standard normal score, seconds. */
export function valueAtScore({ shiftSeconds, mu, sigma }: ShiftedLognormal, score: number): number {
  return shiftSeconds + Math.exp(mu + sigma * score);
}

/** Standard normal score of a value under a fit. */
export function scoreOf({ shiftSeconds, mu, sigma }: ShiftedLognormal, seconds: number): number {
  return sigma === 0 ? 0 : (Math.log(Math.max(seconds - shiftSeconds, RESOLUTION)) - mu) / sigma;
}

/** Pearson's correlation of two lists of equal length; 0 where one does not vary. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const first = moments(a);
  const second = moments(b);
  if (first.deviation === 0 || second.deviation === 0) return 0;
  const products = a.map((value, index) => (value - first.mean) * ((b[index] ?? 0) - second.mean));
  return moments(products).mean / (first.deviation * second.deviation);
}

/**
 * Kolmogorov–Smirnov distance between two samples: the largest difference of their distribution functions, 0 to 1.
 * @param reference sorted ascending, not empty
 */
export function ksDistance(observed: readonly number[], reference: readonly number[]): number {
  const sorted = [...observed].sort((a, b) => a - b);
  let distance = 0;
  let below = 0;
  for (const [index, value] of sorted.entries()) {
    while (below < reference.length && (reference[below] ?? 0) < value) below++;
    let upTo = below;
    while (upTo < reference.length && (reference[upTo] ?? 0) <= value) upTo++;
    const before = Math.abs(below / reference.length - index / sorted.length);
    const after = Math.abs(upTo / reference.length - (index + 1) / sorted.length);
    // Of equal values only the last step is one.
    if (sorted[index + 1] !== value) distance = Math.max(distance, after);
    if (sorted[index - 1] !== value) distance = Math.max(distance, before);
  }
  return distance;
}

/** Distance that a sample of this size keeps within, 19 times of 20, when it is from the very distribution. */
export function ksLimit(sampleSize: number): number {
  return 1.36 / Math.sqrt(sampleSize);
}

function logsAbove(seconds: readonly number[], shift: number): readonly number[] {
  return seconds.map((value) => Math.log(Math.max(value - shift, RESOLUTION)));
}

function moments(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

function skewness(values: readonly number[]): number {
  const { mean, deviation } = moments(values);
  if (deviation === 0) return 0;
  return values.reduce((sum, value) => sum + ((value - mean) / deviation) ** 3, 0) / values.length;
}
