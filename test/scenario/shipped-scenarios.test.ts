import { describe, expect, it } from 'vitest';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import type { ScenarioSpec } from '../../src/scenario/scenario-spec.js';

const catalogue = pricingDataCatalogue();
const MINUTE = 60_000;
const Gi = 2 ** 30;

function shipped(name: string, karpenterVersion?: KarpenterVersion): ScenarioSpec {
  const { spec, problems } = loadScenario({ file: `scenarios/${name}.yaml`, catalogue, karpenterVersion });
  if (spec === undefined) throw new Error(JSON.stringify(problems, undefined, 1));
  return spec;
}

const SPIKE = shipped('traffic-spike');
const NIGHT = shipped('underutilization');

describe('the banking NodePools', () => {
  it.each(['v1.14.1', 'v0.32.0'] as const)('have the types, limits and taints of the guide for %s', (version) => {
    const { nodePools } = shipped('traffic-spike', version).cluster;
    expect(
      nodePools.map(({ metadata, limits, template }) => ({
        name: metadata.name,
        limits,
        taints: template.taints,
        startupTaints: template.startupTaints,
        labels: template.labels,
        capacityTypes: template.requirements.find(({ key }) => key === 'karpenter.sh/capacity-type')?.values,
        types: template.requirements.find(({ key }) => key === 'node.kubernetes.io/instance-type')?.values,
      })),
    ).toEqual([
      {
        name: 'banking-general',
        limits: { cpu: 1_000_000, memory: 1000 * Gi },
        taints: [{ key: 'banking.com/general', value: 'true', effect: 'NoSchedule' }],
        startupTaints: [],
        labels: {},
        capacityTypes: ['spot', 'on-demand'],
        types: ['t3.medium', 't3.large', 't3.xlarge', 'm5.large', 'm5.xlarge'],
      },
      {
        name: 'banking-compute-optimized',
        limits: { cpu: 500_000, memory: 500 * Gi },
        taints: [{ key: 'banking.com/compute-optimized', value: 'true', effect: 'NoSchedule' }],
        startupTaints: [],
        labels: {},
        capacityTypes: ['spot'],
        types: ['c5.large', 'c5.xlarge', 'c5.2xlarge', 'c5.4xlarge'],
      },
    ]);
  });

  it('consolidate after 30 s and 15 s and expire after 30 and 10 minutes in v1', () => {
    const [general, compute] = SPIKE.cluster.nodePools;
    expect(general).toMatchObject({
      disruption: {
        consolidationPolicy: 'WhenEmptyOrUnderutilized',
        consolidateAfter: 30_000,
        budgets: [{ nodes: '10%' }],
      },
      template: { expireAfter: 30 * MINUTE },
    });
    expect(compute).toMatchObject({ disruption: { consolidateAfter: 15_000 }, template: { expireAfter: 10 * MINUTE } });
  });

  it('leave consolidateAfter out in v1beta1, which the run notes', () => {
    const { cluster, notes, settings } = shipped('underutilization', 'v0.32.0');
    expect(cluster.nodePools.map(({ disruption }) => disruption)).toEqual([
      { consolidationPolicy: 'WhenUnderutilized', consolidateAfter: undefined, expireAfter: 30 * MINUTE, budgets: [] },
      { consolidationPolicy: 'WhenUnderutilized', consolidateAfter: undefined, expireAfter: 10 * MINUTE, budgets: [] },
    ]);
    expect(notes.some((note) => note.includes("refuses the guide's consolidateAfter"))).toBe(true);
    expect(NIGHT.notes.some((note) => note.includes("refuses the guide's consolidateAfter"))).toBe(false);
    expect(settings.featureGates.drift).toBe(true);
  });

  it('have root volumes of 20 and 30 Gi on Amazon Linux 2', () => {
    for (const version of ['v1.14.1', 'v0.32.0'] as const) {
      const { nodeClasses } = shipped('traffic-spike', version).cluster;
      expect(
        nodeClasses.map(({ amiFamily, blockDeviceMappings }) => [amiFamily, blockDeviceMappings[0]]),
      ).toMatchObject([
        ['AL2', { deviceName: '/dev/xvda', volumeSizeBytes: 20 * Gi }],
        ['AL2', { deviceName: '/dev/xvda', volumeSizeBytes: 30 * Gi }],
      ]);
    }
  });
});

