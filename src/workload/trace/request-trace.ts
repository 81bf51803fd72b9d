/** A recorded request rate, in time of the run. */
export interface RequestTrace {
  /** Ms since the start of the run, rising; those before the start are negative. */
  readonly timesMs: Float64Array;
  /** Requests a second at each of the times. */
  readonly rates: Float64Array;
}

/** Requests a second at a time: linear between two samples, and before the first and after the last what these say. */
export function traceRate({ timesMs, rates }: RequestTrace, timeMs: number): number {
  const after = firstAfter(timesMs, timeMs);
  const right = timesMs[after];
  const left = timesMs[after - 1];
  if (right === undefined) return rates[after - 1] ?? 0;
  if (left === undefined) return rates[0] ?? 0;
  const before = rates[after - 1] ?? 0;
  return before + ((rates[after] ?? 0) - before) * ((timeMs - left) / (right - left));
}

/** Index of the first time after the given one, by bisection. */
function firstAfter(timesMs: Float64Array, timeMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] ?? 0) > timeMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
