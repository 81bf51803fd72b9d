import { describe, expect, it } from 'vitest';
import type { StaticGroup } from '../../src/baseline/baseline.js';
import type { ScenarioSpec } from '../../src/scenario/scenario-spec.js';
import { withBaseline } from '../../src/scenario/with-baseline.js';
import { type SmallCluster, smallSpec } from '../simulation/small-cluster.js';
import { complaints, POOLS, SCENARIO } from './scenario-fixture.js';

const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

/** 100 requests a second, noise-free, tripled by a spike; each costs 10 core-milliseconds. */
const TRAFFIC = `traffic:
  web: { requestsPerSecond: 100, noise: 0, spikes: [{ at: +5m, factor: 3, ramp: 1m, hold: 5m, decay: 1m }] }
services:
  - deployment: app/web
    traffic: web
    load: { cpuMillisecondsPerRequest: 10, idleMemory: 100Mi }
`;

const AUTOSCALER = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: app }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 1
  maxReplicas: 30
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }]
`;

function staticGroups(cluster: SmallCluster): readonly StaticGroup[] {
  return groupsOf(withBaseline(smallSpec(cluster), 'static'));
}

function groupsOf({ baseline }: ScenarioSpec): readonly StaticGroup[] {
  return baseline?.kind === 'static' ? baseline.groups : [];
}

describe('withBaseline static', () => {
  it('takes Karpenter out and leaves everything else of the run', () => {
    const spec = smallSpec({ replicas: 3, zones: ZONES });
    const { cluster, baseline, variants, ...rest } = withBaseline(spec, 'static');
    expect(baseline?.kind).toBe('static');
    expect(cluster).toEqual({ ...spec.cluster, nodePools: [] });
    expect(variants).toEqual([]);
    expect({ ...spec, ...rest }).toEqual(spec);
  });

  it('has one group for each NodePool, of the type whose fleet costs least, with the labels and taints of the NodePool', () => {
    const nodePoolSpec = `  template:
    metadata: { labels: { team: payments } }
    spec:
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
      taints: [{ key: dedicated, value: web, effect: NoSchedule }]
      requirements:
        - { key: node.kubernetes.io/instance-type, operator: In, values: [m5.large, m5.xlarge, c5.xlarge] }
`;
    const podSpec = `containers: [{ name: web, resources: { requests: { cpu: 1, memory: 1Gi } } }]
      tolerations: [{ key: dedicated, operator: Exists }]`;
    const [group, ...others] = staticGroups({ nodePoolSpec, podSpec, replicas: 6, zones: ZONES });
    expect(others).toEqual([]);
    // 3 pods a zone: one c5.xlarge ($0.17) holds them, of m5.large ($0.096) it takes three, m5.xlarge costs $0.192.
    expect(group).toMatchObject({
      name: 'general',
      nodePool: 'general',
      instanceType: 'c5.xlarge',
      count: 3,
      capacityType: 'on-demand',
      zones: ZONES,
      labels: { team: 'payments' },
      taints: [{ key: 'dedicated', value: 'web', effect: 'NoSchedule' }],
    });
  });

  it('sizes a service with an autoscaler for the peak of its traffic', () => {
    // 300/s × 10 = 3,000 milli at half of 1,000 each: 6, and with a fifth more 8 pods, three on an m5.xlarge.
    expect(staticGroups({ moreManifests: AUTOSCALER, scenario: TRAFFIC })).toMatchObject([
      { count: 3, instanceType: 'm5.xlarge' },
    ]);
  });

  it('sizes any other workload for its replicas, and for what scripted events make of them', () => {
    const count = (cluster: SmallCluster): number => staticGroups(cluster).reduce((sum, group) => sum + group.count, 0);
    expect(count({ replicas: 3 })).toBe(1);
    expect(count({ replicas: 3, scenario: TRAFFIC })).toBe(1);
    expect(
      count({ replicas: 3, scenario: 'events: [{ at: +10m, scale: { deployment: app/web, replicas: 9 } }]' }),
    ).toBe(3);
  });

  it('says which pods no group takes', () => {
    const podSpec = `containers: [{ name: web, resources: { requests: { cpu: 1 } } }]
      nodeSelector: { disk: fast }`;
    const spec = withBaseline(smallSpec({ podSpec }), 'static');
    expect(groupsOf(spec)).toEqual([]);
    expect(spec.notes).toEqual([
      'No node group of the baseline takes the pods of app/web.',
      'The static fleet has no nodes for NodePool general: no workload needs it.',
    ]);
  });

  it('buys what the scenario says', () => {
    const scenario = `baseline:
  static:
    reserve: 0
    groups:
      - { nodePool: general, instanceType: m5.xlarge }
      - { name: spare, instanceType: c5.large, count: 4, labels: { role: spare } }