describe('the banking services', () => {
  const services = SPIKE.cluster.deployments.filter(({ metadata }) => metadata.namespace === 'banking-app');

  it.each([
    ['auth-service', 3, 250, 512, 'banking.com/general'],
    ['account-service', 3, 250, 512, 'banking.com/general'],
    ['transaction-service', 2, 250, 512, 'banking.com/general'],
    ['notification-service', 2, 250, 512, 'banking.com/general'],
    ['api-gateway', 2, 125, 256, 'banking.com/compute-optimized'],
    ['audit-service', 2, 100, 256, 'banking.com/general'],
  ])('%s has %d replicas of %dm and %dMi that tolerate %s and prefer spot', (name, replicas, cpu, memoryMi, taint) => {
    const service = services.find(({ metadata }) => metadata.name === name);
    expect(service?.replicas).toBe(replicas);
    expect(service?.template.spec).toMatchObject({
      containers: [{ requests: { cpu, memory: memoryMi * 2 ** 20 }, readinessProbe: { initialDelaySeconds: 30 } }],
      tolerations: [{ key: taint, value: 'true', effect: 'NoSchedule' }],
      affinity: {
        nodeAffinity: {
          preferred: [
            {
              weight: 50,
              preference: {
                matchExpressions: [{ key: 'karpenter.sh/capacity-type', operator: 'In', values: ['spot'] }],
              },
            },
          ],
        },
      },
    });
  });

  it('keep one pod available each', () => {
    const budgets = SPIKE.cluster.podDisruptionBudgets.filter(({ metadata }) => metadata.namespace === 'banking-app');
    expect(budgets.map(({ metadata, minAvailable }) => [metadata.name, minAvailable])).toEqual(
      services.map(({ metadata }) => [metadata.name, 1]),
    );
  });

  it.each([
    ['traffic-spike', SPIKE, 40],
    ['underutilization', NIGHT, 10],
  ])('scale from 2 in %s, all but audit-service', (_, { cluster }, maxReplicas) => {
    expect(cluster.horizontalPodAutoscalers.map(({ metadata }) => metadata.name).sort()).toEqual([
      'account-service',
      'api-gateway',
      'auth-service',
      'notification-service',
      'transaction-service',
    ]);
    for (const autoscaler of cluster.horizontalPodAutoscalers) {
      expect(autoscaler).toMatchObject({
        minReplicas: 2,
        maxReplicas,
        metrics: [
          { resource: 'cpu', target: { averageUtilization: 70 } },
          { resource: 'memory', target: { averageUtilization: 80 } },
        ],
      });
    }
  });

  it('let the gateway take every request first', () => {
    const share = (name: string) =>
      SPIKE.services.find(({ deployment }) => deployment === `banking-app/${name}`)?.traffic.baseRps;
    const front = share('api-gateway') ?? 0;
    for (const { traffic } of SPIKE.services) expect(traffic.baseRps).toBeLessThanOrEqual(front);
    expect(new Set(SPIKE.services.map(({ traffic }) => traffic.curve))).toEqual(new Set(['front-door']));
  });

  it('want two to four replicas at the mean of a day, two at night and tens in the spike (kubernetes.md §9.2)', () => {
    const wanted = (factor: number) =>
      SPIKE.services.flatMap(({ deployment, traffic, model }) => {
        const service = services.find(({ metadata }) => `banking-app/${metadata.name}` === deployment);
        const requestMilli = service?.template.spec.containers[0]?.requests['cpu'] ?? 0;
        const perPod = (0.7 * requestMilli - model.idleCpuMilli) / model.cpuMilliSecondsPerRequest;
        return deployment.endsWith('audit-service') ? [] : [(traffic.baseRps * factor) / perPod];
      });
    expect(Math.min(...wanted(1))).toBeGreaterThan(2);
    expect(Math.max(...wanted(1))).toBeLessThan(4);
    expect(Math.max(...wanted(0.18))).toBeLessThan(2);
    expect(Math.min(...wanted(8 * 1.1))).toBeGreaterThan(20);
    expect(Math.max(...wanted(8 * 1.1))).toBeLessThanOrEqual(40);
  });

  it('use little enough memory not to hold replicas up at night', () => {
    for (const { deployment, model } of SPIKE.services) {
      const service = services.find(({ metadata }) => `banking-app/${metadata.name}` === deployment);
      const request = service?.template.spec.containers[0]?.requests['memory'] ?? 0;
      expect(model.idleMemoryBytes / request / 0.8).toBeLessThan(2 / 3);
    }
  });
});

