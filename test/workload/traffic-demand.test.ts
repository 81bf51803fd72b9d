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

describe('payday (kubernetes.md §9.1)', () => {
  const DAY = 24 * HOUR;
  /** 1 June 2026, 00:00; June has 30 days. */
  const payday = { days: [25], morning: 2, rest: 1.4, dayAfter: 1.3, monthEnd: 1.2 };
  const rate = (day: number, hour: number, days = payday.days): number =>
    demand({ payday: { ...payday, days } }).at((day - 1) * DAY + hour * HOUR);

  it('doubles the morning, lifts the rest of the day and the day after', () => {
    expect([rate(24, 12), rate(25, 5.9), rate(25, 6), rate(25, 11.9), rate(25, 12), rate(26, 12), rate(27, 0)]).toEqual(
      [100, 140, 200, 200, 140, 130, 100],
    );
  });

  it('lifts the last two days of a month', () => {
    expect([rate(28, 23), rate(29, 0), rate(30, 23), rate(31, 0)]).toEqual([100, 120, 120, 100]);
  });

  it('falls on the last day of a month that is too short, and its day after in the next month', () => {
    expect([rate(30, 6, [31]), rate(31, 6, [31]), rate(32, 6, [31])]).toEqual([200, 130, 100]);
  });

  it('may come twice a month', () => {
    expect([rate(15, 8, [15, 30]), rate(30, 8, [15, 30])]).toEqual([200, 200]);
  });
});

describe('factors by day of the month', () => {
  it('hold from midnight to midnight', () => {
    const daysOfMonth = Array.from({ length: 31 }, (_, day) => day + 1);
    const month = demand({ daysOfMonth });
    expect([0, 23.9, 24, 29 * 24, 30 * 24].map((hour) => month.at(hour * HOUR))).toEqual([100, 100, 200, 3000, 100]);
  });
});

describe('a batch', () => {
  const batches = [{ startMs: HOUR, overMs: 60_000, requests: 6000 }];

  it('arrives evenly, on top of the curve', () => {
    const curve = demand({ batches });
    expect([HOUR - 1, HOUR, HOUR + 59_999, HOUR + 60_000].map((ms) => curve.at(ms))).toEqual([100, 200, 200, 100]);
  });

  it('is whole in the mean, whatever the interval', () => {
    const requests = (stepMs: number): number => {
      const curve = demand({ batches, baseRps: 0 });
      let sum = 0;
      for (let ms = 0; ms < 2 * HOUR; ms += stepMs) sum += (curve.mean(ms, ms + stepMs) * stepMs) / 1000;
      return sum;
    };
    expect([7000, 15_000, 60_000].map((stepMs) => Math.round(requests(stepMs)))).toEqual([6000, 6000, 6000]);
  });
});

describe('all shapes together', () => {
  it('multiply, and batches add', () => {
    const together = demand({
      baseRps: 2,
      trace: { timesMs: Float64Array.of(0, 2 * HOUR), rates: Float64Array.of(0, 20) },
      hourly: FLAT.map(() => 3),
      weekdays: [5, 1, 1, 1, 1, 1, 1],
      daysOfMonth: [7],
      payday: { days: [1], morning: 11, rest: 13, dayAfter: 1, monthEnd: 1 },
      spikes: [{ startMs: 0, factor: 17, rampMs: 0, holdMs: 3 * HOUR, decayMs: 0 }],
      batches: [{ startMs: HOUR, overMs: 1000, requests: 19 }],
    });
    expect(together.at(HOUR)).toBeCloseTo(2 * 10 * 3 * 5 * 7 * 13 * 17 + 19, 6);
  });
});
