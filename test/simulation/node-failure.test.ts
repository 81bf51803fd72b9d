import { describe, expect, it } from 'vitest';
import { withBaseline } from '../../src/scenario/with-baseline.js';
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
