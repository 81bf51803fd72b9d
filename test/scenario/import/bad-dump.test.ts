import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readDump } from '../../../src/scenario/import/dump-reader.js';
import { Dump } from '../../../src/scenario/import/dump.js';
import { importScenario, type ImportResult } from '../../../src/scenario/import/import-scenario.js';
import { readUsage, type PodUsage } from '../../../src/scenario/import/usage.js';
import { pricingDataCatalogue } from '../../../src/scenario/pricing-data-catalogue.js';
import { ClusterDump } from '../cluster-dump.js';

function cluster(): ClusterDump {
  const dump = new ClusterDump();
  dump.nodeClass('default');
  dump.nodePool('general', {
    template: {
      spec: { nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' }, requirements: [] },
    },
  });
  const a = dump.karpenterNode('general', { type: 'm5.large' });
  dump.deployment({ name: 'web', on: [a, a] });
  return dump;
}

async function read(...texts: string[]): Promise<Dump> {
  const dump = new Dump();
  for (const [index, text] of texts.entries()) {
    for await (const entry of readDump(`dump-${index}`, Readable.from([text]))) dump.take(entry);
  }
  return dump;
}

function made(dump: Dump, usage: ReadonlyMap<string, PodUsage> = new Map()): ImportResult {
  return importScenario(dump, {
    catalogue: pricingDataCatalogue(),
    name: 'mine',
    redact: false,
    usage,
    utilisation: 0.5,
    duration: '10m',
  });
}

/** What is said, with counts. */
function said(result: ImportResult): string[] {
  return (result.scenario?.findings ?? []).map(({ count, text, examples }) =>
    `${count} ${text} ${examples.join(' ')}`.trim(),
  );
}

describe('a dump that is not whole', () => {
  it('is imported up to where it is cut off, and that is said', async () => {
    const text = cluster().yaml();
    const cut = await read(text.slice(0, text.lastIndexOf('containerStatuses')));
    expect(said(made(cut))[0]).toMatch(
      /^1 the dump is cut off: what came before is read, the rest is missing dump-0:\d+$/,
    );
    const json = cluster().json();
    expect(said(made(await read(json.slice(0, -400))))[0]).toMatch(/^1 the dump is cut off.* dump-0$/);
  });

  it('may be cut off between two objects', async () => {
    const text = cluster().yaml();
    const cut = await read(text.slice(0, text.lastIndexOf('\n- apiVersion') + 1));
    expect(cut.faults).toMatchObject([{ cutOff: true, message: 'the list has no end' }]);
  });

  it('goes on behind a document that is no YAML', async () => {
    const documents = cluster().items.map((item) => JSON.stringify(item));
    const dump = await read(['a: [', ...documents].join('\n---\n'));
    expect(dump.read).toBe(documents.length);
    expect(said(made(dump))[0]).toMatch(/^1 texts could not be read \(.*\) dump-0:1$/);
  });

  it('may lack the nodes of pods, statuses and NodePools: each is said', async () => {
    const dump = cluster();
    dump.deployment({ name: 'far', on: ['ip-9.ec2.internal'] });
    for (const item of dump.items)
      if (item['kind'] === 'Node' || item['kind'] === 'Pod') delete (item as { status?: unknown }).status;
    dump.items.splice(0, dump.items.length, ...dump.items.filter(({ kind }) => kind !== 'NodePool'));
    expect(said(made(await read(dump.yaml())))).toEqual([
      '1 there is no NodePool: Karpenter has nothing to decide about; dump nodepools,ec2nodeclasses, too',
      '1 pods run on nodes that the dump does not hold: their controllers make them anew ip-9.ec2.internal',
      expect.stringMatching(/^3 pods without status are bound to a node: taken as running and ready/),
      expect.stringMatching(/^2 workloads without measured usage/),
      expect.stringMatching(/^1 nodes have no status: they get the amounts of their type/),
    ]);
  });

  it('may lack the claims of volumes: the pods move freely, and that is said', async () => {
    const dump = cluster();
    const node = (dump.items.find(({ kind }) => kind === 'Node')?.['metadata'] as { name: string }).name;
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'blog-data' } }];
    dump.deployment({ name: 'blog', on: [node], podSpec: { volumes } });
    const result = made(await read(dump.yaml()));
    expect(said(result)).toContain(
      '1 volumes whose claims are not in the dump bind nothing to a zone; dump pvc,pv,sc, too shop/blog-data',
    );
    const files = result.scenario?.files ?? {};
    expect(Object.values(files).join('')).not.toContain('blog-data');
    dump.object('v1', 'PersistentVolumeClaim', 'blog-data', { spec: { volumeName: 'pv' } }, 'shop');
    expect(made(await read(dump.yaml())).scenario?.files['workloads.yaml']).toContain('claimName: blog-data');
  });

  it('may have Karpenter objects of before v0.32: what to do is said', async () => {
    const dump = cluster();
    dump.object('karpenter.sh/v1alpha5', 'Provisioner', 'old', { spec: {} });
    expect(said(made(await read(dump.yaml())))[0]).toBe(
      '1 Provisioner objects of Karpenter before v0.32: convert them to a NodePool (karpenter-convert -f FILE) and import again',
    );
  });

  it('takes v1 where both versions are there', async () => {
    const dump = cluster();
    for (const item of [...dump.items]) {
      if (item['kind'] === 'NodePool') dump.add({ ...item, apiVersion: 'karpenter.sh/v1beta1' });
    }
    const result = made(await read(dump.yaml()));
    expect(result.scenario?.version).toBe('v1.14.1');
    expect(said(result)).toContain('1 objects of karpenter.sh/v1beta1 beside those of v1');
  });

  it('keeps workloads of kinds that are not modelled alive', async () => {
    const dump = cluster();
    const owner = {
      apiVersion: 'core.strimzi.io/v1',
      kind: 'StrimziPodSet',
      name: 'kafka',
      uid: 'k',
      controller: true,
    };
    const node = (dump.items.find(({ kind }) => kind === 'Node')?.['metadata'] as { name: string }).name;
    dump.pod({ name: 'kafka-0', node, owner, labels: { app: 'kafka' } });
    dump.pod({ name: 'kafka-1', node, owner, labels: { app: 'kafka' } });
    const result = made(await read(dump.yaml()));
    expect(said(result)).toContain(
      '2 pods of a StrimziPodSet, which is not modelled, are kept as a Deployment shop/kafka',
    );
    expect(result.scenario?.counts['Deployments']).toBe(2);
  });
});

