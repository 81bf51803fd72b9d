import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../src/analysis/run-analysis.js';
import { summarise } from '../../../src/analysis/summary.js';
import { answer } from '../../../src/report/terminal/answer.js';
import { readDump } from '../../../src/scenario/import/dump-reader.js';
import { Dump } from '../../../src/scenario/import/dump.js';
import { importScenario, type ImportOptions } from '../../../src/scenario/import/import-scenario.js';
import { loadScenario } from '../../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../../src/scenario/pricing-data-catalogue.js';
import type { EventLog } from '../../../src/simulation/event-log.js';
import { simulate } from '../../../src/simulation/simulate.js';
import { eventsOf, onlyEvent } from '../../simulation/small-cluster.js';
import { ClusterDump } from '../cluster-dump.js';

const NODE_CLASS = { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' };

function poolSpec(disruption: object, requirements: readonly object[], more: object = {}) {
  return {
    disruption,
    template: { spec: { expireAfter: '720h', nodeClassRef: NODE_CLASS, requirements, ...more } },
  };
}

const types = (...values: string[]) => ({ key: 'node.kubernetes.io/instance-type', operator: 'In', values });
const capacity = (...values: string[]) => ({ key: 'karpenter.sh/capacity-type', operator: 'In', values });
const QUIET = { consolidationPolicy: 'WhenEmpty', consolidateAfter: '1m', budgets: [{ nodes: '100%' }] };
const EAGER = { consolidationPolicy: 'WhenEmptyOrUnderutilized', consolidateAfter: '1m', budgets: [{ nodes: '100%' }] };

async function imported(text: string, options: Partial<ImportOptions> = {}) {
  const dump = new Dump();
  for await (const entry of readDump('dump', Readable.from([text]))) dump.take(entry);
  const result = importScenario(dump, {
    catalogue: pricingDataCatalogue(),
    name: 'mine',
    redact: false,
    usage: new Map(),
    utilisation: 0.5,
    duration: '10m',
    ...options,
  });
  if (result.scenario === undefined) throw new Error(result.problems.join('\n'));
  return result.scenario;
}

function specOf(files: Readonly<Record<string, string>>, version?: 'v0.32.0') {
  const { spec, problems } = loadScenario({
    file: 'dir/scenario.yaml',
    catalogue: pricingDataCatalogue(),
    karpenterVersion: version,
    readFile: (path) => files[posix.relative('dir', path)] ?? '',
  });
  if (spec === undefined) throw new Error(JSON.stringify(problems, undefined, 1));
  return spec;
}

async function run(dump: ClusterDump, options?: Partial<ImportOptions>): Promise<EventLog> {
  return simulate(specOf((await imported(dump.yaml(), options)).files), { simulatorVersion: 'test' }).log;
}

describe('a dump that is imported and run', () => {
  it('keeps a split of on-demand and spot by a label of its own', async () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    const spread = (values: string[]) => ({ key: 'capacity-spread', operator: 'In', values });
    dump.nodePool('on-demand', poolSpec(QUIET, [types('m5.large'), capacity('on-demand'), spread(['1'])]));
    dump.nodePool('spot', poolSpec(QUIET, [types('m5.large'), capacity('spot'), spread(['2', '3', '4', '5'])]));
    const a = dump.karpenterNode('on-demand', { type: 'm5.large', labels: { 'capacity-spread': '1' } });
    const b = dump.karpenterNode('spot', {
      type: 'm5.large',
      capacityType: 'spot',
      labels: { 'capacity-spread': '2' },
    });
    const constraint = {
      maxSkew: 1,
      topologyKey: 'capacity-spread',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'web' } },
    };
    const podSpec = { topologySpreadConstraints: [constraint] };
    dump.deployment({ name: 'web', on: [a, b, '', '', ''], requests: { cpu: '1500m' }, podSpec });
    const log = await run(dump);
    const bought = eventsOf(log, 'NodeClaimLaunched').filter(({ timeMs }) => timeMs > 0);
    expect(bought.map(({ nodePool, capacityType }) => [nodePool, capacityType])).toEqual([
      ['spot', 'spot'],
      ['spot', 'spot'],
      ['spot', 'spot'],
    ]);
  });

  it('keeps replicas apart by zone and respects their disruption budget', async () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('general', poolSpec(EAGER, [types('m5.large', 'm5.xlarge'), capacity('on-demand')]));
    const nodes = ['a', 'b', 'c'].map((zone) =>
      dump.karpenterNode('general', { type: 'm5.xlarge', zone: `us-east-1${zone}` }),
    );
    const constraint = {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'web' } },
    };
    dump.deployment({ name: 'web', on: nodes, podSpec: { topologySpreadConstraints: [constraint] } });
    const selector = { matchLabels: { app: 'web' } };
    dump.object('policy/v1', 'PodDisruptionBudget', 'web', { spec: { selector, minAvailable: 2 } }, 'shop');
    const log = await run(dump, { duration: '15m' });
    // Each m5.xlarge is replaced by an m5.large of its own zone, since the spread lets no two pods share one.
    const zones = eventsOf(log, 'NodeClaimLaunched')
      .filter(({ timeMs }) => timeMs > 0)
      .map(({ zone }) => zone);
    expect(new Set(zones)).toEqual(new Set(['us-east-1a', 'us-east-1b', 'us-east-1c']));
    expect(new Set(eventsOf(log, 'DisruptionCommand').flatMap(({ nodes: gone }) => gone))).toEqual(new Set(nodes));
  });

  it('keeps disruption budgets closed', async () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('general', poolSpec({ ...EAGER, budgets: [{ nodes: '0' }] }, [types('m5.large')]));
    const a = dump.karpenterNode('general', { type: 'm5.large' });
    dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a] });
    const log = await run(dump);
    expect(eventsOf(log, 'DisruptionCommand')).toEqual([]);
    expect(eventsOf(log, 'DisruptionBlocked').map(({ code }) => code)).toContain('budget-exhausted');
  });

  it('lets real pods take the place of overprovisioning', async () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('general', poolSpec(QUIET, [types('m5.large'), capacity('on-demand')]));
    const a = dump.karpenterNode('general', { type: 'm5.large' });
    dump.object('scheduling.k8s.io/v1', 'PriorityClass', 'placeholder', { value: -10, globalDefault: false });
    dump.deployment({
      name: 'pause',
      on: [a],
      requests: { cpu: '1500m', memory: '1Gi' },
      podSpec: { priorityClassName: 'placeholder', priority: -10, terminationGracePeriodSeconds: 0 },
    });
    dump.deployment({ name: 'web', on: [''], requests: { cpu: '1', memory: '1Gi' } });
    const log = await run(dump);
    const web = eventsOf(log, 'PodBound').filter(({ pod }) => pod.startsWith('shop/web'));
    expect(web).toMatchObject([{ node: a }]);
    expect(web[0]?.timeMs).toBeLessThan(5000);
    expect(eventsOf(log, 'NodeClaimLaunched').filter(({ timeMs }) => timeMs > 0)).toHaveLength(1);
  });

  it('lets a batch end as long as its like took, and its node go', async () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('batch', poolSpec(QUIET, [types('c5.xlarge'), capacity('spot')]));
    const a = dump.karpenterNode('batch', { type: 'c5.xlarge', capacityType: 'spot' });
    const template = {
      metadata: { labels: { job: 'etl' } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'etl', resources: { requests: { cpu: '2' } } }] },
    };
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'etl', uid: 'etl-uid', controller: true };
    const times = { startTime: '2026-03-27T09:00:00Z', completionTime: '2026-03-27T11:03:00Z' };
    const done = { conditions: [{ type: 'Complete', status: 'True' }], succeeded: 1, ...times };
    const cron = { schedule: '0 9 * * *', jobTemplate: { spec: { template } } };
    dump.object('batch/v1', 'CronJob', 'nightly', { spec: cron }, 'shop');
    dump.add({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'etl-0',
        namespace: 'shop',
        uid: 'u0',
        ownerReferences: [{ ...owner, kind: 'CronJob', name: 'nightly', uid: 'n' }],
      },
      spec: { template },
      status: done,
    });
    dump.add({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'etl', namespace: 'shop', uid: 'etl-uid', creationTimestamp: '2026-03-27T10:00:00Z' },
      spec: { completions: 1, parallelism: 1, template },
    });
    dump.add({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'etl', namespace: 'old', uid: 'u1' },
      spec: { template },
      status: done,
    });
    dump.pod({ name: 'etl-xyz', node: a, owner, requests: { cpu: '2' } });
    const scenario = await imported(dump.yaml(), { duration: '10m' });
    expect(scenario.files['scenario.yaml']).toContain('job: shop/nightly\n    duration: 7380s');
    expect(scenario.findings).toContainEqual({
      kind: 'guessed',
      count: 1,
      text: 'Jobs and CronJobs of which no run has ended: their pods work twice as long as they have by now',
      examples: ['shop/etl'],
    });
    const spec = specOf(scenario.files);
    const log = simulate(spec, { simulatorVersion: 'test' }).log;
    expect(eventsOf(log, 'PodCreated').filter(({ fromStart }) => fromStart)).toMatchObject([{ service: 'shop/etl' }]);
    expect(eventsOf(log, 'PodCreated')).toHaveLength(1);
    expect(eventsOf(log, 'JobFinished')).toEqual([]);
    // With the work of its like it has three minutes left.
    const work = [{ job: 'shop/etl', durationMs: 7_380_000, durationP95Ms: 7_380_000, failureShare: 0 }];
    const known = simulate({ ...spec, jobs: work }, { simulatorVersion: 'test' }).log;
    expect(onlyEvent(known, 'JobFinished')).toMatchObject({ job: 'shop/etl', result: 'Complete' });
    expect(onlyEvent(known, 'DisruptionCommand')).toMatchObject({ method: 'emptiness', nodes: [a] });
  });

  it('keeps arm64 beside amd64', async () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    const arch = (value: string) => ({ key: 'kubernetes.io/arch', operator: 'In', values: [value] });
    dump.nodePool('arm', { ...poolSpec(QUIET, [types('m6g.large'), arch('arm64')]), weight: 10 });
    dump.nodePool('x86', poolSpec(QUIET, [types('m5.large'), arch('amd64')]));
    const a = dump.karpenterNode('arm', { type: 'm6g.large' });
    const b = dump.karpenterNode('x86', { type: 'm5.large' });
    dump.deployment({ name: 'multi', on: [a, ''], requests: { cpu: '1500m' } });
    dump.deployment({
      name: 'legacy',
      on: [b, ''],
      requests: { cpu: '1500m' },
      podSpec: { nodeSelector: { 'kubernetes.io/arch': 'amd64' } },
    });
    const bought = eventsOf(await run(dump), 'NodeClaimLaunched').filter(({ timeMs }) => timeMs > 0);
    expect(bought.map(({ instanceType }) => instanceType).sort()).toEqual(['m5.large', 'm6g.large']);
  });

  it('keeps GPUs for those who ask for one', async () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    const taints = [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }];
    dump.nodePool('gpu', poolSpec(QUIET, [types('g4dn.xlarge'), capacity('on-demand')], { taints }));
    const a = dump.karpenterNode('gpu', { type: 'g4dn.xlarge', taints });
    const podSpec = { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }] };
    dump.deployment({ name: 'model', on: [a, ''], requests: { cpu: '1', 'nvidia.com/gpu': '1' }, podSpec });
    dump.deployment({ name: 'web', on: [''], requests: { cpu: '100m' } });
    const log = await run(dump);
    expect(eventsOf(log, 'NodeClaimLaunched').filter(({ timeMs }) => timeMs > 0)).toMatchObject([
      { instanceType: 'g4dn.xlarge' },
    ]);
    expect(eventsOf(log, 'FailedScheduling').map(({ pod }) => pod.split('-')[0])).toContain('shop/web');
  });

  it('fills capacity reservations again, under whatever ids', async () => {
    const dump = new ClusterDump();
    const reservation = (id: string) => ({
      id,
      instanceType: 'm5.large',
      availabilityZone: 'us-east-1a',
      instanceMatchCriteria: 'targeted',
      ownerID: '123456789012',
      reservationType: 'default',
      state: 'active',
    });
    dump.nodeClass(
      'default',
      { capacityReservationSelectorTerms: [{ tags: { team: 'payments' } }] },
      { capacityReservations: [reservation('cr-0abc'), reservation('cr-0def')] },
    );
    dump.nodePool('general', poolSpec(QUIET, [types('m5.large'), capacity('reserved', 'on-demand')]));
    const labels = {
      'karpenter.sh/capacity-type': 'reserved',
      'karpenter.k8s.aws/capacity-reservation-id': 'cr-0abc',
      'karpenter.k8s.aws/capacity-reservation-type': 'default',
    };
    dump.karpenterNode('general', { type: 'm5.large', labels });
    const b = dump.karpenterNode('general', { type: 'm5.large', labels });
    dump.deployment({ name: 'web', on: [b, '', ''], requests: { cpu: '1200m' } });
    for (const redact of [false, true]) {
      const scenario = await imported(dump.yaml(), { redact });
      const id = redact ? 'cr-1' : 'cr-0abc';
      expect(scenario.files['scenario.yaml']).toContain(
        `- id: ${id}\n    instanceType: m5.large\n    zone: us-east-1a\n    count: 2\n    instanceMatchCriteria: targeted`,
      );
      expect(Object.values(scenario.files).join('')).not.toMatch(redact ? /cr-0|payments/ : /payments/);
      expect(scenario.findings.map(({ kind, count, text }) => [kind, count, text])).toEqual(
        expect.arrayContaining([
          [
            'guessed',
            1,
            'capacity reservations: they hold as many machines as run in them now, since no object tells their size',
          ],
          ['left-out', 1, 'capacity reservations in which no node runs: no object tells how many machines they hold'],
        ]),
      );
      const { log } = simulate(specOf(scenario.files), { simulatorVersion: 'test' });
      // One of the two pods takes the empty node of the reservation; the reservation is then full, and the other is bought.
      const launched = eventsOf(log, 'NodeClaimLaunched').map(({ timeMs, capacityType }) => [timeMs > 0, capacityType]);
      expect(launched).toEqual([
        [false, 'reserved'],
        [false, 'reserved'],
        [true, 'on-demand'],
      ]);
    }
  });

  it('says nothing of requests that it does not know', async () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('general', poolSpec(QUIET, [types('m5.large'), capacity('on-demand')]));
    const a = dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a, a], requests: { cpu: '500m', memory: '256Mi' } });
    const log = await run(dump);
    expect(eventsOf(log, 'Demand')).toEqual([]);
    expect(eventsOf(log, 'CpuDemand').at(-1)).toMatchObject({ service: 'shop/web', cpuMilli: 500, readyPods: 2 });
    const analysis = analyse(log);
    const text = stripVTControlCharacters(
      answer(analysis, summarise(analysis), { story: 'none' }, new Chalk({ level: 0 })),
    );
    expect(text).toMatch(/^ {2}load +█+ {2}max 0\.5 cores$/m);
    expect(text).not.toMatch(/^ {2}(demand|requests) | rps$/m);
    expect(text).toContain('Of the service only the CPU is known (usage in place of load)');
  });

  it('imports v1beta1 for v0.32.0', async () => {
    const dump = new ClusterDump({ version: 'v0.32.0' });
    dump.nodeClass('default');
    const template = { spec: { nodeClassRef: { name: 'default' }, requirements: [types('m5.large')] } };
    dump.nodePool('general', { disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '30s' }, template });
    const a = dump.karpenterNode('general', { type: 'm5.large' });
    dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a] });
    const scenario = await imported(dump.json());
    expect(scenario.version).toBe('v0.32.0');
    const { log } = simulate(specOf(scenario.files), { simulatorVersion: 'test' });
    expect(onlyEvent(log, 'DisruptionCommand')).toMatchObject({ method: 'emptiness' });
  });

  it('gives the template the containers that webhooks put into the pods', async () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('general', poolSpec(QUIET, [types('m5.large')]));
    const a = dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a, a] });
    for (const item of dump.items) {
      if (item['kind'] !== 'Pod') continue;
      const spec = item['spec'] as { containers: object[] };
      spec.containers = [...spec.containers, { name: 'istio-proxy', resources: { requests: { cpu: '100m' } } }];
    }
    const scenario = await imported(dump.yaml());
    expect(scenario.files['workloads.yaml']).toContain('istio-proxy');
    const { log } = simulate(specOf(scenario.files), { simulatorVersion: 'test' });
    expect(eventsOf(log, 'PodCreated')).toHaveLength(2);
  });

  it('is the same scenario from YAML and from JSON, whole or in pieces', async () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('general', poolSpec(QUIET, [types('m5.large')]));
    const a = dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [a, ''] });
    const [yaml, json] = [await imported(dump.yaml()), await imported(dump.json())];
    expect(json.files).toEqual(yaml.files);
    const pieces = new Dump();
    const text = dump.json();
    const chunks = Array.from({ length: Math.ceil(text.length / 97) }, (_, i) => text.slice(i * 97, (i + 1) * 97));
    for await (const entry of readDump('dump', Readable.from(chunks))) pieces.take(entry);
    expect(pieces.read).toBe(dump.items.length);
    expect(pieces.faults).toEqual([]);
  });
});

