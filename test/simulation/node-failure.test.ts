import { describe, expect, it } from 'vitest';
import { nodeHistories } from '../../src/analysis/node-history.js';
import { withBaseline } from '../../src/scenario/with-baseline.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';
import { eventsOf, ON_DEMAND_POOL, onlyEvent, run, smallSpec } from './small-cluster.js';

/** Two pods on a node each, 100 requests a second. */
const failing = (failure: string) =>
  run({
    replicas: 2,
    podSpec: 'containers: [{ name: web, resources: { requests: { cpu: 1500m, memory: 1Gi } } }]',
    nodePoolSpec: ON_DEMAND_POOL.replace('m5.large, m5.xlarge', 'm5.large'),
    duration: '25m',
    scenario: `traffic: { web: { requestsPerSecond: 100, noise: 0 } }
services:
  - deployment: app/web
    traffic: web
    load: { cpuMillisecondsPerRequest: 2, idleMemory: 200Mi }
events: [{ at: '+10m', failNode: { node: general, failure: ${failure} } }]
`,
  });

describe('a node of a baseline that dies', () => {
  it.each(['static', 'cluster-autoscaler'] as const)('takes its pods with it, and they come back: %s', (kind) => {
    const spec = smallSpec({
      replicas: 6,
      zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
      scenario: "events: [{ at: '+10m', failNode: { node: general } }]\n",
    });
    const { log } = simulate(withBaseline(spec, kind), { simulatorVersion: 'test' });
    const { node } = onlyEvent(log, 'NodeFailed');
    expect(onlyEvent(log, 'NodeDeleted').node).toBe(node);
    const lost = eventsOf(log, 'PodDeleting').filter(({ by }) => by === 'garbage-collection');
    expect(lost.length).toBeGreaterThan(0);
    expect(eventsOf(log, 'PodReady')).toHaveLength(6 + lost.length);
  });
});

describe('a node of a group that nobody scales', () => {
  const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
  const groups = 'managedNodeGroups: [{ name: system, instanceType: m5.large, count: 2 }]\n';
  const joined = (log: EventLog) => eventsOf(log, 'ManagedNodeJoined');

  it('is replaced where there is capacity, a health check and a start later, and billed from its launch', () => {
    const log = run({
      zones,
      duration: '20m',
      scenario: `${groups}events:
  - { at: +5m, failZone: us-east-1a }
  - { at: +5m, exhaust: { zone: us-east-1a, duration: 1h } }
`,
    });
    const [first, second, replacement] = joined(log);
    expect([first?.zone, second?.zone, replacement?.zone]).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
    expect(replacement).toMatchObject({ nodePool: 'system', instanceType: 'm5.large', replaces: first?.node });
    const launchedMs = replacement?.timeMs ?? 0;
    expect(launchedMs).toBeGreaterThan(303_000);
    expect(launchedMs).toBeLessThan(375_000);
    const ready = eventsOf(log, 'NodeReady').find(({ node }) => node === replacement?.node);
    expect((ready?.timeMs ?? 0) - launchedMs).toBeGreaterThan(10_000);
    const history = nodeHistories(log).find(({ node }) => node === replacement?.node);
    expect(history).toMatchObject({ managed: true, readyMs: ready?.timeMs, instance: { launchedMs } });
  });

  it('waits for capacity', () => {
    const log = run({
      zones,
      duration: '20m',
      scenario: `${groups}events:
  - { at: +5m, exhaust: { instanceType: m5.large, duration: 5m } }
  - { at: +5m, failNode: { node: system } }
`,
    });
    expect(joined(log)[2]?.timeMs).toBeGreaterThan(600_000);
    expect(joined(log)[2]?.timeMs).toBeLessThan(660_000);
    expect(eventsOf(log, 'LaunchFailed').filter(({ nodePool }) => nodePool === 'system').length).toBeGreaterThan(3);
  });

  it('keeps its instance when it merely is not heard of: EC2 sees nothing wrong with that', () => {
    const log = run({
      zones,
      duration: '20m',
      scenario: `${groups}events: [{ at: +5m, failNode: { node: system, failure: unreachable } }]\n`,
    });
    expect(eventsOf(log, 'NodeUnreachable')).toHaveLength(1);
    expect(joined(log)).toHaveLength(2);
  });

  it.each(['static', 'cluster-autoscaler'] as const)('is replaced in a baseline, too: %s', (kind) => {
    const spec = smallSpec({ replicas: 6, zones, scenario: "events: [{ at: '+10m', failNode: { node: general } }]\n" });
    const { log } = simulate(withBaseline(spec, kind), { simulatorVersion: 'test' });
    const alive = (timeMs: number) =>
      nodeHistories(log).filter(
        ({ instance, terminatingMs = Infinity }) =>
          (instance?.launchedMs ?? Infinity) <= timeMs && terminatingMs > timeMs,
      ).length;
    expect(alive(610_000)).toBe(alive(599_000) - 1);
    expect(alive(720_000)).toBe(alive(599_000));
  });
});

describe('a node that dies under traffic', () => {
  const log = failing('instance-gone');
  const failedMs = onlyEvent(log, 'NodeFailed').timeMs;
  const unreachableMs = onlyEvent(log, 'NodeUnreachable').timeMs;

  it('is called unreachable 40 to 55 s later', () => {
    expect(unreachableMs - failedMs).toBeGreaterThan(40_000);
    expect(unreachableMs - failedMs).toBeLessThanOrEqual(55_000);
  });

  it('costs its share of the requests until then, but for those that are tried again elsewhere', () => {
    const lost = eventsOf(log, 'Demand').reduce((sum, event) => sum + (event.lost ?? 0), 0);
    const sent = ((unreachableMs - failedMs) / 1000) * 50;
    // Three in ten are tried again a second later, and half of those reach the pod that lives.
    expect(lost).toBeGreaterThan(0.65 * sent);
    expect(lost).toBeLessThan(0.85 * sent);
  });

  it('leaves the service with one pod until its pods are collected, and then with two', () => {
    const ready = (minute: number) =>
      eventsOf(log, 'Demand').find(({ timeMs }) => timeMs === minute * 60_000)?.readyPods;
    expect([9, 11, 24].map(ready)).toEqual([2, 1, 2]);
    const collected = eventsOf(log, 'PodDeleting').filter(({ by }) => by === 'garbage-collection');
    expect(collected).toHaveLength(1);
    expect((collected[0]?.timeMs ?? 0) - failedMs).toBeGreaterThan(75_000);
    expect((collected[0]?.timeMs ?? 0) - failedMs).toBeLessThan(140_000);
  });
});

describe('a zone that fails', () => {
  it('takes every node in it at once, and those elsewhere live on', () => {
    const log = run({
      duration: '20m',
      replicas: 6,
      podSpec: `topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: web } } }
      containers: [{ name: web, resources: { requests: { cpu: 1, memory: 1Gi } } }]`,
      scenario: `events:
  - { at: +10m, failZone: us-east-1b }
`,
      zones: ['us-east-1a', 'us-east-1b'],
    });
    const zoneOf = new Map(eventsOf(log, 'NodeClaimLaunched').map(({ nodeClaim, zone }) => [nodeClaim, zone]));
    const failed = eventsOf(log, 'NodeFailed');
    expect(failed.length).toBeGreaterThan(0);
    expect(new Set(failed.map(({ nodeClaim, timeMs }) => `${zoneOf.get(nodeClaim) ?? ''} ${timeMs}`))).toEqual(
      new Set(['us-east-1b 600000']),
    );
    expect([...zoneOf.values()]).toContain('us-east-1a');
  });
});
