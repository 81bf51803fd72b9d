import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import type { TrafficSpec } from '../../src/workload/service-load.js';
import { complaints, load, SCENARIO, spec } from './scenario-fixture.js';

/** The scenario with another curve; the service takes half of its requests. */
function files(curve: string, trace = TRACE): Readonly<Record<string, string>> {
  return {
    'test.yaml': SCENARIO.replace('web: { requestsPerSecond: 100, noise: 0 }', `web: ${curve}`),
    'traces/t.csv': trace,
  };
}

const MINUTE = 60_000;
/** Seven hours from 05:00 of 1 July, a row every half hour: 0, 10, … 140. */
const TRACE = [
  'timestamp,rps',
  ...Array.from({ length: 15 }, (_, i) => `${new Date(Date.UTC(2020, 6, 1, 5, i * 30)).toISOString()},${i * 10}`),
].join('\n');

function traffic(curve: string, trace?: string): TrafficSpec {
  const service = spec(files(curve, trace)).services[0];
  if (service === undefined) throw new Error('no service');
  return service.traffic;
}

/** Mistakes without the place, which is always the scenario's curve, and remarks. */
function said(curve: string, trace?: string): readonly string[] {
  const { problems, spec: loaded } = load(files(curve, trace));
  return problems === undefined
    ? loaded.notes
    : problems.map(({ path, message, expected }) => `${path} ${message} (${expected ?? ''})`);
}

describe('shapes of a curve', () => {
  it('have flash-crowd presets, whose parts may be given', () => {
    const { spikes } = traffic(
      "{ requestsPerSecond: 1, spikes: [{ at: '07:00', preset: severe }, { at: +2h, preset: push-notification, factor: 9 }] }",
    );
    expect(spikes).toEqual([
      { startMs: 60 * MINUTE, factor: 5.5, rampMs: 60 * MINUTE, holdMs: 60 * MINUTE, decayMs: 60 * MINUTE },
      { startMs: 120 * MINUTE, factor: 9, rampMs: MINUTE, holdMs: 3 * MINUTE, decayMs: 10 * MINUTE },
    ]);
  });

  it('have a payday with defaults, and days of the month', () => {
    const { payday, daysOfMonth } = traffic(
      '{ requestsPerSecond: 1, payday: { days: [15, last], rest: 1.5 }, daysOfMonth: salary-plateau }',
    );
    expect(payday).toEqual({ days: [15, 31], morning: 2, rest: 1.5, dayAfter: 1.3, monthEnd: 1.2 });
    expect(daysOfMonth).toHaveLength(31);
    expect([daysOfMonth?.[0], daysOfMonth?.[4], daysOfMonth?.[13], daysOfMonth?.[14]]).toEqual([0.54, 1.9, 1.92, 0.57]);
    expect(traffic('{ requestsPerSecond: 1 }').payday).toBeUndefined();
  });

  it('have batches, of which a service takes its share', () => {
    const { batches, baseRps } = traffic(
      "{ requestsPerSecond: 4, batches: [{ at: '09:00', requests: 6000, over: 2m }] }",
    );
    expect(batches).toEqual([{ startMs: 180 * MINUTE, overMs: 2 * MINUTE, requests: 3000 }]);
    expect(baseRps).toBe(2);
  });

  it.each([
    ['{ noise: 0 }', 'traffic.web'],
    ['{ requestsPerSecond: 1, trace: { file: traces/t.csv } }', 'traffic.web'],
    ['{ trace: { file: traces/t.csv, peak: 5, scale: 2 } }', 'one of scale, peak, mean'],
    ['{ trace: { file: traces/t.csv, speed: 0 } }', 'a number above 0'],
    ['{ trace: { file: traces/t.csv, columns: { rate: a, count: b } } }', 'rate or count, not both'],
    ['{ requestsPerSecond: 1, spikes: [{ at: +1h, factor: 2 }] }', 'factor, ramp, hold and decay, or preset'],
    ['{ requestsPerSecond: 1, payday: { days: [32] } }', 'a day of the month from 1 to 31, or last'],
    ['{ requestsPerSecond: 1, batches: [{ at: +7h, requests: 1 }] }', '+7h is outside the run'],
  ])('are refused when they contradict themselves: %s', (curve, expected) => {
    expect(said(curve).join()).toContain(expected);
  });
});

describe('a work queue', () => {
  const service = (more: string, load = ''): Readonly<Record<string, string>> => ({
    'test.yaml': SCENARIO.replace('share: 0.5', `share: 0.5\n    ${more}`).replace('100Mi }', `100Mi${load} }`),
  });

  it('has no timeout and no retries', () => {
    expect(spec(service('workQueue: true')).services[0]?.requests).toEqual({
      ioMs: 0,
      timeoutMs: Infinity,
      retryShare: 0,
    });
    expect(complaints(service('workQueue: true', ', retries: 0.1'))).toEqual([
      expect.stringContaining('services[0]') as unknown,
    ]);
  });
});

