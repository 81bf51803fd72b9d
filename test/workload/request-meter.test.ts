import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import { RequestMeter } from '../../src/workload/request-meter.js';
import type { LoadModel, RequestModel } from '../../src/workload/service-load.js';
import { TrafficDemand } from '../../src/workload/traffic-demand.js';

/** 10 core-milliseconds a request: a pod of 520 m, 20 of which are idle, serves 50 a second. */
const MODEL: LoadModel = {
  idleCpuMilli: 20,
  cpuMilliSecondsPerRequest: 10,
  warmupFactor: 1,
  warmupMs: 45_000,
  idleMemoryBytes: 0,
  memoryBytesPerRps: 0,
};
const REQUESTS: RequestModel = { ioMs: 0, timeoutMs: 5000, retryShare: 0 };

function meter(rps: number, model: Partial<LoadModel> = {}, requests: Partial<RequestModel> = {}): RequestMeter {
  const spec = {
    baseRps: rps,
    hourly: Array.from({ length: 24 }, () => 1),
    weekdays: [1, 1, 1, 1, 1, 1, 1],
    spikes: [],
    noiseSigma: 0,
  };
  const demand = new TrafficDemand(spec, 0, new RandomStreams('1').stream('traffic/web'));
  return new RequestMeter({ ...MODEL, ...model }, { ...REQUESTS, ...requests }, demand);
}

describe('RequestMeter', () => {
  it('serves what the cpu limits of the ready pods allow beside their idle cost, and loses the rest', () => {
    const requests = meter(120);
    requests.ready('a', 520, 0);
    requests.ready('b', 520, 0);
    requests.take(600_000);
    expect(requests.take(660_000)).toMatchObject({ requests: 7200, lost: 20 * 60, early: 0 });
    requests.ready('c', 520, 660_000);
    requests.take(720_000);
    expect(requests.take(780_000).lost).toBe(0);
  });

  it('serves what an exhausted node leaves a pod, until it leaves it more again', () => {
    const requests = meter(45);
    requests.ready('a', 520, 0);
    requests.capTo('a', 220, 60_000);
    expect(requests.take(60_000).lost).toBe(0);
    requests.take(120_000);
    // 20 of 220 m are idle: 20 requests a second.
    expect(requests.take(180_000).lost).toBeCloseTo(25 * 60, 6);
    requests.capTo('a', Infinity, 180_000);
    requests.take(240_000);
    expect(requests.take(300_000).lost).toBe(0);
  });

  it('gives a young pod less to serve while it warms up', () => {
    const lost = (model: Partial<LoadModel>): number => {
      const requests = meter(45, model);
      requests.ready('a', 520, 0);
      return requests.take(120_000).lost;
    };
    expect(lost({})).toBe(0);
    expect(lost({ warmupFactor: 3 })).toBeGreaterThan(500);
  });

  it('counts apart what comes before the first pod is ready, and everything later as lost when none is left', () => {
    const requests = meter(10);
    expect(requests.take(30_000)).toEqual({ requests: 0, lost: 0, latencySeconds: undefined, waiting: 0, early: 300 });
    requests.ready('a', 520, 60_000);
    expect(requests.take(90_000)).toMatchObject({ requests: 300, lost: 0, early: 300 });
    requests.draining('a', 90_000);
    expect(requests.take(120_000)).toEqual({
      requests: 300,
      lost: 300,
      latencySeconds: undefined,
      waiting: 0,
      early: 0,
    });
  });

  it('loses the requests of a pod that dies, and none of one that drains', () => {
    const lost = (end: 'gone' | 'draining'): number => {
      const requests = meter(20, {}, { ioMs: 480 });
      requests.ready('a', 520, 0);
      requests.ready('b', 520, 0);
      requests[end]('a', 60_000);
      requests.gone('a', 70_000);
      return requests.take(80_000).lost;
    };
    expect(lost('draining')).toBe(0);
    // Half of the 20/s × (480 + 20) ms that are in service, by Little's law.
    expect(lost('gone')).toBeCloseTo(5, 9);
  });

  it('has as many slots as a pod has whole cores: two cores answer one request as fast as one', () => {
    const latency = (cpuMilli: number, idleCpuMilli = 0): number => {
      const requests = meter(1, { idleCpuMilli, cpuMilliSecondsPerRequest: 100 });
      requests.ready('a', cpuMilli, 0);
      return requests.take(60_000).latencySeconds?.p50 ?? 0;
    };
    expect(latency(4000)).toBeCloseTo(0.1 * Math.log(2), 2);
    expect(latency(500) / latency(4000)).toBeGreaterThan(1.9);
  });

  it('says the same however often it is asked', () => {
    const once = meter(120);
    once.ready('a', 520, 0);
    const often = meter(120);
    often.ready('a', 520, 0);
    let sum = 0;
    for (let ms = 10_000; ms <= 300_000; ms += 10_000) sum += often.take(ms).lost;
    expect(sum).toBeCloseTo(once.take(300_000).lost, 6);
  });
});
