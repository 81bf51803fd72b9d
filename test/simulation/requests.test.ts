import { describe, expect, it } from 'vitest';
import { runRequests } from '../../src/analysis/requests.js';
import { eventsOf, run } from './small-cluster.js';

/** 20 core-milliseconds a request and a core a pod: two pods serve 100 a second. */
function traffic(requestsPerSecond: number, more = ''): string {
  return `traffic:
  front: { requestsPerSecond: ${requestsPerSecond}, noise: 0 }
services:
  - deployment: app/web
    traffic: front
    load: { cpuMillisecondsPerRequest: 20, idleMemory: 64Mi, retries: 0 }
${more}`;
}

function pod(grace: number): string {
  const resources = '{ requests: { cpu: 500m, memory: 1Gi }, limits: { cpu: 1, memory: 1Gi } }';
  return `terminationGracePeriodSeconds: ${grace}
      containers: [{ name: web, resources: ${resources} }]`;
}

describe('requests in a run', () => {
  it('are lost where pods cannot keep up, minute by minute, and not before there was a pod', () => {
    const log = run({ replicas: 2, podSpec: pod(30), scenario: traffic(120), duration: '15m30s' });
    const samples = eventsOf(log, 'Demand');
    expect(samples.at(-1)).toMatchObject({ timeMs: 930_000, requests: 3600, lost: 600, readyPods: 2 });
    expect(samples.at(-2)).toMatchObject({ requests: 7200, lost: 1200 });
    expect(samples.at(-2)?.latencySeconds?.p50).toBeCloseTo(5, 0);
    expect(samples[1]).toMatchObject({ requests: 0, lost: 0, early: 7200 });
    const { early, total, lostShare } = runRequests(log);
    expect(early + total).toBe(120 * 930);
    expect(lostShare).toBeGreaterThan(0.1);
    expect(lostShare).toBeLessThan(1 / 6);
  });

  it('of a pod that is killed are lost, of one that stops in its own time they are not', () => {
    const events = 'events:\n  - { at: +10m, scale: { deployment: app/web, replicas: 2 } }';
    const lost = (grace: number): number => {
      const log = run({ replicas: 3, podSpec: pod(grace), scenario: traffic(60, events), duration: '12m' });
      return eventsOf(log, 'Demand')
        .filter(({ timeMs }) => timeMs > 600_000)
        .reduce((sum, event) => sum + (event.lost ?? 0), 0);
    };
    expect(lost(30)).toBe(0);
    // A third of the 60/s × 20 ms in service.
    expect(lost(0)).toBeCloseTo(0.4, 6);
  });

  it('are all lost by a service whose pods never run', () => {
    const huge = 'containers: [{ name: web, resources: { requests: { cpu: 100 } } }]';
    const log = run({ podSpec: huge, scenario: traffic(10), duration: '5m' });
    expect(runRequests(log)).toMatchObject({ total: 3000, lost: 3000, lostShare: 1, early: 0 });
  });
});

describe('autoscalers in a run', () => {
  const autoscaler = (name: string): string => `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: ${name}, namespace: app }
spec: { minReplicas: 2, maxReplicas: 6, scaleTargetRef: { kind: Deployment, name: web } }
`;
  const sizes = (...names: readonly string[]): readonly number[] => {
    const moreManifests = names.map(autoscaler).join('');
    const log = run({ replicas: 1, podSpec: pod(30), scenario: traffic(90), duration: '10m', moreManifests });
    return eventsOf(log, 'ReplicasChanged').map(({ to }) => to);
  };

  it('follow the load', () => {
    expect(sizes('one').at(-1)).toBeGreaterThan(3);
  });

  it('keep to their bounds and do no more where two scale the same Deployment', () => {
    expect(sizes('one', 'two')).toEqual([2]);
  });
});
