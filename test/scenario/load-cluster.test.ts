import { describe, expect, it } from 'vitest';
import { whyNotProvisionable } from '../../src/karpenter/pod-predicates.js';
import type { Problem } from '../../src/kubernetes/manifest/problem.js';
import { loadCluster, type Cluster, type ClusterOptions } from '../../src/scenario/load-cluster.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';

const catalogue = pricingDataCatalogue();

type Manifest = Readonly<Record<string, unknown>>;

function load(manifests: readonly Manifest[], options: Partial<ClusterOptions> = {}): Cluster {
  const { cluster, problems } = read(manifests, options);
  expect(problems).toBeUndefined();
  if (cluster === undefined) throw new Error('no cluster');
  return cluster;
}

function read(manifests: readonly Manifest[], options: Partial<ClusterOptions> = {}) {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }, null, 1);
  return loadCluster({ files: [{ file: 'c.json', text }], catalogue, types: ['m5.large'], ...options });
}

function refused(manifests: readonly Manifest[], options: Partial<ClusterOptions> = {}): readonly Problem[] {
  return read(manifests, options).problems ?? [];
}

const CONTAINERS = [{ name: 'c', resources: { requests: { cpu: '1', memory: '1Gi' } } }];

function pod(name: string, more: { metadata?: Manifest; spec?: Manifest; status?: Manifest } = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', ...more.metadata },
    spec: { containers: CONTAINERS, ...more.spec },
    status: more.status,
  };
}

function deployment(name: string, replicas: number): Manifest {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: CONTAINERS } },
    },
  };
}

const node = (name: string, more: { labels?: Manifest; spec?: Manifest; status?: Manifest } = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: more.labels },
  spec: more.spec,
  status: more.status ?? { allocatable: { cpu: '2', memory: '4Gi', pods: '20' } },
});

const claim = (name: string, status: Manifest, metadata: Manifest = {}): Manifest => ({
  apiVersion: 'karpenter.sh/v1',
  kind: 'NodeClaim',
  metadata: { name, labels: { 'karpenter.sh/nodepool': 'general' }, ...metadata },
  spec: { nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' }, requirements: [] },
  status,
});

function waiting(cluster: Cluster): string[] {
  return cluster.snapshot.pods.filter((p) => whyNotProvisionable(p) === undefined).map(({ metadata }) => metadata.name);
}

function assumed(cluster: Cluster): string[] {
  return cluster.assumptions.map(({ code, count }) => `${code} ${count}`);
}

describe('pods of a cluster file', () => {
  it('count as unschedulable when kube-scheduler has said nothing of them, and keep its word when it has', () => {
    const verdict = (reason: string) => ({ conditions: [{ type: 'PodScheduled', status: 'False', reason }] });
    const cluster = load([
      pod('silent'),
      pod('tried', { status: verdict('Unschedulable') }),
      pod('failed', { status: verdict('SchedulerError') }),
      pod('gated', { spec: { schedulingGates: [{ name: 'g' }] } }),
      pod('foreign', { spec: { schedulerName: 'volcano' } }),
      pod('done', { status: { phase: 'Succeeded' } }),
      pod('preempting', { status: { nominatedNodeName: 'n' } }),
    ]);
    expect(waiting(cluster)).toEqual(['silent', 'tried']);
    expect(assumed(cluster)).toEqual(['taken-as-unschedulable 1']);
    const why = Object.fromEntries(cluster.snapshot.pods.map((p) => [p.metadata.name, whyNotProvisionable(p)]));
    expect(why).toMatchObject({
      failed: 'not-unschedulable',
      gated: 'scheduling-gated',
      foreign: 'other-scheduler',
      done: 'finished',
      preempting: 'nominated',
    });
  });

  it('are made for what a workload wants and the file does not hold', () => {
    const own = { labels: { app: 'web' } };
    const cluster = load([
      deployment('web', 4),
      pod('web-a', { metadata: own, spec: { nodeName: 'n1' } }),
      pod('web-b', { metadata: own }),
      pod('web-gone', { metadata: own, status: { phase: 'Failed' } }),
      node('n1'),
    ]);
    expect(waiting(cluster)).toEqual(['web-b', 'web-0', 'web-1']);
    expect(cluster.assumptions[0]).toEqual({ code: 'pods-made', count: 2, subjects: ['Deployment shop/web: 2 of 4'] });
  });

  it('are not made by a ReplicaSet whose Deployment is there, nor by a Job that is done or suspended', () => {
    const { spec } = deployment('web', 2) as { spec: Manifest };
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u', controller: true };
    const replicaSet = (name: string, ownerReferences: readonly Manifest[]): Manifest => ({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name, namespace: 'shop', ownerReferences },
      spec,
    });
    const job = (name: string, jobSpec: Manifest, status: Manifest = {}): Manifest => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: 'shop' },
      spec: { template: { spec: { containers: CONTAINERS, restartPolicy: 'Never' } }, ...jobSpec },
      status,
    });
    const cluster = load([
      deployment('web', 2),
      replicaSet('web-1', [owner]),
      job('import', { parallelism: 3, completions: 5 }, { succeeded: 3 }),
      job('done', {}, { conditions: [{ type: 'Complete', status: 'True' }] }),
      job('later', { suspend: true }),
    ]);
    expect(waiting(cluster)).toEqual(['web-0', 'web-1', 'import-0', 'import-1']);
  });

  it('of a StatefulSet and with ephemeral volumes come with their claims, of the default StorageClass', () => {
    const labels = { app: 'db' };
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'shop' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: CONTAINERS } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
      },
    };
    const gp3 = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'gp3', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'ebs.csi.aws.com',
      volumeBindingMode: 'WaitForFirstConsumer',
    };
    const scratch = pod('scratch', {
      spec: { volumes: [{ name: 's', ephemeral: { volumeClaimTemplate: { spec: {} } } }] },
    });
    const { snapshot } = load([set, gp3, scratch]);
    const claims = snapshot.persistentVolumeClaims.map(({ metadata, storageClassName }) => [
      metadata.name,
      storageClassName,
    ]);
    expect(claims).toEqual([
      ['data-db-0', 'gp3'],
      ['data-db-1', 'gp3'],
      ['scratch-s', 'gp3'],
    ]);
    const volumes = snapshot.pods.find(({ metadata }) => metadata.name === 'db-1')?.spec.volumes;
    expect(volumes).toEqual([{ name: 'data', kind: 'persistentVolumeClaim', claimName: 'data-db-1' }]);
  });
});

