import type { Estimate } from '../../experiment/interval.js';
import type { Waterfall } from '../../experiment/waterfall/waterfall.js';
import { added, multiplied } from './guide-ranges.js';

/** A waterfall as one JSON object: dollars a simulated day, negative changes are savings. */
export function waterfallJson(result: Waterfall): string {
  const { spec, metric, staticFleet, reserve, shares, asGiven, end, seeds, runs, orders, usageAssumed } = result;
  const object = {
    scenario: spec.name,
    metric,
    unit: '$/day',
    runs,
    seeds,
    orders: orders ?? 'all',
    usageAssumed,
    staticFleet: rounded(staticFleet),
    reserve: rounded(reserve),
    factors: shares.map(({ factor: { id, name, on, off, given }, sequential, orderFree }) => ({
      id,
      name,
      on,
      off,
      given,
      sequential: rounded(sequential),
      orderFree: rounded(orderFree),
    })),
    asGiven: rounded(asGiven),
    everyFactorOn: rounded(end),
    guide: {
      multiplied: [share(multiplied('low')), share(multiplied('high'))],
      added: [share(added('low')), share(added('high'))],
    },
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

function rounded({ mean, low, high }: Estimate): object {
  const six = (value: number): number => Math.round(value * 1e6) / 1e6;
  return { mean: six(mean), low: six(low), high: six(high) };
}

function share(value: number): number {
  return Math.round(value * 1000) / 1000;
}
