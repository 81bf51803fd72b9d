import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { eventsJsonl } from '../../src/report/events-jsonl.js';
import { nodesCsv } from '../../src/report/nodes-csv.js';
import { podsCsv } from '../../src/report/pods-csv.js';
import { timelineCsv } from '../../src/report/timeline-csv.js';
import { busyDay } from '../analysis/busy-day.js';
import { LogBuilder } from '../analysis/log-builder.js';

function rows(csv: string): Record<string, string>[] {
  return parse(csv, { columns: true });
}

const run = analyse(
  new LogBuilder()
    .managed('sys')
    .created(100, 'bank/a')
    .at(100.1, 'PodUnschedulable', { pod: 'bank/a' })
    .at(101.5, 'PodNominated', { pod: 'bank/a', target: 'x' })
    .claimed(101.5, 'x')
    .launched(104, 'x', { pricePerHour: 0.036 })
    .joined(124, 140, 'x')
    .bound(140.25, 'bank/a', 'node-x')
    .created(150, 'bank/b', 9000)
    .at(150.1, 'PodUnschedulable', { pod: 'bank/b' })
    .at(152, 'FailedScheduling', {
      pod: 'bank/b',
      code: 'no-instance-type',
      message: 'no instance type has 9 cpu',
      limited: [],
    })
    .claimed(160, 'never')
    .at(165, 'NodeClaimDeleting', { nodeClaim: 'never', node: '', by: 'insufficient-capacity' })
    .end(204),
);

describe('pods.csv', () => {
  it('has a line for each pod, its stages in seconds, and says who is still pending', () => {
    const [a, b] = rows(podsCsv(run.pods));
    expect(a).toMatchObject({
      pod: 'bank/a',
      service: 'bank/api',
      state: 'running',
      createdSeconds: '100',
      boundSeconds: '140.25',
      readySeconds: '',
      pendingSeconds: '40.25',
      node: 'node-x',
      instanceType: 'c5.large',
      waitedForNewNode: 'true',
      batchStage: '1.5',
      launchStage: '2.5',
      registerStage: '20',
      initializeStage: '16',
      bindStage: '0.25',
      readyStage: '',
    });
    expect(b).toMatchObject({
      state: 'pending',
      pendingSeconds: '54',
      failure: 'no-instance-type',
      node: '',
      waitedForNewNode: 'false',
      batchStage: '',
    });
  });
});

describe('nodes.csv', () => {
  it('has a line for each instance with its bill, and one for a NodeClaim that was never launched', () => {
    const [sys, x, never] = rows(nodesCsv(run));
    expect(sys).toMatchObject({ node: 'sys', nodePool: 'system', managed: 'true', billedSeconds: '204' });
    expect(x).toMatchObject({
      node: 'node-x',
      nodeClaim: 'x',
      capacityType: 'spot',
      pricePerHour: '0.036',
      billedSeconds: '100',
      cost: '0.001',
      reclaimed: 'false',
      cpuUtilisation: String(Math.round(((63.75 * 500) / (64 * 2000)) * 1e6) / 1e6),
    });
    expect(never).toMatchObject({ nodeClaim: 'never', reason: 'InsufficientCapacity', instanceType: '', cost: '0' });
  });
});

describe('timeline.csv', () => {
  it('has a line a minute with a column for each pool', () => {
    const lines = rows(timelineCsv(run.timeline, run.facts.startTimeMs));
    expect(lines).toHaveLength(4);
    expect(lines[3]).toEqual({
      time: '2026-07-01T00:03:00.000Z',
      seconds: '180',
      podsPending: '1',
      podsBound: '1',
      podsReady: '0',
      nodes: '2',
      'nodes.general': '1',
      'nodes.system': '1',
      costPerHour: '0.136',
      requests: '0',
      requestsLost: '0',
      requestsWaiting: '0',
      slowestP99Seconds: '0',
      databaseConnectionsOpened: '0',
      demandRequestsPerSecond: '0',
      demandCpu: '',
    });
  });
});

describe('events.jsonl', () => {
  it('has one event a line, which reads back as it was', () => {
    const log = busyDay(600);
    const text = [...eventsJsonl(log)].join('');
    expect(text.endsWith('\n')).toBe(true);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual(log);
  });
});
