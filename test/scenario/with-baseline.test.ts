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
