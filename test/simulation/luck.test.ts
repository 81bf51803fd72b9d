import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/simulation/event-log.js';
import { eventsOf, ON_DEMAND_POOL, run } from './small-cluster.js';

const SPOT = ON_DEMAND_POOL.replace('values: [on-demand]', 'values: [spot]');

/** Twenty spot nodes for a day, with interruptions as often as a test needs them. */
function day(switches: string): EventLog {
  return run({ nodePoolSpec: SPOT, replicas: 20, duration: '24h', scenario: switches });
}

const MANY = 'spot: { interruptionMultiplier: 60, correlation: 0.3 }';
const NONE = 'spot: { interruptionMultiplier: 0 }';
const SHORT = 'shortages: { spot: { perMonth: 700, meanDuration: 45m } }';

/** Who was warned when; nodes have names by chance, so that they are told by their place. */
function warnings(log: EventLog): string[] {
  return eventsOf(log, 'SpotInterruption').map(({ timeMs, instanceType, zone }) => `${timeMs} ${instanceType} ${zone}`);
}

/** Prices that the machines of the first hour were charged later on. */
function prices(log: EventLog): string[] {
  const first = new Set(
    eventsOf(log, 'NodeClaimLaunched')
      .filter(({ timeMs }) => timeMs < 3_600_000)
      .map(({ nodeClaim }) => nodeClaim),
  );
  return eventsOf(log, 'SpotPriceChanged')
    .filter(({ nodeClaim }) => first.has(nodeClaim))
    .map(({ timeMs, nodeClaim, pricePerHour }) => `${timeMs} ${nodeClaim} ${pricePerHour}`);
}

describe('what a run can switch off moves nothing else', () => {
  const all = day(`${MANY}\n`);

  it('spot prices that stand still leave interruptions as they were', () => {
    expect(warnings(all).length).toBeGreaterThan(1);
    expect(eventsOf(all, 'SpotPriceChanged').length).toBeGreaterThan(5);
    const still = day(`${MANY}\nprices: { spotMovement: false }\n`);
    expect(eventsOf(still, 'SpotPriceChanged')).toEqual([]);
    expect(warnings(still)).toEqual(warnings(all));
  });

  it('without interruptions spot prices move as before', () => {
    const calm = day(`${NONE}\n`);
    expect(warnings(calm)).toEqual([]);
    expect(prices(all).length).toBeGreaterThan(0);
    expect(prices(calm)).toEqual(expect.arrayContaining(prices(all)));
  });

  it('shortages interrupt nobody: what runs is warned as before until a launch meets one', () => {
    const short = day(`${MANY}\n${SHORT}\n`);
    const failed = eventsOf(short, 'LaunchFailed');
    expect(failed.length).toBeGreaterThan(0);
    const metMs = failed.find(({ timeMs }) => timeMs > 600_000)?.timeMs ?? Infinity;
    const before = (log: EventLog): string[] => warnings(log).filter((text) => Number(text.split(' ')[0]) < metMs);
    expect(before(short)).toEqual(before(all));
  });

  it('rebalance recommendations come before their warnings, and switching them off moves no warning', () => {
    const recommended = eventsOf(all, 'SpotRebalanceRecommendation');
    expect(recommended.length).toBeGreaterThanOrEqual(warnings(all).length);
    for (const { node, timeMs } of eventsOf(all, 'SpotInterruption')) {
      expect(recommended.some((other) => other.node === node && other.timeMs <= timeMs)).toBe(true);
    }
    const silent = day('spot: { interruptionMultiplier: 60, correlation: 0.3, meanRebalanceLead: 0s }\n');
    expect(eventsOf(silent, 'SpotRebalanceRecommendation')).toEqual([]);
    expect(warnings(silent)).toEqual(warnings(all));
  });
});