describe('a redacted scenario', () => {
  function secretCluster(): ClusterDump {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    const team = { key: 'secretcorp.com/team', operator: 'In', values: ['payments'] };
    dump.nodePool('pool-of-secretcorp', poolSpec(EAGER, [types('m5.large', 'm5.xlarge'), team]));
    const labels = { 'secretcorp.com/team': 'payments' };
    const a = dump.karpenterNode('pool-of-secretcorp', { type: 'm5.xlarge', labels });
    const b = dump.karpenterNode('pool-of-secretcorp', { type: 'm5.xlarge', zone: 'us-east-1b', labels });
    const podSpec = { nodeSelector: { 'secretcorp.com/team': 'payments' } };
    const annotations = { 'secretcorp.com/note': 'hunter2' };
    dump.deployment({ name: 'ledger', namespace: 'secretcorp-prod', on: [a, b, ''], podSpec, annotations });
    dump.statefulSet({ name: 'vault', namespace: 'secretcorp-prod', on: [a], podSpec });
    dump.object('v1', 'Secret', 'db', { data: { password: 'aHVudGVyMg==' }, stringData: { p: 'hunter2' } }, 'shop');
    dump.object('v1', 'ConfigMap', 'app', { data: { url: 'https://hunter2.secretcorp.com' } }, 'shop');
    return dump;
  }

  it('has nothing of what is secret, and the unredacted one nothing of Secrets, environment and arguments', async () => {
    const poison = 'PoisonToken';
    const dump = secretCluster();
    const words = new Set([
      'kind',
      'apiVersion',
      'operator',
      'type',
      'status',
      'phase',
      'effect',
      'whenUnsatisfiable',
      'group',
      'nodes',
      'preemptionPolicy',
    ]);
    const open =
      /^(true|false|[\d.]+[a-zA-Z%]*|aws:.*|node\.kubernetes\.io\/.*|\d{4}-.*|us-east-1.?|WhenEmpty.*|RollingUpdate|Always|Default.*|Prefer.*|Parallel|OrderedReady)$/;
    // Every text that is free to be anything; the words of the API would only make the objects invalid.
    const poisoned = (value: unknown, key = '', path = ''): unknown => {
      if (typeof value === 'string') {
        const machine =
          /karpenter\.k8s\.aws|karpenter\.sh|kubernetes\.io\/(arch|os|instance|zone|region)|topology/.test(path);
        return words.has(key) ||
          open.test(value) ||
          machine ||
          /resources|capacity|allocatable|instance-type/.test(path)
          ? value
          : `${value}${poison}`;
      }
      if (Array.isArray(value)) return value.map((item) => poisoned(item, key, path));
      if (typeof value !== 'object' || value === null) return value;
      const requirement = 'operator' in value && 'values' in value ? String((value as { key?: unknown }).key) : '';
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, poisoned(item, name, `${path}/${requirement}/${name}`)]),
      );
    };
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: dump.items.map((item) => poisoned(item)) });
    expect(text.split(poison).length).toBeGreaterThan(200);
    const redacted = await imported(text, { redact: true });
    for (const file of Object.values(redacted.files))
      expect(file).not.toMatch(/Poison|secretcorp|hunter2|ledger|vault/i);
    const plain = await imported(text);
    for (const file of Object.values(plain.files)) expect(file).not.toMatch(/hunter2|DB_PASSWORD|--listen|aHVudGVy/);
    expect(plain.files['workloads.yaml']).toContain('ledger');
  });

  it('gives the same decisions, and tells what it kept', async () => {
    const text = secretCluster().yaml();
    const [plain, redacted] = [await imported(text), await imported(text, { redact: true })];
    expect(redacted.kept).toContain('label node.kubernetes.io/instance-type');
    const shape = (log: EventLog) =>
      eventsOf(log, 'DisruptionOutlook').map(({ method, decision, nodes, pods, replacements, savingsPerHour }) => ({
        method,
        decision,
        nodes: nodes.length,
        pods,
        types: replacements.map(({ instanceTypes }) => instanceTypes),
        savingsPerHour,
      }));
    const run = (files: Readonly<Record<string, string>>) => simulate(specOf(files), { simulatorVersion: 'test' }).log;
    const logs = [run(plain.files), run(redacted.files)] as const;
    expect(shape(logs[0]).length).toBeGreaterThan(0);
    expect(shape(logs[1])).toEqual(shape(logs[0]));
    const commands = (log: EventLog) =>
      eventsOf(log, 'DisruptionCommand').map(({ method, decision, nodes }) => [method, decision, nodes.length]);
    expect(commands(logs[1])[0]).toEqual(commands(logs[0])[0]);
    // Pods of a StatefulSet keep their numbers: none is made anew.
    expect(eventsOf(logs[1], 'PodCreated').filter(({ timeMs, fromStart }) => timeMs === 0 && !fromStart)).toHaveLength(
      1,
    );
  });
});
