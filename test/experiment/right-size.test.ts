import { describe, expect, it } from 'vitest';
import { podUsage } from '../../src/analysis/pod-usage.js';
import { rightSized } from '../../src/experiment/right-size.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import type { PodUsage } from '../../src/workload/pod-usage.js';
import { APP, spec } from '../scenario/scenario-fixture.js';

const MI = 2 ** 20;
const HPA = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: app }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  maxReplicas: 9
  metrics:
    - { type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }
`;
const given = spec({ 'app.yaml': APP + HPA });
const uses = (cpuMilli: number, memoryMi: number): ReadonlyMap<string, PodUsage> =>
  new Map([['app/web', { cpuMilli, memoryBytes: memoryMi * MI, samples: 9 }]]);

describe('right-sized requests', () => {
  it('are what pods use and 15 %, in whole milli-CPU and MiB', () => {
    const { cluster } = rightSized(given, uses(101, 100));
    expect(cluster.deployments[0]?.template.spec.containers[0]?.requests).toMatchObject({ cpu: 117, memory: 115 * MI });
  });

  it('leave the autoscaler its target in cores, so that there are as many pods', () => {
    const target = (cpuMilli: number) => {
      const { cluster } = rightSized(given, uses(cpuMilli, 100));
      const [metric] = cluster.horizontalPodAutoscalers[0]?.metrics ?? [];
      const request = cluster.deployments[0]?.template.spec.containers[0]?.requests['cpu'] ?? 0;
      return metric?.target.type === 'Utilization' ? (metric.target.averageUtilization / 100) * request : NaN;
    };
    // 70 % of the 250m that the manifest requests, up to half a per cent of the new request.
    expect(target(100)).toBeCloseTo(175, -0.5);
    expect(target(220)).toBeCloseTo(175, -0.5);
  });

  it('grow where pods use more than they ask for, up to their limit', () => {
    const limited = spec({ 'app.yaml': APP.replace('requests:', 'limits: { cpu: 300m }, requests:') });
    const { cluster } = rightSized(limited, uses(400, 400));
    expect(cluster.deployments[0]?.template.spec.containers[0]?.requests).toMatchObject({ cpu: 300, memory: 460 * MI });
  });

  it('change nothing where usage is not known', () => {
    expect(rightSized(given, new Map()).cluster).toEqual(given.cluster);
  });
});

describe('usage of pods in a run', () => {
  it('is the share of each ready pod in the demand, no more CPU than its limit', () => {
    const demand = (timeMs: number, requestsPerSecond: number, readyPods: number) =>
      ({ type: 'Demand', seq: 0, timeMs, service: 'app/web', requestsPerSecond, readyPods }) as const;
    const log = [demand(0, 100, 0), demand(1, 100, 2), demand(2, 200, 2)] as unknown as EventLog;
    // 20m idle and 10 core-ms a request; 100 Mi idle.
    const free = podUsage(log, given.services, new Map()).get('app/web');
    expect(free).toEqual({ cpuMilli: 520 + 0.9 * 500, memoryBytes: 100 * MI, samples: 2 });
    expect(podUsage(log, given.services, new Map([['app/web', 600]])).get('app/web')?.cpuMilli).toBe(520 + 0.9 * 80);
  });
});
