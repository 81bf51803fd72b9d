import { describe, expect, it } from 'vitest';
import { runRequests } from '../../src/analysis/requests.js';
import { LatencyDistribution, survivalOf } from '../../src/workload/latency-distribution.js';
import { LogBuilder } from './log-builder.js';

const FAST = { p50: 0.01, p90: 0.03, p99: 0.06 };
const SLOW = { p50: 4, p90: 4.8, p99: 5 };

function demand(service: string, requests: number, lost: number, latencySeconds?: typeof FAST) {
  return { service, requestsPerSecond: requests / 60, readyPods: 1, requests, lost, latencySeconds };
}

describe('the requests of a run', () => {
  it('are added up by service and over all', () => {
    const log = new LogBuilder()
      .at(60, 'Demand', demand('bank/api', 600, 6, FAST))
      .at(60, 'Demand', demand('bank/web', 300, 0, FAST))
      .at(120, 'Demand', demand('bank/api', 600, 54, FAST))
      .end(120);
    const { byService, ...all } = runRequests(log);
    expect(all).toMatchObject({ total: 1500, served: 1440, lost: 60, lostShare: 0.04, early: 0 });
    expect(byService['bank/api']).toMatchObject({ total: 1200, lost: 60, lostShare: 0.05 });
    expect(byService['bank/web']).toMatchObject({ total: 300, lost: 0, lostShare: 0 });
    expect(all.latencySeconds.p50).toBeCloseTo(0.01, 3);
    expect(all.latencySeconds.p99).toBeCloseTo(0.06, 2);
  });

  it('weigh response times by the requests served: the slow tenth is the p90 and the p99', () => {
    const log = new LogBuilder()
      .at(60, 'Demand', demand('bank/api', 9000, 0, FAST))
      .at(120, 'Demand', demand('bank/api', 1800, 800, SLOW))
      .end(120);
    const { p50, p90, p99 } = runRequests(log).latencySeconds;
    expect(p50).toBeLessThan(0.02);
    expect(p90).toBeGreaterThan(0.06);
    expect(p99).toBeCloseTo(4.8, 1);
  });

  it('can be those of a part of the run', () => {
    const log = new LogBuilder()
      .at(60, 'Demand', demand('bank/api', 600, 0, FAST))
      .at(120, 'Demand', demand('bank/api', 700, 70, FAST))
      .at(180, 'Demand', demand('bank/api', 800, 0, FAST))
      .end(180);
    expect(runRequests(log, { fromMs: 60_000, toMs: 120_000 })).toMatchObject({ total: 700, lost: 70 });
  });

  it('before the first ready pod do not count, unless there never is one', () => {
    const log = new LogBuilder()
      .at(60, 'Demand', { ...demand('bank/api', 0, 0), early: 600 })
      .at(60, 'Demand', { ...demand('bank/never', 0, 0), early: 50 })
      .at(120, 'Demand', demand('bank/api', 600, 0, FAST))
      .at(120, 'Demand', { ...demand('bank/never', 0, 0), early: 50 })
      .end(120);
    const { early, total, byService } = runRequests(log);
    expect({ early, total }).toEqual({ early: 600, total: 700 });
    expect(byService['bank/never']).toMatchObject({ total: 100, served: 0, lostShare: 1 });
  });

  it('are none in a log of before they were counted', () => {
    const log = new LogBuilder().at(0, 'Demand', { service: 'bank/api', requestsPerSecond: 1, readyPods: 1 }).end(60);
    const { total, lostShare, latencySeconds } = runRequests(log);
    expect({ total, lostShare, latencySeconds }).toEqual({
      total: 0,
      lostShare: 0,
      latencySeconds: { p50: null, p90: null, p99: null },
    });
  });
});

describe('a distribution known by three quantiles', () => {
  it.each([FAST, SLOW, { p50: 5, p90: 5, p99: 5 }])('has them back, to the width of its bounds: %o', (quantiles) => {
    const distribution = new LatencyDistribution();
    distribution.add(1000, survivalOf(quantiles));
    const back = distribution.quantiles();
    for (const name of ['p50', 'p90', 'p99'] as const) {
      expect((back?.[name] ?? 0) / quantiles[name]).toBeGreaterThan(0.95);
      expect((back?.[name] ?? 0) / quantiles[name]).toBeLessThan(1.05);
    }
  });
});