describe('the shipped scenarios', () => {
  it('are a working day with a spike of eight within two minutes, and an evening into the night', () => {
    expect(new Date(SPIKE.startTimeMs).getUTCDay()).toBe(5);
    expect(SPIKE.durationMs).toBe(24 * 60 * MINUTE);
    expect(SPIKE.services[0]?.traffic.spikes).toMatchObject([{ factor: 8, rampMs: 2 * MINUTE }]);
    const spikeMs = SPIKE.services[0]?.traffic.spikes[0]?.startMs ?? 0;
    expect(SPIKE.window?.fromMs).toBeLessThan(spikeMs);
    expect(SPIKE.window?.toMs).toBeGreaterThan(spikeMs);
    expect(NIGHT.durationMs).toBe(12 * 60 * MINUTE);
    const [traffic] = NIGHT.services.map((service) => service.traffic);
    expect(traffic?.hourly[18]).toBeGreaterThan(5 * (traffic?.hourly[3] ?? 1));
  });

  it.each(['traffic-spike', 'underutilization'])('%s leaves nothing unmodelled, in both versions', (name) => {
    expect(shipped(name, 'v1.14.1').unmodelled).toEqual([]);
    expect(shipped(name, 'v0.32.0').unmodelled).toEqual([]);
  });

  it('keep Karpenter and CoreDNS on the managed group', () => {
    expect(SPIKE.managedNodeGroups).toMatchObject([{ name: 'system', count: 2 }]);
    const system = SPIKE.cluster.deployments.filter(({ metadata }) => metadata.namespace === 'kube-system');
    expect(system.map(({ metadata, replicas }) => [metadata.name, replicas])).toEqual([
      ['karpenter', 2],
      ['coredns', 2],
    ]);
    for (const { template } of system) {
      expect(template.spec.nodeSelector).toEqual(SPIKE.managedNodeGroups[0]?.labels);
      expect(template.spec.priority).toBe(2_000_000_000);
    }
  });

  it('run the daemons of EKS everywhere', () => {
    const requests = SPIKE.cluster.daemonSets.map(({ template }) =>
      template.spec.containers.reduce((sum, container) => sum + (container.requests['cpu'] ?? 0), 0),
    );
    expect(requests).toEqual([50, 100, 30]);
    for (const { template } of SPIKE.cluster.daemonSets) {
      expect(template.spec.tolerations).toMatchObject([{ key: '', operator: 'Exists', effect: '' }]);
    }
  });
});

describe('pricingDataCatalogue', () => {
  it('knows the types of the data, and refuses a NodePool that none of them matches', () => {
    expect(catalogue.typeNames.size).toBe(1336);
    const { problems } = loadScenario({
      file: 'scenarios/traffic-spike.yaml',
      catalogue,
      set: ['NodePool/banking-general.spec.template.spec.requirements[0].values=[arm64]'],
    });
    expect(problems).toMatchObject([
      { code: 'no-match', file: 'scenarios/banking/nodepools.yaml', hint: 'look at kubernetes.io/arch' },
    ]);
  });
});