`;
    expect(staticGroups({ replicas: 8, scenario })).toMatchObject([
      { name: 'general', instanceType: 'm5.xlarge', count: 3 },
      { name: 'spare', instanceType: 'c5.large', count: 4, labels: { role: 'spare' }, taints: [] },
    ]);
  });

  it('is a function of its input', () => {
    const spec = smallSpec({ replicas: 3, scenario: TRAFFIC, moreManifests: AUTOSCALER });
    expect(withBaseline(spec, 'static')).toEqual(withBaseline(spec, 'static'));
  });
});

describe('the baseline block', () => {
  const tainted = POOLS.replace('    spec:\n', '    spec:\n      taints: [{ key: dedicated, effect: NoSchedule }]\n');
  const written = (groups: string, pools = POOLS): string[] =>
    complaints({
      'pools.yaml': pools,
      'test.yaml': `${SCENARIO}baseline: { static: { groups: [${groups}] } }\n`,
    });

  it.each([
    ['{ instanceType: m5.lage, count: 1, name: a }', '"m5.lage" is not an instance type in the data'],
    ['{ nodePool: genral, instanceType: m5.large }', 'there is no NodePool "genral" in the manifests'],
    ['{ instanceType: m5.large, count: 1 }', 'the group has no name'],
    ['{ name: a, instanceType: m5.large }', 'the group says neither how many nodes it has nor whose pods it serves'],
    [
      '{ name: a, instanceType: m5.large, count: 1, taints: [{ key: x, effect: NoSchedule }] }',
      'no pod of the scenario can run on group a',
    ],
  ])('refuses %s', (group, message) => {
    const problems = written(group);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
    expect(problems[0]).toMatch(/^dir\/test\.yaml:\d+:\d+ baseline\.static\.groups\[0\]/);
  });

  it('refuses a second group of one name', () => {
    const group = '{ name: a, instanceType: m5.large, count: 1 }';
    expect(written(`${group}, ${group}`)).toEqual([expect.stringContaining('groups[1].name there is another group a')]);
  });

  it('refuses a group that keeps the taint of its NodePool away from every pod', () => {
    expect(written('{ nodePool: general, instanceType: m5.large }', tainted)).toEqual([
      expect.stringContaining('no pod of the scenario can run on group general'),
    ]);
    expect(written('{ nodePool: general, instanceType: m5.large, taints: [] }', tainted)).toEqual([]);
  });

  it('refuses shares that are none', () => {
    const problems = complaints({
      'test.yaml': `${SCENARIO}baseline: { static: { headroom: -1, reserve: 0.95, targetUtilization: 1.5, hedroom: 1 } }\n`,
    });
    expect(problems.map((problem) => problem.split(' ')[1])).toEqual([
      'baseline.static.headroom',
      'baseline.static.reserve',
      'baseline.static.targetUtilization',
      'baseline.static.hedroom',
    ]);
  });
});

describe('withBaseline cluster-autoscaler', () => {
  const groupsAndFlags = (scenario: string, version: SmallCluster['version'] = 'v1.14.1') => {
    const { baseline } = withBaseline(
      smallSpec({ replicas: 6, zones: ZONES, scenario, version }),
      'cluster-autoscaler',
    );
    if (baseline?.kind !== 'cluster-autoscaler') throw new Error('no Cluster Autoscaler');
    return baseline;
  };

  it('has the flags of the usual EKS setup', () => {
    expect(groupsAndFlags('').settings).toMatchObject({
      expanders: ['priority', 'least-waste'],
      balanceSimilarNodeGroups: true,
      scaleDownUnneededMs: 600_000,
      scaleDownUtilizationThreshold: 0.5,
      skipNodesWithSystemPods: false,
    });
  });

  it('takes groups and flags from the scenario', () => {
    const { groups, settings } = groupsAndFlags(`baseline:
  clusterAutoscaler:
    preset: default
    scaleDownUnneededTime: 5m
    nodeGroups:
      - { nodePool: general, instanceTypes: [m5.xlarge, m5a.xlarge], capacityType: spot, maxSize: 7, priority: 50 }
      - { name: fixed, instanceTypes: [m5.large], capacityType: on-demand, minSize: 2, maxSize: 2 }
