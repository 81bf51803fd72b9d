import { describe, expect, it } from 'vitest';
import { hazardPerHour } from '../../src/cloud/interruption/spot-hazard.js';
import { DEFAULT_RECLAIM_MODEL, SpotReclaims, type ReclaimModel } from '../../src/cloud/interruption/spot-reclaims.js';
import type { SpotAdvice } from '../../src/cloud/prices/spot-advisor.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';

const HOUR_MS = 3_600_000;
const MONTH_MS = 720 * HOUR_MS;
const ADVICE = new Map<string, SpotAdvice>([
  ['calm', { savingsPercent: 60, interruptionBucket: 0 }],
  ['wild', { savingsPercent: 60, interruptionBucket: 4 }],
]);

function reclaims(model: Partial<ReclaimModel> = {}, seed = '1'): SpotReclaims {
  return new SpotReclaims(ADVICE, new RandomStreams(seed), { ...DEFAULT_RECLAIM_MODEL, ...model });
}

/** Share of instances that are warned within a time of their launch, each in its own zone. */
function warnedShare(type: string, withinMs: number, model: Partial<ReclaimModel>, count = 4000): number {
  const streams = new RandomStreams('share');
  const all = new SpotReclaims(ADVICE, streams, { ...DEFAULT_RECLAIM_MODEL, ...model });
  let warned = 0;
  for (let index = 0; index < count; index += 1) {
    const at = all.warningMs(type, `zone-${index}`, 0, streams.stream(`instance-${index}`));
    if (at !== undefined && at <= withinMs) warned += 1;
  }
  return warned / count;
}

describe('hazard from the advisor’s bucket (aws.md §20.2)', () => {
  it.each([
    [0, 3.516e-5],
    [1, 1.083e-4],
    [2, 1.855e-4],
    [3, 2.672e-4],
    [4, 3.996e-4],
  ] as const)('bucket %d: %d an hour', (bucket, hazard) => {
    expect(hazardPerHour(bucket, 1)).toBeCloseTo(hazard, 7);
    expect(hazardPerHour(bucket, 10)).toBeCloseTo(10 * hazard, 6);
  });
});

describe('warnings of spot instances (aws.md §20.3)', () => {
  it.each([
    ['calm', 0.025],
    ['wild', 0.25],
  ])('%s: the bucket’s share of instances goes within 30 days, correlated or not', (type, share) => {
    for (const correlation of [0, 0.9, 1]) {
      expect(Math.abs(warnedShare(type, MONTH_MS, { correlation }) - share)).toBeLessThan(0.02);
    }
  });

  it('instances of one pool go together, within three minutes', () => {
    const streams = new RandomStreams('1');
    const all = new SpotReclaims(ADVICE, streams, { ...DEFAULT_RECLAIM_MODEL, correlation: 1 });
    const event = all.nextPoolReclaim('wild', 'a', 0);
    const warnings = Array.from({ length: 100 }, (_, index) =>
      all.warningMs('wild', 'a', 0, streams.stream(`i${index}`)),
    );
    const offsets = warnings.map((at) => (at ?? 0) - (event?.atMs ?? 0));
    expect(Math.min(...offsets)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...offsets)).toBeLessThanOrEqual(180_000);
    expect(new Set(offsets).size).toBeGreaterThan(90);
  });

  it('with a pool share below 1 some instances are spared by an event', () => {
    const streams = new RandomStreams('1');
    const all = new SpotReclaims(ADVICE, streams, { ...DEFAULT_RECLAIM_MODEL, correlation: 1, poolShare: 0.5 });
    const event = all.nextPoolReclaim('wild', 'a', 0)?.atMs ?? 0;
    const taken = Array.from({ length: 400 }, (_, index) =>
      all.warningMs('wild', 'a', 0, streams.stream(`i${index}`)),
    ).filter((at) => at !== undefined && at <= event + 180_000);
    expect(taken.length).toBeGreaterThan(160);
    expect(taken.length).toBeLessThan(240);
    expect(reclaims({ correlation: 1, poolShare: 0 }).warningMs('wild', 'a', 0, streams.stream('x'))).toBeUndefined();
  });

  it('an instance launched later meets only later events', () => {
    const all = reclaims({ correlation: 1 });
    const first = all.nextPoolReclaim('wild', 'a', 0)?.atMs ?? 0;
    const second = all.nextPoolReclaim('wild', 'a', first)?.atMs ?? 0;
    const at = all.warningMs('wild', 'a', first, new RandomStreams('1').stream('late')) ?? 0;
    expect(second).toBeGreaterThan(first);
    expect(at).toBeGreaterThanOrEqual(second);
  });

  it('multiplier 0 switches reclaims off', () => {
    const off = reclaims({ multiplier: 0 });
    expect(off.warningMs('wild', 'a', 0, new RandomStreams('1').stream('i'))).toBeUndefined();
    expect(off.nextPoolReclaim('wild', 'a', 0)).toBeUndefined();
    expect(off.isExhausted({ instanceType: 'wild', zone: 'a', capacityType: 'spot' }, 0)).toBe(false);
  });

  it('ten times the hazard brings the same events in a tenth of the time', () => {
    const slow = reclaims().nextPoolReclaim('wild', 'a', 0)?.atMs ?? 0;
    const fast = reclaims({ multiplier: 10 }).nextPoolReclaim('wild', 'a', 0)?.atMs ?? 0;
    expect(Math.abs(slow / 10 - fast)).toBeLessThan(1);
  });
});

describe('a reclaimed pool', () => {
  it('has no spot capacity for its outage, and on-demand stays', () => {
    const all = reclaims();
    const { atMs, outageMs } = all.nextPoolReclaim('wild', 'a', 0) ?? { atMs: 0, outageMs: 0 };
    const spot = { instanceType: 'wild', zone: 'a', capacityType: 'spot' } as const;
    expect([atMs - 1, atMs, atMs + outageMs - 1, atMs + outageMs].map((nowMs) => all.isExhausted(spot, nowMs))).toEqual(
      [false, true, true, false],
    );
    expect(all.isExhausted({ ...spot, capacityType: 'on-demand' }, atMs)).toBe(false);
    expect(all.isExhausted({ ...spot, zone: 'b' }, atMs)).toBe(false);
  });

  it('has the same events in whatever order they are asked for', () => {
    const forward = reclaims();
    const backward = reclaims();
    const times = [0, MONTH_MS, 12 * MONTH_MS, 3 * MONTH_MS];
    const ask = (all: SpotReclaims, order: readonly number[]): ReadonlyMap<number, unknown> =>
      new Map(order.map((time) => [time, all.nextPoolReclaim('calm', 'a', time)]));
    const late = ask(backward, times.toReversed());
    for (const [time, event] of ask(forward, times)) expect(late.get(time)).toEqual(event);
  });
});
