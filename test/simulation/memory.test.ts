import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import { eventsOf, ON_DEMAND_POOL, onlyEvent, run } from './small-cluster.js';

const POOL = ON_DEMAND_POOL.replace('m5.large, m5.xlarge', 'm5.large');

const scenario = (traffic: string, load: string, more = '') => `traffic: { web: { noise: 0, ${traffic} } }
services:
  - deployment: app/web
    traffic: web
    databaseConnections: 10
    load: { cpuMillisecondsPerRequest: 1, ${load} }
${more}`;

const web = (resources: string) => `containers: [{ name: web, resources: { ${resources} } }]`;

describe('a pod above its memory limit', () => {
  // 300 Mi with two pods, 400 Mi and thus too much when one is left.
  const log = run({
    replicas: 2,
    nodePoolSpec: POOL,
    podSpec: web('requests: { cpu: 100m, memory: 300Mi }, limits: { memory: 350Mi }'),
    duration: '25m',
    scenario: scenario(
      'requestsPerSecond: 100',
      'idleMemory: 200Mi, memoryPerRequestPerSecond: 2Mi',
      "events: [{ at: '+10m', scale: { deployment: app/web, replicas: 1 } }]",
    ),
  });
  const restarts = eventsOf(log, 'ContainerRestarted');

  it('is OOM-killed, and restarted later each time', () => {
    expect(restarts[0]?.timeMs).toBeGreaterThan(600_000);
    expect(restarts.every(({ reason }) => reason === 'OOMKilled')).toBe(true);
    expect(restarts.slice(0, 5).map(({ restarts: nth, backoffMs }) => [nth, backoffMs / 1000])).toEqual([
      [1, 0],
      [2, 10],
      [3, 20],
      [4, 40],
      [5, 80],
    ]);
  });

  it('serves nothing meanwhile: requests are lost', () => {
    const after = eventsOf(log, 'Demand').filter(({ timeMs }) => timeMs > 660_000);
    expect(after.reduce((sum, event) => sum + (event.lost ?? 0), 0)).toBeGreaterThan(1000);
  });

  it('opens its database connections anew at each start, and all that is counted', () => {
    const { containers, databaseConnections } = summarise(analyse(log));
    expect(containers).toEqual({ restarts: restarts.length, oomKilled: restarts.length, evicted: 0 });
    const starts = eventsOf(log, 'DatabaseConnectionsOpened');
    expect(starts.length).toBeGreaterThanOrEqual(2 + restarts.length - 1);
    expect(databaseConnections).toMatchObject({ opened: 10 * starts.length, perMinute: { max: 20 } });
  });
});

describe('pods that together use more memory than their node has', () => {
  /** Beside the web pod there is one that uses the 4 GiB that it requests; an m5.large has some 7 to allocate. */
  const dense = (spike: string, duration: string) =>
    run({
      nodePoolSpec: POOL,
      podSpec: web('requests: { cpu: 500m, memory: 1Gi }'),
      moreManifests: `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cache, namespace: app }
spec:
  selector: { matchLabels: { app: cache } }
  template:
    metadata: { labels: { app: cache } }
    spec: { containers: [{ name: cache, resources: { requests: { cpu: 500m, memory: 4Gi } } }] }
`,
      duration,
      scenario: scenario(
        `requestsPerSecond: 100, spikes: [{ at: '+5m', factor: 4, decay: 1m, ${spike} }]`,
        'idleMemory: 10Mi, memoryPerRequestPerSecond: 10Mi',
      ),
    });

  it('are evicted by the kubelet when it grows slowly, and come back on another node', () => {
    const log = dense('ramp: 15m, hold: 15m', '35m');
    const evicted = onlyEvent(log, 'PodFinished');
    expect(evicted).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(evicted.pod).toMatch(/web/);
    expect(eventsOf(log, 'MemoryPressure').map(({ status }) => status)).toEqual([true, false]);
    const replacement = eventsOf(log, 'PodBound').at(-1);
    expect(replacement?.pod).toMatch(/web/);
    expect(replacement?.node).not.toBe(evicted.node);
    expect(summarise(analyse(log)).containers).toEqual({ restarts: 0, oomKilled: 0, evicted: 1 });
  });

  it('are killed by the kernel, again and again, when it grows between two looks of the kubelet', () => {
    const log = dense('ramp: 1s, hold: 15m', '15m');
    const restarts = eventsOf(log, 'ContainerRestarted');
    expect(restarts.length).toBeGreaterThan(3);
    expect(restarts.every(({ pod, reason }) => pod.includes('web') && reason === 'OOMKilled')).toBe(true);
    expect(eventsOf(log, 'PodFinished')).toEqual([]);
  });
});
