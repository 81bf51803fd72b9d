import { describe, expect, it } from 'vitest';
import { runRequests } from '../../src/analysis/requests.js';
import { eventsOf, ON_DEMAND_POOL, run } from './small-cluster.js';

/** 20 core-milliseconds a request and 900 m a pod: two pods serve 90 a second. */
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
  const resources = '{ requests: { cpu: 500m, memory: 1Gi }, limits: { cpu: 900m, memory: 1Gi } }';
  return `terminationGracePeriodSeconds: ${grace}
      containers: [{ name: web, resources: ${resources} }]`;
}

describe('requests in a run', () => {
  it('are lost where pods cannot keep up, minute by minute, and not before there was a pod', () => {
    const log = run({ replicas: 2, podSpec: pod(30), scenario: traffic(120), duration: '15m30s' });
    const samples = eventsOf(log, 'Demand');
    expect(samples.at(-1)).toMatchObject({ timeMs: 930_000, requests: 3600, lost: 900, readyPods: 2 });
    expect(samples.at(-2)).toMatchObject({ requests: 7200, lost: 1800 });
    expect(samples.at(-2)?.latencySeconds?.p50).toBeCloseTo(5, 0);
    expect(samples[1]).toMatchObject({ requests: 0, lost: 0, early: 7200 });
    const { early, total, lostShare } = runRequests(log);
    expect(early + total).toBe(120 * 930);
    expect(lostShare).toBeGreaterThan(0.2);
    expect(lostShare).toBeLessThan(1 / 4);
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
    // A third of the 60/s × 20/0.9 ms in service.
    expect(lost(0)).toBeCloseTo(4 / 9, 3);
  });

  it('are lost on a node that is filled by requests and wanted by limits', () => {
    // An m5.xlarge has 4 cores; seven pods fit by request, and each would use a whole core.
    const lost = (limit: string): number => {
      const resources = `{ requests: { cpu: 500m, memory: 512Mi }, limits: { cpu: ${limit} } }`;
      const podSpec = `containers: [{ name: web, resources: ${resources} }]`;
      const nodePoolSpec = ON_DEMAND_POOL.replace('m5.large, m5.xlarge', 'm5.xlarge');
      const log = run({ replicas: 7, podSpec, nodePoolSpec, scenario: traffic(300), duration: '15m' });
      const [node, ...others] = new Set(eventsOf(log, 'PodBound').map((event) => event.node));
      expect([node, others]).toEqual([expect.any(String), []]);
      return eventsOf(log, 'Demand').at(-1)?.lost ?? 0;
    };
    // 3.9 cores are left of the node, 195 requests a second; the limits would allow 350.
    expect(lost('1')).toBeCloseTo((300 - 195) * 60, -1);
    // 7 × 500 m: the limits allow 175.
    expect(lost('500m')).toBeCloseTo((300 - 175) * 60, -1);
  });

  it('decide nothing: what is slow or lost does not move a pod or a node', () => {
    const moreManifests = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: app }
spec: { minReplicas: 1, maxReplicas: 6, scaleTargetRef: { kind: Deployment, name: web } }
`;
    const decided = (load: string) => {
      const scenario = traffic(90).replace('retries: 0', load);
      const log = run({ replicas: 1, podSpec: pod(30), scenario, duration: '20m', moreManifests });
      const lost = runRequests(log).lost;
      return { lost, events: log.filter(({ type }) => type !== 'Demand') };
    };
    const patient = decided('retries: 0, timeout: 1h');
    const hasty = decided('retries: 1, timeout: 10ms, ioTime: 2s');
    expect(patient.lost).toBe(0);
    expect(hasty.lost).toBeGreaterThan(1000);
    expect(hasty.events).toEqual(patient.events);
  });

  it('are all lost by a service whose pods never run', () => {
    const huge = 'containers: [{ name: web, resources: { requests: { cpu: 100 } } }]';
    const log = run({ podSpec: huge, scenario: traffic(10), duration: '5m' });
    expect(runRequests(log)).toMatchObject({ total: 3000, lost: 3000, lostShare: 1, early: 0 });
  });
});

describe('a batch in a work queue', () => {
  /** 216,000 requests of 20 core-milliseconds, 72 core-minutes, arrive within a minute; two pods of 900 m. */
  const batch = (more = {}) =>
    run({
      replicas: 2,
      podSpec: pod(30),
      duration: '60m',
      scenario: `traffic:
  jobs: { requestsPerSecond: 0, batches: [{ at: +10m, requests: 216000 }] }
services:
  - { deployment: app/web, traffic: jobs, workQueue: true, load: { cpuMillisecondsPerRequest: 20, idleMemory: 64Mi } }
`,
      ...more,
    });
  const endOfWork = (log: ReturnType<typeof run>): number =>
    (eventsOf(log, 'Demand').findLast(({ waiting = 0 }) => waiting > 0)?.timeMs ?? 0) / 60_000;

  it('takes work over cores: W / (P × r), and loses nothing (kubernetes.md §9.1)', () => {
    const log = batch();
    const minutes = 72 / (2 * 0.9);
    expect(endOfWork(log)).toBeGreaterThan(10 + minutes - 2);
    expect(endOfWork(log)).toBeLessThanOrEqual(10 + minutes + 1);
    expect(runRequests(log)).toMatchObject({ total: 216_000, lost: 0 });
  });

  it('keeps the pods busy until it is done, so that an autoscaler hastens it', () => {
    const moreManifests = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: app }
spec: { minReplicas: 2, maxReplicas: 8, scaleTargetRef: { kind: Deployment, name: web } }
`;
    const log = batch({ moreManifests });
    expect(Math.max(...eventsOf(log, 'ReplicasChanged').map(({ to }) => to))).toBe(8);
    expect(endOfWork(log)).toBeLessThan(30);
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

  it('go by their metrics from when the other one is changed to scale something else', () => {
    const log = run({
      replicas: 1,
      podSpec: pod(30),
      scenario: traffic(90, "events: [{ at: '+10m', apply: change.yaml }]\n"),
      duration: '20m',
      moreManifests: `${autoscaler('one')}${autoscaler('two')}`,
      files: { 'change.yaml': autoscaler('two').replace('name: web }', 'name: api }') },
    });
    const changes = eventsOf(log, 'ReplicasChanged').map(({ timeMs, to }) => [timeMs >= 600_000, to]);
    expect(changes[0]).toEqual([false, 2]);
    expect(changes.slice(1).every(([isAfter]) => isAfter)).toBe(true);
    expect(changes.at(-1)?.[1]).toBeGreaterThan(3);
  });
});