describe('a trace in a scenario', () => {
  it('replays from the start of the run, without noise of its own, for each service in its share', () => {
    const { trace, baseRps, noiseSigma } = traffic('{ trace: { file: traces/t.csv } }');
    expect([trace?.timesMs[1], trace?.rates[1]]).toEqual([30 * MINUTE, 10]);
    expect([baseRps, noiseSigma]).toEqual([0.5, 0]);
    expect(traffic('{ trace: { file: traces/t.csv }, noise: 0.1 }').noiseSigma).toBe(0.1);
  });

  it('is cut, placed, sped up and scaled', () => {
    const { trace } = traffic(
      "{ trace: { file: traces/t.csv, from: 2020-07-01T06:00:00Z, to: +2h, at: '07:00', speed: 0.5, peak: 400 } }",
    );
    expect([...(trace?.timesMs ?? [])].map((ms) => ms / MINUTE)).toEqual([60, 120, 180]);
    expect([...(trace?.rates ?? [])]).toEqual([200, 300, 400]);
  });

  it('has its gaps told, and where it does not cover the run', () => {
    const gap = TRACE.replace(/^.*T07:30.*\n.*T08:00.*\n/m, '');
    const long = `${gap}\n${Array.from({ length: 20 }, (_, i) => `${new Date(Date.UTC(2020, 6, 1, 12, 30 + i * 30)).toISOString()},1`).join('\n')}`;
    expect(said('{ trace: { file: traces/t.csv } }', long)).toEqual([
      'traces/t.csv has a gap, bridged by straight lines: 3600 s before line 7 (from 2020-07-01T07:30:00Z).',
    ]);
    expect(said("{ trace: { file: traces/t.csv, from: +1h, to: +3h, at: '07:00' } }")).toEqual([
      'traces/t.csv begins at 2026-03-27T07:00:00Z of the run; until then its first rate holds.',
      'traces/t.csv ends at 2026-03-27T09:00:00Z of the run; from then on its last rate holds.',
    ]);
  });

  it.each([
    ['file: traces/none.csv', 'traffic.web.trace.file cannot read traces/none.csv: no such file (a readable CSV file)'],
    ['file: traces/t.csv, from: +1h, to: +30m', 'traffic.web.trace.to the part of the trace ends before it begins'],
    ['file: traces/t.csv, from: 2021-01-01T00:00:00Z', 'which runs from 2020-07-01T05:00:00Z to 2020-07-01T12:00:00Z'],
    ['file: traces/t.csv, from: 2020-06-31T00:00:00Z', 'traffic.web.trace.from 2020-06-31T00:00:00Z does not exist'],
    ["file: traces/t.csv, at: '13:00'", 'traffic.web.trace.at 13:00 is outside the run'],
    ['file: traces/t.csv, from: noon', 'a time of the trace such as 1998-07-08T18:00:00Z'],
  ])('is refused where there is nothing to replay: { %s }', (trace, expected) => {
    expect(said(`{ trace: { ${trace} } }`).join()).toContain(expected);
  });

  it('that counts seconds takes offsets, not times', () => {
    const seconds = 'offset_seconds,requests\n0,10\n60,20\n120,30\n180,40\n';
    expect(traffic('{ trace: { file: traces/t.csv, from: +30s } }', seconds).trace?.rates).toHaveLength(3);
    expect(said('{ trace: { file: traces/t.csv, from: 2020-07-01T06:00:00Z } }', seconds)[0]).toContain(
      'the trace counts seconds from its own beginning (an offset such as +2h, in a trace that runs from +30s to +210s)',
    );
  });

  it('has the mistakes of its file told with file, line and column, the first twenty of them', () => {
    const bad = ['time,rps', ...Array.from({ length: 30 }, (_, i) => `${i},-1`)].join('\n');
    const lines = complaints(files('{ trace: { file: traces/t.csv } }', bad));
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe('dir/traces/t.csv:2:3  -1 requests are less than none');
    expect(lines[20]).toContain('10 more problems in this file');
  });
});

describe('the flash crowd', () => {
  it('is the semi-final evening of the shipped trace, at the level of the bank', () => {
    const { spec: loaded } = loadScenario({ file: 'scenarios/flash-crowd.yaml', catalogue: pricingDataCatalogue() });
    const trace = loaded?.services[0]?.traffic.trace;
    const rows = readFileSync('scenarios/traces/worldcup98-requests-per-minute.csv', 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    expect(rows).toHaveLength(20_160);
    const busiest = rows.reduce((a, b) => (Number(b.split(',')[1]) > Number(a.split(',')[1]) ? b : a));
    expect(busiest).toBe('1998-07-07T21:41:00Z,229426');
    const peak = Math.max(...(trace?.rates ?? []));
    expect(peak).toBeCloseTo(1000);
    const at = (trace?.timesMs[trace.rates.indexOf(peak)] ?? 0) + (loaded?.startTimeMs ?? 0);
    expect(new Date(at).toISOString()).toBe('2026-07-07T21:41:00.000Z');
    expect(loaded?.notes.join()).not.toContain('first rate holds');
  });
});