`);
    expect(groups).toMatchObject([
      {
        name: 'general',
        nodePool: 'general',
        minSize: 0,
        maxSize: 7,
        priority: 50,
        instanceTypes: ['m5.xlarge', 'm5a.xlarge'],
      },
      { name: 'fixed', minSize: 2, maxSize: 2, priority: 0, capacityType: 'on-demand' },
    ]);
    expect(settings).toMatchObject({
      expanders: ['least-waste'],
      scaleDownUnneededMs: 300_000,
      skipNodesWithSystemPods: true,
    });
  });

  it('keeps within the limits of the NodePool', () => {
    const nodePoolSpec = `  limits: { cpu: 4 }
  template:
    spec:
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
      requirements:
        - { key: node.kubernetes.io/instance-type, operator: In, values: [m5.large] }
        - { key: karpenter.sh/capacity-type, operator: In, values: [on-demand] }
`;
    const { baseline } = withBaseline(smallSpec({ nodePoolSpec, replicas: 6 }), 'cluster-autoscaler');
    expect(baseline?.groups).toMatchObject([{ name: 'general-on-demand-2cpu-8gi', maxSize: 2 }]);
  });

  it.each([
    [
      '{ name: a, instanceTypes: [m5.large], capacityType: spot, minSize: 3, maxSize: 2 }',
      'minSize the smallest size, 3, is above the largest, 2',
    ],
    [
      '{ name: a, instanceTypes: [m5.large, m5.xlarge], capacityType: spot, maxSize: 2 }',
      'the types m5.large, m5.xlarge are not of one size',
    ],
    [
      '{ name: a, instanceTypes: [m5.lage], capacityType: spot, maxSize: 2 }',
      '"m5.lage" is not an instance type in the data',
    ],
    ['{ name: a, instanceTypes: [m5.large], capacityType: spott, maxSize: 2 }', 'capacityType'],
    ['{ name: a, instanceTypes: [], capacityType: spot, maxSize: 2 }', 'instanceTypes'],
    ['{ name: a, instanceTypes: [m5.large], capacityType: spot }', 'maxSize'],
    [
      '{ name: a, instanceTypes: [m5.large], capacityType: spot, maxSize: 2, taints: [{ key: x, effect: NoSchedule }] }',
      'no pod of the scenario can run on group a',
    ],
  ])('refuses %s', (group, message) => {
    const problems = complaints({
      'test.yaml': `${SCENARIO}baseline: { clusterAutoscaler: { nodeGroups: [${group}] } }\n`,
    });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });

  it('refuses flags that Cluster Autoscaler does not have', () => {
    const problems = complaints({
      'test.yaml': `${SCENARIO}baseline: { clusterAutoscaler: { expanders: [price], scaleDownUnneededTime: soon } }\n`,
    });
    expect(problems.map((problem) => problem.split(' ')[1])).toEqual([
      'baseline.clusterAutoscaler.expanders[0]',
      'baseline.clusterAutoscaler.scaleDownUnneededTime',
    ]);
  });
});
