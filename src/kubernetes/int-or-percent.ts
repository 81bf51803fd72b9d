import type { IntOrPercent } from './workloads.js';

/** A number of pods: as it is, or the percentage of `total`, rounded up or down to whole pods. */
export function scaledValue(value: IntOrPercent, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const exact = (Number.parseInt(value, 10) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
