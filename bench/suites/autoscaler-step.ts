import assert from 'node:assert/strict';
import { Autoscaler } from '../../src/kubernetes/autoscaling/autoscaler.js';
import type { MeasuredPod } from '../../src/kubernetes/autoscaling/pod-metrics.js';
import { runSuite } from '../run-suite.js';

const SERVICES = 200;
const PODS = 10;
const SYNC_MS = 15_000;
const DAY_MS = 86_400_000;

/** Pods of 500m and 512 MiB that have been ready for a day and use so much cpu. */
function pods(service: number, cpuMilli: number, nowMs: number): readonly MeasuredPod[] {
  return Array.from({ length: PODS }, (_, index) => ({
    pod: {
      metadata: {
        name: `web-${service}-${index}`,
        namespace: 'app',
        uid: `${service}-${index}`,
        labels: {},
        annotations: {},
        ownerReferences: [],
        creationTimeMs: 0,
      },
      spec: {
        containers: [{ name: 'web', requests: { cpu: 500, memory: 512 * 1024 ** 2 }, limits: {}, ports: [] }],
        initContainers: [],
        nodeSelector: {},
        tolerations: [],
        topologySpreadConstraints: [],
        volumes: [],
      },
      status: {
        phase: 'Running',
        startTimeMs: nowMs - DAY_MS,
        conditions: [{ type: 'Ready', status: 'True', reason: '', lastTransitionTimeMs: nowMs - DAY_MS }],
      },
    },
    metrics: { usage: { cpu: cpuMilli, memory: 300 * 1024 ** 2 }, timestampMs: nowMs, windowMs: SYNC_MS },
  })) as unknown as readonly MeasuredPod[];
}

/**
 * One sync of 200 autoscalers with two metrics, as one of kube-controller-manager's rounds every 15 s: half of them at their target, a quarter
 * above, a quarter below it.
 */
export default async function autoscalerStep(): Promise<void> {
  await runSuite({
    name: 'autoscaler-step',
    unit: 'step',
    unitsPerRun: 1,
    cases: [
      { name: `${SERVICES} services of ${PODS} pods, cpu and memory`, prepare: () => step(false) },
      { name: `${SERVICES} services of ${PODS} pods, with behavior`, prepare: () => step(true) },
    ],
  });
}

function step(withBehavior: boolean): () => unknown {
  const rules = (stabilizationWindowSeconds: number) => ({
    stabilizationWindowSeconds,
    selectPolicy: 'Max' as const,
    policies: [
      { type: 'Pods' as const, value: 4, periodSeconds: 15 },
      { type: 'Percent' as const, value: 100, periodSeconds: 15 },
    ],
  });
  const autoscalers = Array.from({ length: SERVICES }, (_, service) => {
    const metadata = {
      name: `web-${service}`,
      namespace: 'app',
      uid: String(service),
      labels: {},
      annotations: {},
      ownerReferences: [],
      creationTimeMs: 0,
    };
    return new Autoscaler({
      metadata,
      scaleTargetRef: { kind: 'Deployment', name: metadata.name },
      minReplicas: 2,
      maxReplicas: 40,
      metrics: [
        { resource: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        { resource: 'memory', target: { type: 'Utilization', averageUtilization: 80 } },
      ],
      behavior: withBehavior ? { scaleUp: rules(0), scaleDown: rules(300) } : undefined,
    });
  });
  const usage = [350, 350, 700, 100];
  const measured = autoscalers.map((_, service) => pods(service, usage[service % 4] ?? 0, DAY_MS));
  let nowMs = DAY_MS;
  return () => {
    nowMs += SYNC_MS;
    let wanted = 0;
    for (const [service, autoscaler] of autoscalers.entries()) {
      const input = { specReplicas: PODS, statusReplicas: PODS, pods: measured[service] ?? [] };
      wanted += autoscaler.sync(input, nowMs).replicas;
    }
    // A quarter doubles; the quarter that could shrink remembers its size for five minutes, then goes by its memory: 8.
    // A recommendation exactly as old as the window still counts without behavior, and no more with it.
    const ageMs = nowMs - DAY_MS - SYNC_MS;
    const shrunk = withBehavior ? ageMs >= 300_000 : ageMs > 300_000;
    assert.equal(wanted, (SERVICES / 4) * (10 + 10 + 20 + (shrunk ? 8 : 10)));
    return wanted;
  };
}
