import { describe, expect, it } from 'vitest';
import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import { answer } from '../../src/report/terminal/answer.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import type { ScenarioSpec } from '../../src/scenario/scenario-spec.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';
import { ClusterDump } from '../scenario/cluster-dump.js';
import { eventsOf, onlyEvent } from './small-cluster.js';

const REQUIREMENTS = [
  { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['m5.large', 'm5.xlarge'] },
  { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand', 'spot'] },
];

function poolSpec(disruption: object, template: object = {}) {
  return {
    disruption: { budgets: [{ nodes: '100%' }], ...disruption },
    template: {
      spec: {
        expireAfter: '720h',
        nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
        requirements: REQUIREMENTS,
        ...template,
      },
    },
  };
}

/** A cluster whose nodes stay unless they are empty. */
function quietCluster(): ClusterDump {
  const dump = new ClusterDump();
  dump.nodeClass('default');
  dump.nodePool('general', poolSpec({ consolidationPolicy: 'WhenEmpty', consolidateAfter: '1m' }));
  return dump;
}

interface Given {
  readonly duration?: string;
  readonly version?: KarpenterVersion;
  readonly set?: readonly string[];
  readonly scenario?: string;
}

function load(dump: ClusterDump, given: Given = {}) {
  const { duration = '20m', version = 'v1.14.1', set, scenario = '' } = given;
  const files: Readonly<Record<string, string>> = {
    's.yaml': `name: there
region: us-east-1
zones: [us-east-1a, us-east-1b, us-east-1c]
start: 2026-03-27T12:00:00Z
duration: ${duration}
manifests: { ${version}: [dump.json] }
startState: dump.json
${scenario}`,
    'dump.json': dump.json(),
  };
  return loadScenario({
    file: 's.yaml',
    catalogue: pricingDataCatalogue(),
    karpenterVersion: version,
    set,
    readFile: (path) => files[path] ?? '',
  });
}

function spec(dump: ClusterDump, given?: Given): ScenarioSpec {
  const { spec: loaded, problems } = load(dump, given);
  if (loaded === undefined) throw new Error(JSON.stringify(problems, undefined, 1));
  return loaded;
}

function run(dump: ClusterDump, given?: Given): EventLog {
  return simulate(spec(dump, given), { simulatorVersion: 'test' }).log;
}

describe('a run with a start state', () => {
  it('has the pods of every controller once, on the nodes where they are', () => {
    const dump = quietCluster();
    const a = dump.karpenterNode('general', { type: 'm5.xlarge' });
    const b = dump.karpenterNode('general', { type: 'm5.large', capacityType: 'spot', zone: 'us-east-1b' });
    dump.deployment({ name: 'web', on: [a, a, b] });
    dump.statefulSet({ name: 'db', on: [a, b] });
    dump.daemonSet({ name: 'agent', on: [a, b], requests: { cpu: '100m' } });
    const log = run(dump);
    expect(eventsOf(log, 'PodCreated')).toHaveLength(7);
    expect(eventsOf(log, 'PodCreated').every(({ fromStart }) => fromStart)).toBe(true);
    expect(eventsOf(log, 'PodBound').map(({ node }) => node)).toEqual([a, a, b, a, b, a, b]);
    expect(eventsOf(log, 'PodDeleting')).toEqual([]);
    expect(eventsOf(log, 'NodeClaimDeleting')).toEqual([]);
    expect(eventsOf(log, 'NodeClaimCreated').map(({ by }) => by)).toEqual(['start-state', 'start-state']);
  });

  it('makes the pods that controllers miss, and takes away those that are one too many', () => {
    const dump = quietCluster();
    const a = dump.karpenterNode('general', { type: 'm5.xlarge' });
    dump.deployment({ name: 'web', on: [a, a], replicas: 3 });
    dump.deployment({ name: 'api', on: [a, a], replicas: 1 });
    const log = run(dump);
    const made = eventsOf(log, 'PodCreated').filter(({ fromStart }) => fromStart === undefined);
    expect(made.map(({ service }) => service)).toEqual(['shop/web']);
    expect(eventsOf(log, 'PodDeleting')).toMatchObject([{ by: 'replicaset', node: a }]);
  });

  it('adopts pods of a Deployment although the dump has no ReplicaSets', () => {
    const dump = quietCluster();
    const a = dump.karpenterNode('general', { type: 'm5.xlarge' });
    dump.deployment({ name: 'web', on: [a, a] });
    dump.items.splice(0, dump.items.length, ...dump.items.filter(({ kind }) => kind !== 'ReplicaSet'));
    expect(eventsOf(run(dump), 'PodCreated').map(({ fromStart }) => fromStart)).toEqual([true, true]);
  });

  it('has ready pods serve from the first second, warm, and their autoscaler see what they use', () => {
    const dump = quietCluster();
    const a = dump.karpenterNode('general', { type: 'm5.xlarge' });
    dump.deployment({ name: 'web', on: [a, a, a], requests: { cpu: '500m', memory: '512Mi' } });
    dump.object(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'web',
      {
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          minReplicas: 1,
          maxReplicas: 20,
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
          ],
        },
      },
      'shop',
    );
    const scenario = `
traffic: { steady: { requestsPerSecond: 90, noise: 0 } }
services:
  - deployment: shop/web
    traffic: steady
    databaseConnections: 10
    load: { cpuMillisecondsPerRequest: 10, idleMemory: 100Mi, warmup: { factor: 5, decay: 5m } }`;
    const log = run(dump, { duration: '5m', scenario });
    // 90 requests a second of 10 ms are 300m a pod: 60 % of its request, just what the autoscaler aims at.
    expect(eventsOf(log, 'ReplicasChanged')).toEqual([]);
    expect(new Set(eventsOf(log, 'Demand').map(({ readyPods }) => readyPods))).toEqual(new Set([3]));
    expect(eventsOf(log, 'UsageSampled').at(-1)?.cpuMilli).toBe(900);
    expect(eventsOf(log, 'DatabaseConnectionsOpened')).toEqual([]);
  });

  it('has the autoscaler of a StatefulSet scale it, first pods first, and back', () => {
    const dump = quietCluster();
    const a = dump.karpenterNode('general', { type: 'm5.xlarge' });
    dump.statefulSet({ name: 'broker', on: [a], requests: { cpu: '500m', memory: '512Mi' } });
    const metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
    ];
    const behavior = { scaleDown: { stabilizationWindowSeconds: 30 } };
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'broker' };
    const spec = { scaleTargetRef, minReplicas: 1, maxReplicas: 5, metrics, behavior };
    dump.object('autoscaling/v2', 'HorizontalPodAutoscaler', 'broker', { spec }, 'shop');
    const scenario = `
traffic: { steady: { requestsPerSecond: 1, noise: 0, batches: [{ at: +1m, requests: 360, over: 6m }] } }
services:
  - { statefulSet: shop/broker, traffic: steady, usage: { cpu: 300m, memory: 100Mi } }`;
    const log = run(dump, { duration: '20m', scenario });
    // One and the one of the batch are 600m: two pods at 60 %.
    const sizes = eventsOf(log, 'ReplicasChanged').map(({ service, to, by }) => [service, to, by]);
    expect(sizes).toEqual([
      ['shop/broker', 2, 'hpa'],
      ['shop/broker', 1, 'hpa'],
    ]);
    expect(eventsOf(log, 'PodCreated').map(({ pod }) => pod)).toEqual(['shop/broker-0', 'shop/broker-1']);
    expect(eventsOf(log, 'PodDeleting').map(({ pod }) => pod)).toEqual(['shop/broker-1']);
    expect(
      eventsOf(log, 'Note')
        .map(({ text }) => text)
        .join(' '),
    ).not.toContain('without metrics');
  });

  it('rolls a Deployment whose template is another than its pods have', () => {
    const dump = quietCluster();
    const a = dump.karpenterNode('general', { type: 'm5.xlarge' });
    dump.deployment({ name: 'web', on: [a, a] });
    const set = ['Deployment/web.spec.template.spec.terminationGracePeriodSeconds=10'];
    const log = run(dump, { set });
    expect(eventsOf(log, 'PodGone').filter(({ node }) => node === a).length).toBeGreaterThanOrEqual(2);
    expect(eventsOf(log, 'PodCreated').filter(({ fromStart }) => fromStart === undefined)).toHaveLength(2);
  });

  it('places pods that wait, and counts only their waiting', () => {
    const dump = quietCluster();
    const a = dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a, a, '', ''], requests: { cpu: '800m', memory: '1Gi' } });
    const summary = summarise(analyse(run(dump)));
    expect(summary.pods).toMatchObject({ atStart: 2, created: 2, bound: 2 });
    expect(summary.pods.pendingSeconds.p50).toBeGreaterThan(20);
    expect(summary.nodes).toMatchObject({ min: 1, end: 2 });
  });

  it('bills nodes from the start of the run, those outside Karpenter too, and leaves these alone', () => {
    const dump = quietCluster();
    const a = dump.karpenterNode('general', { type: 'm5.xlarge' });
    const system = dump.managedNode('system', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a] });
    const log = run(dump, { duration: '1h' });
    expect(onlyEvent(log, 'ManagedNodeJoined')).toMatchObject({
      node: system,
      nodePool: 'system',
      instanceType: 'm5.large',
      pricePerHour: 0.096,
    });
    expect(summarise(analyse(log)).cost.total).toBeCloseTo(0.192 + 0.096, 6);
    expect(eventsOf(log, 'NodeDeleted')).toEqual([]);
  });

  it('has node groups outside Karpenter replace what they lose, by what their nodes look like', () => {
    const dump = quietCluster();
    const labels = { team: 'core' };
    const taints = [{ key: 'CriticalAddonsOnly', value: '', effect: 'NoSchedule' }];
    const system = dump.managedNode('system', { type: 'm5.large', labels, taints });
    dump.deployment({
      name: 'web',
      on: [system],
      podSpec: { nodeSelector: labels, tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }] },
    });
    const scenario = `events: [{ at: +1m, failNode: { node: ${system} } }]`;
    const log = run(dump, { scenario });
    const [, replacement] = eventsOf(log, 'ManagedNodeJoined');
    expect(replacement).toMatchObject({ nodePool: 'system', zone: 'us-east-1a', replaces: system });
    expect(eventsOf(log, 'PodBound').at(-1)).toMatchObject({ node: replacement?.node });
  });

  it('removes an empty node at once, since it has been empty for long', () => {
    const dump = quietCluster();
    const busy = dump.karpenterNode('general', { type: 'm5.large' });
    const empty = dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [busy] });
    const log = run(dump);
    expect(onlyEvent(log, 'DisruptionCommand')).toMatchObject({ method: 'emptiness', nodes: [empty] });
    expect(onlyEvent(log, 'DisruptionCommand').timeMs).toBeLessThan(20_000);
  });

  it('expires nodes by their age', () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('general', poolSpec({ consolidationPolicy: 'WhenEmpty', consolidateAfter: 'Never' }));
    // 720h less 10 minutes.
    const old = dump.karpenterNode('general', { type: 'm5.large', ageHours: 719 + 50 / 60 });
    const young = dump.karpenterNode('general', { type: 'm5.large', ageHours: 1 });
    dump.deployment({ name: 'web', on: [old, young] });
    expect(onlyEvent(run(dump), 'NodeClaimDeleting')).toMatchObject({ node: old, by: 'expiration', timeMs: 600_000 });
  });

  it('finds the drift that the dump has, and none where hashes agree', () => {
    const dump = quietCluster();
    const same = dump.karpenterNode('general', { type: 'm5.large' });
    const other = dump.karpenterNode('general', { type: 'm5.large' }, { hash: '1' });
    dump.deployment({ name: 'web', on: [same, other] });
    const drifted = eventsOf(run(dump), 'ConditionChanged').filter(({ condition }) => condition === 'Drifted');
    expect(drifted).toMatchObject([{ node: other, status: true, reason: 'NodePoolDrifted' }]);
  });

  it('lets a change of the NodePool drift nodes that were in line', () => {
    const dump = quietCluster();
    const a = dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a] });
    const log = run(dump, { set: ['NodePool/general.spec.template.spec.expireAfter=100h'] });
    expect(onlyEvent(log, 'DisruptionCommand')).toMatchObject({ reason: 'Drifted', nodes: [a] });
  });

  it('goes on with a deletion, a launch and a start that were under way', () => {
    const dump = quietCluster();
    const leaving = dump.karpenterNode('general', { type: 'm5.large' });
    dump.karpenterNode('general', { type: 'm5.xlarge', ageHours: 0 });
    dump.karpenterNode('general', { type: 'm5.xlarge', ageHours: 0 });
    dump.deployment({ name: 'web', on: [leaving] });
    const claims = dump.items.filter(({ kind }) => kind === 'NodeClaim') as Record<string, Record<string, unknown>>[];
    const [first, second, third] = claims;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three NodeClaims');
    first['metadata'] = { ...first['metadata'], deletionTimestamp: '2026-03-27T11:59:58Z' };
    // Launched and without a Node; then not launched.
    const starting = (second['status'] as { nodeName: string }).nodeName;
    const unborn = (third['status'] as { nodeName: string }).nodeName;
    second['status'] = { ...second['status'], nodeName: '', conditions: [{ type: 'Launched', status: 'True' }] };
    third['status'] = {};
    for (const { metadata } of [second, third]) {
      const labels = metadata?.['labels'] as Record<string, string>;
      delete labels['karpenter.sh/registered'];
      delete labels['karpenter.sh/initialized'];
    }
    const gone = [starting, unborn];
    dump.items.splice(
      0,
      dump.items.length,
      ...dump.items.filter(({ metadata }) => !gone.includes((metadata as { name: string }).name)),
    );
    const log = run(dump);
    expect(eventsOf(log, 'NodeDeleted').map(({ node }) => node)).toContain(leaving);
    expect(eventsOf(log, 'NodeInitialized')).toHaveLength(3);
    expect(eventsOf(log, 'NodeClaimLaunched').map(({ timeMs }) => timeMs === 0)).toEqual([true, true, false]);
  });

  it('tells first what Karpenter would do now', () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('general', poolSpec({ consolidationPolicy: 'WhenEmptyOrUnderutilized', consolidateAfter: '30s' }));
    const a = dump.karpenterNode('general', { type: 'm5.xlarge' });
    const b = dump.karpenterNode('general', { type: 'm5.xlarge' });
    dump.deployment({ name: 'web', on: [a, b] });
    const log = run(dump, { duration: '5m' });
    expect(eventsOf(log, 'DisruptionOutlook')[0]).toMatchObject({
      method: 'multi',
      decision: 'replace',
      pods: 2,
      replacements: [{ nodePool: 'general', instanceTypes: ['m5.large', 'm5.xlarge'] }],
    });
    const analysed = analyse(log);
    const text = stripVTControlCharacters(
      answer(analysed, summarise(analysed), { story: 'none' }, new Chalk({ level: 0 })),
    );
    expect(text.split('\n').slice(0, 2).join('\n')).toBe(
      'Now, at 12:00 UTC, Karpenter would do this\n' +
        '  There are 2 nodes of Karpenter at $0.3840 an hour; 2 pods bound.',
    );
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(
      /Multi-node consolidation would replace 2 nodes .* with 1 of NodePool general \(m5\.large or m5\.xlarge\), 2 pods move: \$0\.3520 an hour less/,
    );
  });

  it('says of which pods and nodes it could not make sense', () => {
    const dump = quietCluster();
    const a = dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a, 'ip-10-9-9-9.ec2.internal'] });
    dump.pod({
      name: 'driver',
      node: a,
      owner: {
        apiVersion: 'sparkoperator.k8s.io/v1',
        kind: 'SparkApplication',
        name: 'etl',
        uid: 'u',
        controller: true,
      },
    });
    const { notes } = spec(dump);
    expect(notes).toEqual([
      '1 pods of the start state belong to a SparkApplication that the scenario does not have: nobody makes them anew.',
      '1 pods of the start state run on nodes that it does not have (ip-10-9-9-9.ec2.internal): they are made anew.',
    ]);
    expect(eventsOf(run(dump), 'PodCreated')).toHaveLength(3);
  });

  it('refuses objects that are younger than the run', () => {
    const dump = quietCluster();
    dump.karpenterNode('general', { type: 'm5.large', ageHours: -2 });
    expect(load(dump).problems).toMatchObject([
      {
        file: 'dump.json',
        message: '2 objects of the start state are younger than the run, this one the youngest',
        hint: 'let the scenario start at 2026-03-27T14:00:00Z or later',
      },
    ]);
  });

  it('works with v0.32.0', () => {
    const dump = new ClusterDump({ version: 'v0.32.0' });
    dump.nodeClass('default');
    dump.nodePool('general', {
      disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '30s', expireAfter: '720h' },
      template: { spec: { nodeClassRef: { name: 'default' }, requirements: REQUIREMENTS } },
    });
    const a = dump.karpenterNode('general', { type: 'm5.large' });
    const empty = dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a] });
    const log = run(dump, { version: 'v0.32.0' });
    expect(onlyEvent(log, 'DisruptionCommand')).toMatchObject({ method: 'emptiness', nodes: [empty] });
  });
});
