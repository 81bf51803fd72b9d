import { fileURLToPath } from 'node:url';
import { CaseCatalogs } from '../src/conformance/case-catalogs.js';
import { caseCluster, type CaseCluster } from '../src/conformance/case-cluster.js';
import type { CaseFile, CaseNode } from '../src/conformance/case-file.js';

const CATALOGS = fileURLToPath(new URL('../pricing-data/catalogs', import.meta.url));
const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
/** Types of the nodes, each with how many pods of every service fill it to some three quarters. */
const TYPES = [
  { name: 'm5.large', each: 2 },
  { name: 'm5.xlarge', each: 4 },
  { name: 'c5.xlarge', each: 3 },
  { name: 'r5.large', each: 1 },
  { name: 'm6i.xlarge', each: 3 },
  { name: 'c6i.2xlarge', each: 6 },
];
const NOW = '2026-03-06T12:00:00Z';
const CREATED = '2026-03-06T08:00:00Z';

/** Services of the cluster. On every third node there is a cache, which keeps apart from its like. */
const SERVICES = [
  { name: 'web', cpu: '250m', memory: '512Mi', spec: {} },
  { name: 'api', cpu: '400m', memory: '700Mi', spec: { topologySpreadConstraints: [spreadOverZones('api')] } },
  { name: 'jobs', cpu: '150m', memory: '900Mi', spec: {} },
];
const CACHE = { name: 'cache', cpu: '200m', memory: '1Gi', spec: { affinity: apartOnHosts('cache') } };

/**
 * A cluster of so many Consolidatable on-demand nodes of six types in three zones, filled to about three quarters with
 * three to nineteen pods. Every amd64 type of us-east-1 may come as a replacement.
 */
export function consolidationCluster(nodeCount: number): CaseCluster {
  const nodes = Array.from({ length: nodeCount }, (_, index): CaseNode => ({
    name: `node-${String(index).padStart(5, '0')}`,
    nodePool: 'general',
    instanceType: TYPES[index % TYPES.length]?.name ?? '',
    zone: ZONES[index % ZONES.length] ?? '',
    capacityType: 'on-demand',
    createdAt: CREATED,
    conditions: { Consolidatable: 'Consolidatable' },
  }));
  const caseFile: CaseFile = {
    name: `bench/consolidation-${nodeCount}`,
    kind: 'disruption',
    now: NOW,
    instanceTypes: 'aws-us-east-1',
    nodePools: [nodePool()],
    nodes,
    pods: nodes.flatMap(({ name }, index) => {
      const { each = 1 } = TYPES[index % TYPES.length] ?? {};
      const services = SERVICES.flatMap((service) => Array.from({ length: each }, () => service));
      return [...services, ...(index % 3 === 0 ? [CACHE] : [])].map((service, pod) => boundPod(name, service, pod));
    }),
  };
  return caseCluster(caseFile, 'v1.14.1', new CaseCatalogs([CATALOGS]));
}

function nodePool(): unknown {
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: 'general', uid: 'pool-general', creationTimestamp: CREATED },
    spec: {
      template: {
        spec: {
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
          requirements: [
            { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
            { key: 'topology.kubernetes.io/zone', operator: 'In', values: ZONES },
          ],
          expireAfter: 'Never',
        },
      },
      disruption: {
        consolidationPolicy: 'WhenEmptyOrUnderutilized',
        consolidateAfter: '30s',
        budgets: [{ nodes: '100%' }],
      },
    },
  };
}

function boundPod(
  nodeName: string,
  { name, cpu, memory, spec }: typeof CACHE | (typeof SERVICES)[number],
  index: number,
): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${nodeName}-${index}`,
      namespace: 'default',
      uid: `${name}-${nodeName}-${index}`,
      creationTimestamp: CREATED,
      labels: { app: name },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-1`, uid: `${name}-1`, controller: true },
      ],
    },
    spec: { ...spec, nodeName, containers: [{ name: 'main', resources: { requests: { cpu, memory } } }] },
    status: { phase: 'Running', startTime: CREATED },
  };
}

function spreadOverZones(app: string): unknown {
  return {
    maxSkew: 5,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app } },
  };
}

function apartOnHosts(app: string): unknown {
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
      ],
    },
  };
}
