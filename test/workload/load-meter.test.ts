import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import { LoadMeter } from '../../src/workload/load-meter.js';
import type { LoadModel } from '../../src/workload/service-load.js';
import { TrafficDemand } from '../../src/workload/traffic-demand.js';

const MODEL: LoadModel = {
  idleCpuMilli: 20,
  cpuMilliSecondsPerRequest: 12,
  warmupFactor: 1,
  warmupMs: 45_000,
  bootCpuMilli: 1000,
  idleMemoryBytes: 1000,
  memoryBytesPerRps: 0,
};

function meter(rps: number, model: Partial<LoadModel> = {}, startTimeMs = 0): LoadMeter {
  const spec = {
    baseRps: rps,
    hourly: Array.from({ length: 24 }, () => 1),
    weekdays: [1, 1, 1, 1, 1, 1, 1],
    spikes: [],
    noiseSigma: 0,
  };
  const demand = new TrafficDemand(spec, startTimeMs, new RandomStreams('1').stream('traffic/web'));
  return new LoadMeter({ ...MODEL, ...model }, demand, startTimeMs);
}

/** A meter with pods that have been ready since 0. */
function serving(count: number, rps: number, model: Partial<LoadModel> = {}, limit?: number): LoadMeter {
  const load = meter(rps, model);
  for (let i = 0; i < count; i++) {
    load.started(`p${i}`, limit, 0);
    load.ready(`p${i}`, 0);
  }
  return load;
}

describe('cpu of a pod (kubernetes.md §9.2)', () => {
  it('is idle cost plus its share of the requests', () => {
    const load = serving(4, 100);
    load.scrape(15_000);
    expect(load.metrics('p0')?.usage['cpu']).toBe(20 + (100 / 4) * 12);
    expect(load.usage('p3')).toMatchObject({ cpuMilli: 320, memoryBytes: 1000 });
  });

  it('stops at the limit', () => {
    const load = serving(1, 100, {}, 500);
    load.scrape(15_000);
    expect(load.usage('p0').cpuMilli).toBe(500);
  });

  it('is the boot cost while the pod is not ready, within its limit', () => {
    const load = meter(100);
    load.started('fast', undefined, 0);
    load.started('capped', 500, 0);
    load.scrape(15_000);
    expect([load.usage('fast').cpuMilli, load.usage('capped').cpuMilli]).toEqual([1000, 500]);
  });

  it('is more for a young pod: three times at first, by a closed form over the window', () => {
    const load = serving(1, 10, { warmupFactor: 3 });
    load.scrape(15_000);
    const mean = 1 + (2 * 45 * (1 - Math.exp(-15 / 45))) / 15;
    expect(load.usage('p0').cpuMilli).toBe(Math.ceil(20 + 120 * mean));
    for (let time = 30_000; time <= 1_500_000; time += 15_000) load.scrape(time);
    expect(load.usage('p0').cpuMilli).toBe(140);
  });

  it('averages over the window when pods come and go in it', () => {
    const load = serving(2, 100);
    load.scrape(15_000);
    load.stopping('p1', 20_000);
    load.scrape(30_000);
    // A third of the window at 50 requests a second, two thirds at 100.
    expect(load.usage('p0').cpuMilli).toBe(1020);
    expect(load.usage('p1').cpuMilli).toBe(220);
    expect(load.readyPods).toBe(1);
  });

  it('goes nowhere when nobody is ready', () => {
    const load = serving(1, 100);
    load.gone('p0', 5000);
    load.scrape(15_000);
    expect(load.readyPods).toBe(0);
    expect(load.metrics('p0')).toBeUndefined();
  });
});

describe('usage of a pod', () => {
  it('is one object from its creation to its end, through restarts', () => {
    const load = meter(0);
    const usage = load.usage('p0');
    expect(usage).toMatchObject({ cpuMilli: 0, memoryBytes: 0 });
    load.started('p0', undefined, 0);
    expect(usage).toMatchObject({ cpuMilli: 0, memoryBytes: 1000 });
    load.scrape(15_000);
    expect(usage.cpuMilli).toBe(1000);
    load.gone('p0', 20_000);
    expect(usage).toMatchObject({ cpuMilli: 0, memoryBytes: 0 });
    load.started('p0', undefined, 20_000);
    load.ready('p0', 25_000);
    load.scrape(30_000);
    expect(usage).toMatchObject({ cpuMilli: 510, memoryBytes: 1000 });
    load.forget('p0', 40_000);
    expect(usage).toMatchObject({ cpuMilli: 0, memoryBytes: 0 });
    expect(load.usage('p0')).not.toBe(usage);
  });

  it('outdates the sum that it is in when it changes, and only then', () => {
    const load = serving(1, 100);
    const sum = { isCurrent: true };
    load.usage('p0').sum = sum;
    const outdated = (change: () => void): boolean => {
      sum.isCurrent = true;
      change();
      return !sum.isCurrent;
    };
    const scrapes = [15_000, 30_000].map((ms) =>
      outdated(() => {
        load.scrape(ms);
      }),
    );
    expect(scrapes).toEqual([true, false]);
    expect(
      outdated(() => {
        load.stopping('p0', 35_000);
      }),
    ).toBe(false);
    expect(
      outdated(() => {
        load.gone('p0', 40_000);
      }),
    ).toBe(true);
    expect(
      outdated(() => {
        load.started('p0', undefined, 40_000);
      }),
    ).toBe(true);
  });

  it('has no cpu on a machine that has stopped', () => {
    const load = serving(1, 100);
    load.scrape(15_000);
    load.died('p0', 20_000);
    load.scrape(30_000);
    expect(load.usage('p0')).toMatchObject({ cpuMilli: 0, memoryBytes: 1000 });
    expect(load.metrics('p0')).toBeUndefined();
    expect(load.readyPods).toBe(1);
  });
});

describe('memory of a pod', () => {
  it('grows with the requests it serves', () => {
    const load = serving(2, 100, { memoryBytesPerRps: 10 });
    load.scrape(15_000);
    expect(load.usage('p0').memoryBytes).toBe(1500);
  });
});

describe('the metrics server (kubernetes.md §3.1)', () => {
  it('shows a pod at its first scrape if it has run ten seconds, else at its second', () => {
    const load = meter(0, {}, 1_000_000);
    load.started('old', undefined, 5000);
    load.started('new', undefined, 5001);
    load.scrape(15_000);
    expect(load.metrics('old')).toMatchObject({ timestampMs: 1_015_000, windowMs: 10_000 });
    expect(load.metrics('new')).toBeUndefined();
    load.scrape(30_000);
    expect(load.metrics('new')).toMatchObject({ timestampMs: 1_030_000, windowMs: 15_000 });
  });

  it('keeps showing the last scrape between two', () => {
    const load = serving(1, 100);
    load.scrape(15_000);
    const shown = load.metrics('p0');
    load.started('other', undefined, 20_000);
    expect(load.metrics('p0')).toBe(shown);
  });
});
