import { describe, expect, it } from 'vitest';
import { Autoscaler, type AutoscalerDecision } from '../../src/kubernetes/autoscaling/autoscaler.js';
import type { MeasuredPod } from '../../src/kubernetes/autoscaling/pod-metrics.js';
import type {
  HorizontalPodAutoscaler,
  ResourceMetric,
  ScalingRules,
} from '../../src/kubernetes/horizontal-pod-autoscaler.js';
import { MI, node, readyCondition, runningPod } from './objects.js';

const DAY = 86_400_000;

const cpu = (averageUtilization: number): ResourceMetric => ({
  resource: 'cpu',
  target: { type: 'Utilization', averageUtilization },
});
const memory: ResourceMetric = { resource: 'memory', target: { type: 'Utilization', averageUtilization: 80 } };

const UP: ScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DOWN: ScalingRules = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

function autoscaler(change: Partial<HorizontalPodAutoscaler> = {}): Autoscaler {
  return new Autoscaler({
    metadata: node('web').metadata,
    scaleTargetRef: { kind: 'Deployment', name: 'web' },
    minReplicas: 1,
    maxReplicas: 60,
    metrics: [cpu(60)],
    ...change,
  });
}

interface Load {
  readonly cpu?: number;
  readonly memory?: number;
  readonly measured?: boolean;
  readonly ready?: boolean;
}

/** Pods of 500m and 512 MiB that have run for a day. */
function pods(count: number, load: Load = {}): MeasuredPod[] {
  return Array.from({ length: count }, (_, i) => ({
    pod: runningPod(`p${i}-${(load.ready ?? true) ? 'ready' : 'booting'}`, 'n', {
      requests: { cpu: 500, memory: 512 * MI },
      status:
        (load.ready ?? true)
          ? { startTimeMs: -DAY, conditions: [readyCondition(-DAY)] }
          : { startTimeMs: -20_000, conditions: [] },
    }),
    metrics:
      (load.measured ?? true)
        ? { usage: { cpu: load.cpu ?? 0, memory: (load.memory ?? 0) * MI }, timestampMs: 0, windowMs: 15_000 }
        : undefined,
  }));
}

function decide(
  all: readonly MeasuredPod[],
  hpa = autoscaler(),
  nowMs = 15_000,
  replicas = all.length,
): AutoscalerDecision {
  return hpa.sync({ specReplicas: replicas, statusReplicas: all.length, pods: all }, nowMs);
}

/** What the metrics ask for, before any limit: no history, and room to move. */
function proposal(all: readonly MeasuredPod[], metrics: readonly ResourceMetric[] = [cpu(60)]): number {
  const free: ScalingRules = { ...UP, policies: [{ type: 'Pods', value: 1000, periodSeconds: 15 }] };
  const behavior = { scaleUp: free, scaleDown: { ...DOWN, stabilizationWindowSeconds: 0 } };
  return decide(all, autoscaler({ metrics, behavior })).replicas;
}

describe('the replicas that cpu asks for (kubernetes.md §3.3)', () => {
  it('example 13: 90 % of a target of 60 % takes 6 pods to 9', () => {
    expect(proposal(pods(6, { cpu: 450 }))).toBe(9);
  });

  it.each([
    [64, 10],
    [66, 10],
    [67, 12],
    [30, 5],
  ])('example 14: utilisation %i %% of 60 %% on 10 pods asks for %i', (percent, replicas) => {
    expect(proposal(pods(10, { cpu: percent * 5 }))).toBe(replicas);
  });

  it('example 15: pods that boot count as idle when the others call for more', () => {
    expect(proposal([...pods(7, { cpu: 450 }), ...pods(3, { ready: false, cpu: 500 })])).toBe(10);
  });

  it('example 16: keeps the size when counting the booting pods turns the direction round', () => {
    expect(proposal([...pods(4, { cpu: 480 }), ...pods(6, { ready: false, cpu: 500 })])).toBe(10);
  });

  it('example 17: pods without metrics count as busy when the others call for less', () => {
    expect(proposal([...pods(8, { cpu: 200 }), ...pods(2, { measured: false })])).toBe(9);
  });

  it('counts a young pod only from measurements taken since it became ready', () => {
    const young = (readyMs: number): MeasuredPod[] =>
      pods(4, { cpu: 500 }).map(({ pod, metrics }) => ({
        pod: { ...pod, status: { ...pod.status, startTimeMs: -60_000, conditions: [readyCondition(readyMs)] } },
        metrics,
      }));
    expect(proposal(young(-15_000))).toBe(7);
    const decision = decide(young(-14_000));
    expect(decision.replicas).toBe(4);
    expect(decision.error).toContain('did not receive metrics');
  });

  it('ignores pods that are being deleted', () => {
    const leaving = pods(2, { cpu: 500 }).map(({ pod, metrics }) => ({
      pod: { ...pod, metadata: { ...pod.metadata, deletionTimeMs: 1 } },
      metrics,
    }));
    expect(proposal([...pods(4, { cpu: 300 }), ...leaving])).toBe(6);
  });
});

