import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { readDump } from '../../src/scenario/import/dump-reader.js';
import { Dump } from '../../src/scenario/import/dump.js';
import { importScenario } from '../../src/scenario/import/import-scenario.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import type { ScenarioSpec } from '../../src/scenario/scenario-spec.js';
import { simulate } from '../../src/simulation/simulate.js';
import { ClusterDump } from '../../test/scenario/cluster-dump.js';
import { runSuite } from '../run-suite.js';

const NODES = 200;
const PODS = 5000;
const PODS_A_NODE = PODS / NODES;
const SERVICES = 250;
const REQUEST_MILLI = 250;
/** What pods use of their requests. */
const UTILISATION = 0.5;
const HUGE_PODS = 50_000;
/** As long as kubectl prints a pod of an EKS cluster with its managed fields. */
const HUGE_POD_BYTES = 4_000;

/** 200 nodes of one type, four fifths full with 5,000 pods of 250 Deployments, as `kubectl get -o yaml` prints them. */
function dumpText(): string {
  const dump = new ClusterDump();
  dump.nodeClass('default');
  dump.nodePool('general', {
    disruption: {
      consolidationPolicy: 'WhenEmptyOrUnderutilized',
      consolidateAfter: '5m',
      budgets: [{ nodes: '10%' }],
    },
    template: {
      spec: {
        expireAfter: '720h',
        nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
        requirements: [
          { key: 'node.kubernetes.io/instance-type', operator: 'In', values: ['m5.large', 'm5.xlarge', 'm5.2xlarge'] },
          { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
        ],
      },
    },
  });
  const nodes = Array.from({ length: NODES }, (_, index) =>
    dump.karpenterNode('general', { type: 'm5.2xlarge', zone: `us-east-1${'abc'.charAt(index % 3)}` }),
  );
  const slots = nodes.flatMap((node) => Array.from({ length: PODS_A_NODE }, () => node));
  for (let service = 0; service < SERVICES; service++) {
    const on = slots.filter((_, index) => index % SERVICES === service);
    dump.deployment({
      name: `service-${service}`,
      namespace: `team-${service % 10}`,
      on,
      requests: { cpu: `${REQUEST_MILLI}m`, memory: '800Mi' },
    });
  }
  return dump.yaml();
}

/** A dump of 50,000 pods, 200 MB, made while it is read. */
function* hugeDump(): Generator<string> {
  yield 'apiVersion: v1\nitems:\n';
  const padding = 'x'.repeat(60);
  for (let pod = 0; pod < HUGE_PODS; pod++) {
    const head = `- apiVersion: v1
  kind: Pod
  metadata:
    creationTimestamp: "2026-03-27T10:00:00Z"
    labels:
      app: service-${pod % 500}
      pod-template-hash: abc
    name: service-${pod % 500}-abc-${pod}
    namespace: team
    ownerReferences:
    - apiVersion: apps/v1
      controller: true
      kind: ReplicaSet
      name: service-${pod % 500}-abc
      uid: set-${pod % 500}
    uid: pod-${pod}
  spec:
    containers:
    - name: app
      resources:
        requests:
          cpu: 100m
          memory: 128Mi
      env:
`;
    const line = `      - name: SETTING\n        value: ${padding}\n`;
    const lines = line.repeat(Math.ceil((HUGE_POD_BYTES - head.length) / line.length));
    yield `${head}${lines}    nodeName: node-${pod % 2000}\n  status:\n    phase: Running\n`;
  }
  yield 'kind: List\nmetadata:\n  resourceVersion: ""\n';
}

async function imported(text: Iterable<string>) {
  const dump = new Dump();
  for await (const entry of readDump('dump', Readable.from(text))) dump.take(entry);
  const { scenario } = importScenario(dump, {
    catalogue: pricingDataCatalogue(),
    name: 'bench',
    redact: false,
    usage: new Map(),
    utilisation: UTILISATION,
    duration: '1h',
  });
  assert.ok(scenario !== undefined);
  return scenario;
}

function load(files: Readonly<Record<string, string>>): ScenarioSpec {
  const { spec } = loadScenario({
    file: 'scenario.yaml',
    catalogue: pricingDataCatalogue(),
    readFile: (path) => files[path] ?? '',
  });
  assert.ok(spec !== undefined);
  return spec;
}

/**
 * A running cluster of 200 nodes and 5,000 pods: from kubectl's YAML to a scenario, from its files into memory, and its first
 * hour. And a dump of 50,000 pods, 200 MB, which has to fit in a gigabyte.
 */
export default async function clusterImport(): Promise<void> {
  const text = dumpText();
  const { files } = await imported([text]);
  const spec = load(files);
  await runSuite({
    name: 'cluster-import',
    unit: 'cluster',
    unitsPerRun: 1,
    minSamples: 3,
    cases: [
      {
        name: 'import of 50,000 pods, 200 MB',
        prepare: () => {
          // The first of all: the peak is that of the process since it began, and later runs begin with what earlier ones left.
          let megabytes: number | undefined;
          return async () => {
            const { counts } = await imported(hugeDump());
            assert.equal(counts['pods'], HUGE_PODS);
            megabytes ??= process.resourceUsage().maxRSS / 1024;
            assert.ok(megabytes < 1024, `${Math.round(megabytes)} MB`);
            return counts;
          };
        },
      },
      {
        name: 'import of 200 nodes and 5,000 pods',
        prepare: () => async () => {
          const { counts } = await imported([text]);
          assert.equal(counts['pods'], PODS);
          return counts;
        },
      },
      {
        name: 'reading its scenario',
        prepare: () => () => {
          const read = load(files);
          assert.equal(read.startState?.pods.length, PODS);
          return read;
        },
      },
      {
        name: 'its first hour',
        prepare: () => () => {
          const { log } = simulate(spec, { simulatorVersion: 'bench' });
          assert.equal(log.filter((event) => event.type === 'NodeRegistered' && event.timeMs === 0).length, NODES);
          assert.equal(log.at(-1)?.timeMs, 3_600_000);
          const usage = log.findLast((event) => event.type === 'UsageSampled');
          assert.equal(usage?.cpuMilli, PODS * REQUEST_MILLI * UTILISATION);
          return log;
        },
      },
    ],
  });
}