describe('what an import leaves behind', () => {
  it('is counted, kinds and fields', async () => {
    const dump = cluster();
    dump.nodeClass('second', { userData: 'echo secret', capacityReservationSelectorTerms: [{ id: 'cr-1' }] });
    for (const name of ['a', 'b']) dump.object('v1', 'ConfigMap', name, { data: { key: 'value' } }, 'shop');
    expect(said(made(await read(dump.yaml())))).toEqual(
      expect.arrayContaining([
        '2 ConfigMap objects',
        '1 userData of EC2NodeClasses',
        '1 capacityReservationSelectorTerms of EC2NodeClasses whose status tells of no reservation second',
      ]),
    );
  });
});

describe('a dump that is of no use', () => {
  it('is refused with what to do', async () => {
    expect(made(await read('')).problems?.[0]).toMatch(
      /^there is nothing in the dump to simulate: no object could be read — make it with kubectl get/,
    );
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: a }\n';
    expect(made(await read(secret)).problems?.[0]).toMatch(/only 1 Secret could be read/);
  });

  it('may hold two clusters', async () => {
    const [one, two] = [cluster(), cluster()];
    two.items.splice(
      0,
      two.items.length,
      ...two.items.map((item) => ({ ...item, metadata: { ...(item['metadata'] as object), uid: 'other' } })),
    );
    expect(made(await read(one.yaml(), two.yaml())).problems?.[0]).toMatch(
      /^the dump holds more than one cluster: it has two of EC2NodeClass default, NodePool general, Node ip-.* — import one at a time$/,
    );
  });

  it('may be the same twice: then the newest counts', async () => {
    const text = cluster().yaml();
    const result = made(await read(text, text));
    expect(result.scenario?.counts['pods']).toBe(2);
    expect(said(result)).toContain('8 objects were there more than once: the newest counts');
  });
});

describe('usage', () => {
  it('is read of kubectl top and becomes the load of a service', async () => {
    const dump = cluster();
    const pods = dump.items
      .filter(({ kind }) => kind === 'Pod')
      .map(({ metadata }) => (metadata as { name: string }).name);
    const lines = pods.map((name, index) => `shop   ${name}   ${200 + index * 100}m   300Mi`);
    const { usage } = readUsage(`NAMESPACE   NAME   CPU(cores)   MEMORY(bytes)\n${lines.join('\n')}\n`);
    const result = made(await read(dump.yaml()), usage);
    expect(said(result)).toEqual([]);
    // 200m + 300m
    expect(result.scenario?.files['scenario.yaml']).toContain('usage:\n      cpu: 500m\n      memory: 300Mi');
  });

  it('is read of Prometheus with its course over the day', async () => {
    const dump = cluster();
    const [pod] = dump.items
      .filter(({ kind }) => kind === 'Pod')
      .map(({ metadata }) => (metadata as { name: string }).name);
    const values = Array.from({ length: 24 }, (_, hour) => [
      Date.UTC(2026, 2, 26, hour) / 1000,
      hour < 12 ? '0.1' : '0.3',
    ]);
    const { usage } = readUsage(
      JSON.stringify({ data: { resultType: 'matrix', result: [{ metric: { namespace: 'shop', pod }, values }] } }),
    );
    const text = made(await read(dump.yaml()), usage).scenario?.files['scenario.yaml'] ?? '';
    expect(text.replaceAll(/\s+/g, ' ')).toContain('daily: - 0.5 - 0.5');
    expect(text).toContain('cpu: 400m');
  });

  it('is read of CSV', () => {
    const { usage } = readUsage(
      'timestamp,namespace,pod,value\n2026-03-26T00:00:00Z,shop,web,0.25\n2026-03-26T00:00:00Z,shop,web,500000000\n',
    );
    expect(usage?.get('shop/web')).toMatchObject({ cpuMilli: 250, memoryBytes: 500_000_000 });
  });

  it.each([
    ['NAME CPU(cores) MEMORY(bytes)\nweb 1m 1Mi\n', 'it tells no namespaces — make it with kubectl top pods -A'],
    [
      'NAMESPACE NAME CPU(cores) MEMORY(bytes)\nshop web lots 1Mi\n',
      'line 2 is not NAMESPACE NAME CPU MEMORY: "shop web lots 1Mi"',
    ],
    [
      '{"data":{"result":[{"metric":{"pod":"a"},"values":[]}]}}',
      'a series has no namespace or pod label — query sum by (namespace, pod) (…)',
    ],
    ['{', 'it is no JSON: '],
    ['a,b\n1,2\n', 'its columns are a, b; timestamp, namespace, pod and value are wanted'],
    ['hello', 'it is neither kubectl top pods -A, nor a range query of Prometheus (JSON), nor CSV with a header'],
  ])('says what is wrong with %j', (text, problem) => {
    expect(readUsage(text).problem).toContain(problem);
  });
});