describe('several metrics', () => {
  it('take the largest proposal', () => {
    expect(proposal(pods(4, { cpu: 150, memory: 490 }), [cpu(60), memory])).toBe(5);
  });

  it('with a failed one may scale up but not down', () => {
    const withoutRequest = (load: Load): MeasuredPod[] =>
      pods(4, load).map(({ pod, metrics }) => ({
        pod: {
          ...pod,
          spec: { ...pod.spec, containers: [{ name: 'app', requests: { memory: 512 * MI }, limits: {}, ports: [] }] },
        },
        metrics,
      }));
    const hpa = (): Autoscaler => autoscaler({ metrics: [cpu(60), memory] });
    expect(decide(withoutRequest({ memory: 490 }), hpa()).replicas).toBe(5);
    const down = decide(withoutRequest({ memory: 100 }), hpa());
    expect(down.replicas).toBe(4);
    expect(down.status.conditions.ScalingActive).toEqual({ status: false, reason: 'FailedGetResourceMetric' });
    expect(down.error).toContain('missing request for cpu in container app of Pod');
  });
});

describe('limits and stabilisation (kubernetes.md §3.4)', () => {
  /** Sizes from sync to sync, every 15 s, while the load asks for more than 60 pods. */
  function ramp(start: number, behavior: HorizontalPodAutoscaler['behavior']): number[] {
    const hpa = autoscaler({ behavior });
    const sizes: number[] = [];
    let size = start;
    for (let sync = 1; size < 60 && sync < 20; sync++) {
      const load = pods(size, { cpu: 50_000 });
      // Syncs lie 15 s and a bit apart, so that the last change is out of the policies' period.
      size = decide(load, hpa, sync * 15_100).replicas;
      sizes.push(size);
    }
    return sizes;
  }

  it('example 18: without behavior the size at most doubles, or becomes 4', () => {
    expect(ramp(3, undefined)).toEqual([6, 12, 24, 48, 60]);
    expect(ramp(1, undefined)).toEqual([4, 8, 16, 32, 60]);
  });

  it('example 18: with the default behavior it doubles or grows by 4', () => {
    expect(ramp(3, { scaleUp: UP, scaleDown: DOWN })).toEqual([7, 14, 28, 56, 60]);
    expect(ramp(1, { scaleUp: UP, scaleDown: DOWN })).toEqual([5, 10, 20, 40, 60]);
  });

  it('goes to the bounds at once, without asking the metrics', () => {
    expect(decide(pods(70), autoscaler()).replicas).toBe(60);
    expect(decide(pods(1), autoscaler({ minReplicas: 5 })).replicas).toBe(5);
  });

  it('does nothing for a target of 0 replicas', () => {
    const decision = decide([], autoscaler());
    expect(decision.replicas).toBe(0);
    expect(decision.status.conditions.ScalingActive).toEqual({ status: false, reason: 'ScalingDisabled' });
  });

  it('without behavior keeps the highest proposal of the last five minutes; one exactly that old still counts', () => {
    const hpa = autoscaler();
    const idle = pods(10, { cpu: 0 });
    expect(decide(idle, hpa, 0).replicas).toBe(10);
    expect(decide(idle, hpa, 300_000).replicas).toBe(10);
    expect(decide(idle, hpa, 300_001).replicas).toBe(1);
  });

  it('with behavior a proposal as old as the window no longer counts', () => {
    const hpa = autoscaler({ behavior: { scaleUp: UP, scaleDown: DOWN } });
    const idle = pods(10, { cpu: 0 });
    expect(decide(idle, hpa, 0).replicas).toBe(10);
    expect(decide(idle, hpa, 299_999).replicas).toBe(10);
    expect(decide(idle, hpa, 300_000).replicas).toBe(1);
  });

  it('holds a scale-down to its policies, counted from the start of their period', () => {
    const tenPercent: ScalingRules = {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
    };
    const hpa = autoscaler({ behavior: { scaleUp: UP, scaleDown: tenPercent } });
    expect(decide(pods(20, { cpu: 0 }), hpa, 0).replicas).toBe(18);
    expect(decide(pods(18, { cpu: 0 }), hpa, 15_000).replicas).toBe(18);
    expect(decide(pods(18, { cpu: 0 }), hpa, 60_000).replicas).toBe(16);
  });

  it('Disabled forbids a direction', () => {
    const hpa = autoscaler({ behavior: { scaleUp: { ...UP, selectPolicy: 'Disabled' }, scaleDown: DOWN } });
    expect(decide(pods(4, { cpu: 500 }), hpa).replicas).toBe(4);
  });

  it('says what limited it', () => {
    const limited = decide(pods(3, { cpu: 6000 }), autoscaler());
    expect(limited.status.conditions.ScalingLimited).toEqual({ status: true, reason: 'ScaleUpLimit' });
    expect(decide(pods(3, { cpu: 300 })).status.conditions.ScalingLimited).toEqual({
      status: false,
      reason: 'DesiredWithinRange',
    });
  });
});

describe('external metrics', () => {
  const sync = (
    metric: NonNullable<HorizontalPodAutoscaler['externalMetrics']>[number],
    values: number[],
  ): AutoscalerDecision =>
    autoscaler({ metrics: [], externalMetrics: [metric] }).sync(
      { specReplicas: 4, statusReplicas: 4, pods: pods(4), external: { queue: values } },
      15_000,
    );

  it('divide the total by the average value wanted for a pod', () => {
    const metric = { external: 'queue', target: { type: 'AverageValue', averageValue: 50_000 } } as const;
    expect(sync(metric, [200_000, 100_000]).replicas).toBe(6);
    expect(sync(metric, [210_000]).replicas).toBe(4);
    expect(sync(metric, []).status.conditions.ScalingActive?.reason).toBe('FailedGetExternalMetric');
  });

  it('scale ready pods by the ratio to a value', () => {
    const metric = { external: 'queue', target: { type: 'Value', value: 1_000_000 } } as const;
    expect(sync(metric, [1_500_000]).replicas).toBe(6);
  });
});
