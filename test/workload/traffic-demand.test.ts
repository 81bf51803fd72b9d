import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import type { TrafficSpec, TrafficSpike } from '../../src/workload/service-load.js';
import { TrafficDemand } from '../../src/workload/traffic-demand.js';

const HOUR = 3_600_000;
/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 5, 1);
const FLAT = Array.from({ length: 24 }, () => 1);

function demand(change: Partial<TrafficSpec>, startTimeMs = MONDAY, seed = '1'): TrafficDemand {
  const spec: TrafficSpec = {
    baseRps: 100,
    hourly: FLAT,
    weekdays: [1, 1, 1, 1, 1, 1, 1],
    spikes: [],
    noiseSigma: 0,
    ...change,
  };
  return new TrafficDemand(spec, startTimeMs, new RandomStreams(seed).stream('traffic/web'));
}

describe('the daily curve (kubernetes.md §9.1)', () => {
  const hourly = FLAT.map((_, hour) => hour);

  it('has each factor at the centre of its hour and is linear between them', () => {
    const curve = demand({ hourly });
    expect(curve.at(8.5 * HOUR)).toBeCloseTo(800);
    expect(curve.at(9 * HOUR)).toBeCloseTo(850);
    expect(curve.at(9.5 * HOUR)).toBeCloseTo(900);
  });

  it('joins the last hour to the first at midnight', () => {
    expect(demand({ hourly }).at(0)).toBeCloseTo(1150);
    expect(demand({ hourly }).at(23.75 * HOUR)).toBeCloseTo(0.75 * 2300 + 0.25 * 0);
  });

  it('starts at the hour of the day at which the run starts', () => {
    expect(demand({ hourly }, MONDAY + 6.5 * HOUR).at(2 * HOUR)).toBeCloseTo(800);
  });

  it('takes weekdays from Monday', () => {
    const week = demand({ weekdays: [1, 2, 3, 4, 5, 6, 7] });
    expect([0, 1, 5, 6, 7].map((day) => week.at(day * 24 * HOUR))).toEqual([100, 200, 600, 700, 100]);
  });
});

describe('a spike', () => {
  const spike: TrafficSpike = { startMs: HOUR, factor: 8, rampMs: 120_000, holdMs: 600_000, decayMs: 300_000 };
  const rate = (sinceMs: number, change: Partial<TrafficSpike> = {}): number =>
    demand({ spikes: [{ ...spike, ...change }] }).at(HOUR + sinceMs);

  it('rises linearly, holds, and decays', () => {
    expect(rate(-1)).toBe(100);
    expect(rate(60_000)).toBeCloseTo(450);
    expect(rate(120_000)).toBeCloseTo(800);
    expect(rate(720_000)).toBeCloseTo(800);
    expect(rate(720_000 + 300_000)).toBeCloseTo(100 + 700 / Math.E);
  });

  it('may rise and end at once', () => {
    expect(rate(0, { rampMs: 0 })).toBe(800);
    expect(rate(720_001, { decayMs: 0 })).toBe(100);
  });

  it('multiplies with others', () => {
    const two = demand({
      spikes: [
        { ...spike, factor: 2 },
        { ...spike, factor: 3 },
      ],
    });
    expect(two.at(HOUR + 300_000)).toBeCloseTo(600);
  });
});

describe('noise', () => {
  it('is the same for a stream whatever was asked before', () => {
    const forward = demand({ noiseSigma: 0.25 });
    const times = [0, 90_000, 7 * HOUR, 23 * HOUR];
    const expected = times.map((time) => forward.at(time));
    const backward = demand({ noiseSigma: 0.25 });
    expect([...times].reverse().map((time) => backward.at(time))).toEqual([...expected].reverse());
    expect(demand({ noiseSigma: 0.25 }, MONDAY, '2').at(0)).not.toBe(expected[0]);
  });

  it('holds for a minute, has mean 1 and the given spread', () => {
    const noisy = demand({ noiseSigma: 0.25 });
    expect(noisy.at(59_999)).toBe(noisy.at(0));
    const logs = Array.from({ length: 20_000 }, (_, minute) => noisy.at(minute * 60_000) / 100);
    const mean = logs.reduce((sum, factor) => sum + factor, 0) / logs.length;
    expect(mean).toBeGreaterThan(0.95);
    expect(mean).toBeLessThan(1.05);
    const squares = logs.reduce((sum, factor) => sum + (Math.log(factor) + 0.03125) ** 2, 0) / logs.length;
    expect(Math.sqrt(squares)).toBeGreaterThan(0.22);
    expect(Math.sqrt(squares)).toBeLessThan(0.28);
  });
});

describe('the mean over an interval', () => {
  it('is exact for a linear rise', () => {
    const spike: TrafficSpike = { startMs: 0, factor: 3, rampMs: 60_000, holdMs: 0, decayMs: 0 };
    expect(demand({ spikes: [spike] }).mean(0, 60_000)).toBeCloseTo(200);
    expect(demand({ spikes: [spike] }).mean(15_000, 30_000)).toBeCloseTo(175);
  });
});