describe('nodes of a cluster file', () => {
  it('are joined with their NodeClaims by provider id or name, and with the pods bound to them', () => {
    const cluster = load([
      node('n1', { spec: { providerID: 'aws:///a/i-1' } }),
      node('n2'),
      node('n3'),
      claim('c1', { providerID: 'aws:///a/i-1' }),
      claim('c2', { providerID: 'aws:///a/i-2', nodeName: 'n2' }),
      claim('c4', { providerID: 'aws:///a/i-4' }),
      claim('c5', {}),
      pod('p', { spec: { nodeName: 'n2' } }),
      pod('lost', { spec: { nodeName: 'n9' } }),
    ]);
    const joined = cluster.snapshot.stateNodes.map((s) => [
      s.nodeClaim?.metadata.name,
      s.node?.metadata.name,
      s.pods.map(({ metadata }) => metadata.name),
    ]);
    expect(joined).toEqual([
      ['c1', 'n1', []],
      ['c2', 'n2', ['p']],
      ['c4', undefined, []],
      [undefined, 'n3', []],
    ]);
    expect(assumed(cluster)).toEqual(['bound-to-unknown-node 1', 'claim-without-node 1', 'claim-not-launched 1']);
  });

  it('without amounts get amounts and labels of their type, a cordon its taint; disruption marks them as going away', () => {
    const type = { 'node.kubernetes.io/instance-type': 'm5.xlarge' };
    const disrupted = [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }];
    const [bare, tainted] = load([
      node('n1', { labels: type, status: {}, spec: { unschedulable: true } }),
      node('n2', { spec: { taints: disrupted } }),
    ]).snapshot.stateNodes;
    expect(bare?.node?.status.allocatable['cpu']).toBe(3920);
    expect(bare?.node?.metadata.labels).toMatchObject({ 'kubernetes.io/arch': 'amd64' });
    expect(bare?.node?.spec.taints.map(({ key }) => key)).toEqual(['node.kubernetes.io/unschedulable']);
    expect([bare?.markedForDeletion, tainted?.markedForDeletion]).toEqual([false, true]);
  });
});

