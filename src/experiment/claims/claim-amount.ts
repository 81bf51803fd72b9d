import { parseGoDuration } from '../../kubernetes/duration.js';

/** A written amount in the unit of a metric, or what would have been right. */
export function claimAmount(written: number | string, unit: string): number | { readonly expected: string } {
  const expected = {
    ratio: 'a share such as 0.6 or 60%',
    s: 'seconds such as 30, or a duration such as 30s',
    's/day': 'seconds such as 30, or a duration such as 30s',
  }[unit];
  const wanted = { expected: expected ?? `a number of ${unit}` };
  if (typeof written === 'number') {
    // 60 of a ratio is meant as 60 %.
    return unit === 'ratio' && Math.abs(written) > 1 ? wanted : written;
  }
  const [, sign = '', dollar, number, percent] = /^(-?)(\$?)(\d+(?:\.\d+)?)( ?%)?$/.exec(written) ?? [];
  if (number !== undefined) {
    const value = Number(`${sign}${number}`);
    if (percent !== undefined) return unit === 'ratio' && dollar === '' ? value / 100 : wanted;
    if (dollar === '$') return unit.startsWith('$') ? value : wanted;
    return claimAmount(value, unit);
  }
  const ms = parseGoDuration(written);
  return ms !== undefined && (unit === 's' || unit === 's/day') ? ms / 1000 : wanted;
}
