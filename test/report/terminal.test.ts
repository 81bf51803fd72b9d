import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import { answer, type Story } from '../../src/report/terminal/answer.js';
import { dollars, duration, moment, percent, span, whole } from '../../src/report/terminal/figures.js';
import { sparkline } from '../../src/report/terminal/sparkline.js';
import { wrap } from '../../src/report/terminal/wrap.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { busyDay } from '../analysis/busy-day.js';
import { LogBuilder } from '../analysis/log-builder.js';

const NOON_SPIKE = { fromMs: 42_600_000, toMs: 46_800_000 };

function print(log: EventLog, story: Story, level: 0 | 1 = 0): string {
  const run = analyse(log);
  return answer(run, summarise(run), story, new Chalk({ level }));
}

describe('a figure', () => {
  it('has a unit and no more digits than mean something', () => {
    expect([0, 0.04, 44.64, 99.94, 99.96, 125, 2712, 3599.6, 4320].map(duration)).toEqual([
      '0.0s',
      '0.0s',
      '44.6s',
      '99.9s',
      '1m40s',
      '2m05s',
      '45m',
      '1h00m',
      '1h12m',
    ]);
    expect(duration(null)).toBe('–');
    expect([0, 0.0042, 0.192, 41.234, 1234.5, -2.5].map(dollars)).toEqual([
      '$0.00',
      '$0.0042',
      '$0.1920',
      '$41.23',
      '$1,235',
      '-$2.50',
    ]);
    expect([0, 0.0123, 0.0996, 0.614, 1].map(percent)).toEqual(['0 %', '1.2 %', '10 %', '61 %', '100 %']);
    expect([0, 999, 1000, 1234567].map(whole)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([86_400, 5400, 45.5].map(span)).toEqual(['24 h', '90 min', '45.5 s']);
    expect(moment(Date.UTC(2026, 6, 3, 9, 5))).toBe('Fri 09:05');
  });
});

describe('a sparkline', () => {
  it('scales from 0 to the peak', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 9)).toBe('▁▂▃▄▅▆▇██');
  });

  it('keeps a peak of one sample visible in a long row', () => {
    const samples = Array<number>(1440).fill(1);
    samples[700] = 80;
    const line = sparkline(samples, 72);
    expect(line).toHaveLength(72);
    expect(line.indexOf('█')).toBe(35);
  });

  it('is flat when nothing happens, and no longer than its samples', () => {
    expect(sparkline([0, 0, 0], 72)).toBe('▁▁▁');
    expect(sparkline([], 72)).toBe('');
  });
});

describe('wrapping', () => {
  it('breaks at spaces and keeps a long word whole', () => {
    expect(wrap('one two three abcdefghijklmno four', 12, '- ', '  ')).toBe(
      '- one two\n  three\n  abcdefghijklmno\n  four',
    );
  });
});

describe('the printed answer', () => {
  const log = busyDay(400);
  const stories: readonly Story[] = [
    { story: 'traffic-spike', window: NOON_SPIKE },
    { story: 'traffic-spike' },
    { story: 'underutilization' },
    { story: 'underutilization', window: NOON_SPIKE },
    { story: 'none' },
  ];

  it('fits 100 columns, whatever the story', () => {
    for (const story of stories) {
      for (const line of print(log, story).split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
    }
  });

  it('has no control characters without colour, and the same text with it', () => {
    const plain = print(log, { story: 'none' });
    const coloured = print(log, { story: 'none' }, 1);
    expect(plain).not.toContain('\u001b');
    expect(coloured).toContain('\u001b');
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  });

  it('prints the six steps for the spike and for the day, and where the 30 s claim stands', () => {
    const text = print(log, { story: 'traffic-spike', window: NOON_SPIKE });
    for (const step of [
      '1 pod pending',
      '2 Karpenter trigger',
      '3 instance selection',
      '4 node provisioning',
      '5 pod scheduling',
      '6 complete',
    ]) {
      expect(text).toContain(step);
    }
    expect(text).toContain('spike 11:50–13:00');
    expect(text).toContain('whole run, 24 h');
    expect(text.replace(/\s+/g, ' ')).toMatch(/"Nodes ready in under 30 s": 0 of 50 new nodes in this run \(0 %\)/);
  });

  it('prints the five steps, the cost rate before and after, and that there is no threshold', () => {
    const text = print(log, { story: 'underutilization' });
    for (const step of [
      '1 underutilization',
      '2 opportunity',
      '3 bin packing',
      '4 node termination',
      '5 savings',
      'There is no utilisation threshold in these policies',
    ]) {
      expect(text).toContain(step);
    }
    expect(text).toMatch(/before \$[\d.]+ an hour, \d+ nodes? \(Fri \d\d:\d\d\); after \$[\d.]+ an hour/);
  });

  it('prints every note', () => {
    expect(print(log, { story: 'none' })).toMatch(/Notes\n {2}- 13 of the 213 measured node launches/);
  });

  it('has something to say about a run in which nothing happened', () => {
    const log = new LogBuilder().end(90);
    for (const story of stories) {
      const text = print(log, story);
      expect(text).not.toMatch(/NaN|undefined|Infinity|null/);
    }
    expect(print(log, { story: 'traffic-spike' })).toContain('this run started no node');
    expect(print(log, { story: 'underutilization' })).toContain('0 nodes removed by 0 commands');
  });
});

describe('what happened to containers, connections and Jobs', () => {
  const lines = (log: EventLog): string[] =>
    print(log, { story: 'none' })
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^(containers|database|jobs) /.test(line));

  it('has a line each where there is something to tell', () => {
    const log = new LogBuilder()
      .managed('m')
      .created(0, 'bank/a-1', 500, 1, 'bank/a')
      .at(10, 'DatabaseConnectionsOpened', { service: 'bank/a', pod: 'bank/a-1', connections: 10 })
      .at(20, 'DatabaseConnectionsOpened', { service: 'bank/a', pod: 'bank/a-1', connections: 10 })
      .at(15, 'ContainerRestarted', { pod: 'bank/a-1', node: 'm', reason: 'OOMKilled', restarts: 1, backoffMs: 0 })
      .at(30, 'PodFinished', { pod: 'bank/a-1', node: 'm', phase: 'Failed', reason: 'Evicted' })
      .at(60, 'JobCreated', { job: 'bank/j', cronJob: '' })
      .at(180, 'JobFinished', { job: 'bank/j', result: 'Complete', reason: '', succeeded: 1, failed: 0 })
      .at(200, 'CronJobSkipped', { cronJob: 'bank/c', reason: 'JobAlreadyActive' })
      .end(600);
    expect(lines(log)).toEqual([
      'containers  1 restart, 1 OOM-killed; 1 pod evicted for want of memory',
      'database    20 connections opened by a: 2 a minute on average, 20 at most',
      'jobs        1 created, 1 complete in 2m00s (p50), 2m00s at most; 1 run of CronJobs skipped',
    ]);
  });

  it('has none of them where there is not', () => {
    expect(lines(new LogBuilder().managed('m').end(600))).toEqual([]);
  });
});