describe('NodePools of a cluster file', () => {
  const nodePool = (apiVersion: string, nodeClassRef: Manifest): Manifest => ({
    apiVersion: `karpenter.sh/${apiVersion}`,
    kind: 'NodePool',
    metadata: { name: `pool-${apiVersion}` },
    spec: { template: { spec: { requirements: [], nodeClassRef } } },
  });
  const v1 = nodePool('v1', { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' });
  const v1beta1 = nodePool('v1beta1', { name: 'default' });

  it('decide the version, v1 before v1beta1, and those of the other one are left out', () => {
    expect(load([v1beta1]).settings.version).toBe('v0.32.0');
    const both = load([v1beta1, v1]);
    expect([both.settings.version, both.snapshot.nodePools.length]).toEqual(['v1.14.1', 1]);
    expect(assumed(both)).toEqual(['node-class-assumed 1', 'other-version-left-out 1']);
    expect(refused([v1beta1], { karpenterVersion: 'v1.14.1' })).toMatchObject([{ path: 'apiVersion', line: 6 }]);
  });

  it('may do without any EC2NodeClass, but not name one that is missing beside others', () => {
    const nodeClass = {
      apiVersion: 'karpenter.k8s.aws/v1',
      kind: 'EC2NodeClass',
      metadata: { name: 'other' },
      spec: {
        amiSelectorTerms: [{ alias: 'al2023@latest' }],
        role: 'r',
        subnetSelectorTerms: [{ id: 'subnet-1' }],
        securityGroupSelectorTerms: [{ id: 'sg-1' }],
      },
    };
    expect(load([v1]).snapshot.instanceTypes('pool-v1')).toHaveLength(1);
    expect(refused([v1, nodeClass])).toMatchObject([{ path: 'spec.template.spec.nodeClassRef.name' }]);
  });
});

describe('PodDisruptionBudgets of a cluster file', () => {
  const budget = (name: string, app: string, more: Manifest = {}): Manifest => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'shop' },
    spec: { selector: { matchLabels: { app } }, minAvailable: '50%' },
    ...more,
  });

  it('have the status that they tell, else the one that their controller would have written', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'deploy', controller: true };
    const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'set', controller: true };
    const web = deployment('web', 4);
    const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    const { snapshot } = load([
      node('n1'),
      { ...web, metadata: { name: 'web', namespace: 'shop', uid: 'deploy' } },
      {
        ...web,
        kind: 'ReplicaSet',
        metadata: { name: 'web-1', namespace: 'shop', uid: 'set', ownerReferences: [owner] },
      },
      ...['a', 'b', 'c', 'd'].map((name) =>
        pod(`web-${name}`, {
          metadata: { labels: { app: 'web' }, ownerReferences: [set] },
          spec: { nodeName: 'n1' },
          status: name === 'd' ? { phase: 'Running' } : ready,
        }),
      ),
      budget('silent', 'web'),
      budget('told', 'web', {
        status: { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 4 },
      }),
    ]);
    expect(snapshot.podDisruptionBudgets.map(({ status }) => status.disruptionsAllowed)).toEqual([1, 0]);
  });
});

describe('mistakes in a cluster file', () => {
  it('are told all at once, with line and path', () => {
    const operator = { matchExpressions: [{ key: 'zone', operator: 'Inn', values: ['a'] }] };
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [operator] } };
    const problems = refused(
      [
        { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } },
        pod('a', {
          spec: {
            volumes: [
              { name: 'c', configMap: { name: 'x' } },
              { name: 'd', persistentVolumeClaim: { claimName: 'nope' } },
            ],
          },
        }),
        pod('b', { spec: { affinity: { nodeAffinity: required } } }),
        node('n', { status: {} }),
        pod('a'),
      ],
      { zones: ['us-east-1z'], types: ['m5.larg'] },
    );
    expect(problems.map(({ file, code, path }) => `${file} ${code} ${path}`)).toEqual([
      '--types missing-reference ',
      '--zones missing-reference ',
      'c.json unsupported-kind kind',
      'c.json missing-reference spec.volumes[1].persistentVolumeClaim.claimName',
      'c.json unsupported-value spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator',
      'c.json duplicate-name metadata.name',
    ]);
    expect(problems.slice(2).every(({ line, column }) => line > 1 && column > 1)).toBe(true);
    expect(refused([node('n', { status: {} })])).toMatchObject([{ path: 'status.allocatable', code: 'missing-field' }]);
  });

  it('are not seen in kinds that decide nothing; those that might are named as not modelled', () => {
    const kinds = ['ConfigMap', 'Service', 'CronJob', 'HorizontalPodAutoscaler'];
    const { unmodelled } = load(kinds.map((kind) => ({ apiVersion: 'v2', kind, metadata: { name: 'x' } })));
    expect(unmodelled.map(({ path }) => path)).toEqual(['CronJob x', 'HorizontalPodAutoscaler x']);
  });
});
