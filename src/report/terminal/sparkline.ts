const BARS = '▁▂▃▄▅▆▇█';

/**
 * A curve in one line of text: each character stands for an equal stretch of the samples and shows its highest, on a scale from
 * 0 to the highest of all. A peak of one minute stays visible in a day.
 */
export function sparkline(samples: ArrayLike<number>, width: number): string {
  const columns = Math.min(width, samples.length);
  const peaks: number[] = [];
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * samples.length) / columns);
    const to = Math.floor(((column + 1) * samples.length) / columns);
    let peak = 0;
    for (let i = from; i < to; i++) peak = Math.max(peak, samples[i] ?? 0);
    peaks.push(peak);
  }
  const top = Math.max(0, ...peaks);
  return peaks
    .map((peak) => BARS.charAt(top === 0 ? 0 : Math.min(BARS.length - 1, Math.floor((peak / top) * BARS.length))))
    .join('');
}
