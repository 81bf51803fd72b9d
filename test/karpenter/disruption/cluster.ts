import type { CapacityType, InstanceType, Offering } from '../../../src/cloud/instance-type.js';
import { RandomStream } from '../../../src/kernel/random-streams.js';
import type { ClusterSnapshot, StateNode } from '../../../src/karpenter/cluster-snapshot.js';
import type {
  DisruptionCommand,
  DisruptionContext,
  MethodName,
  MethodOutcome,
} from '../../../src/karpenter/disruption/disruption-method.js';
import { disruptionMethods } from '../../../src/karpenter/disruption/disruption-methods.js';
import type { DisruptionFinding } from '../../../src/karpenter/disruption/finding.js';
import type { NodeClaim } from '../../../src/karpenter/nodeclaim.js';
import type { NodePool } from '../../../src/karpenter/nodepool.js';
import { solve } from '../../../src/karpenter/scheduling/solver.js';
import type { KarpenterSettings, KarpenterVersion } from '../../../src/karpenter/settings.js';
import { schedulingProfile } from '../../../src/karpenter/versions/scheduling-profile-of.js';
import type { Pod } from '../../../src/kubernetes/pod.js';
import type { PodDisruptionBudget } from '../../../src/kubernetes/workloads.js';
import { condition, metadata, node, nodeClaim, nodePool, NOON, ownedBy, pod } from '../lifecycle/objects.js';

type Prices = Partial<Record<CapacityType, number | Readonly<Record<string, number>>>>;

/** An instance type with so many cpus; a single price is that of zone `a`, others are named by zone. */
export function instanceType(name: string, cpu: number, prices: Prices): InstanceType {
  const offerings: Offering[] = [];
  for (const capacityType of ['reserved', 'spot', 'on-demand'] as const) {
    const price = prices[capacityType] ?? {};
    for (const [zone, amount] of Object.entries(typeof price === 'number' ? { a: price } : price)) {
      const reservation = capacityType === 'reserved' ? { reservationId: `cr-${name}`, reservationCapacity: 1 } : {};
      offerings.push({ zone, capacityType, price: amount, available: true, ...reservation });
    }
  }
  const values = (of: (offering: Offering) => string): string[] => [...new Set(offerings.map(of))];
  return {
    name,
    capacity: { cpu: cpu * 1000, memory: 64e9, pods: 110 },
    overhead: {},
    requirements: [
      { key: 'node.kubernetes.io/instance-type', operator: 'In', values: [name] },
      { key: 'topology.kubernetes.io/zone', operator: 'In', values: values(({ zone }) => zone) },
      { key: 'karpenter.sh/capacity-type', operator: 'In', values: values(({ capacityType }) => capacityType) },
    ],
    offerings,
  };
}

/** A NodePool that admits these capacity types. */
export function poolOf(
  name: string,
  capacityTypes: readonly CapacityType[],
  disruption: Partial<NodePool['disruption']> = {},
): NodePool {
  const requirement = { key: 'karpenter.sh/capacity-type', operator: 'In', values: capacityTypes } as const;
  return nodePool({ metadata: { name }, disruption, template: { requirements: [requirement] } });
}

/** A pod that asks for so many milli-cpu; it belongs to a ReplicaSet. */
export function workload(name: string, cpuMilli: number, overrides: Parameters<typeof pod>[1] = {}): Pod {
  return pod(name, {
    ...overrides,
    metadata: { ownerReferences: ownedBy('ReplicaSet'), ...overrides.metadata },
    spec: {
      containers: [{ name: 'main', requests: { cpu: cpuMilli }, limits: {}, ports: [] }],
      ...overrides.spec,
    },
  });
}

export interface TestNode {
  readonly name: string;
  readonly type: InstanceType;
  readonly capacityType?: CapacityType;
  readonly nodePool?: string;
  readonly pods?: readonly Pod[];
  readonly conditions?: NodeClaim['status']['conditions'];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly createdMs?: number;
  readonly lastPodEventTimeMs?: number;
  readonly terminationGracePeriodMs?: number;
  readonly notReady?: boolean;
  readonly uninitialized?: boolean;
  readonly state?: Partial<Pick<StateNode, 'markedForDeletion' | 'heldByCommand' | 'nominatedUntilMs'>>;
  readonly deletionTimeMs?: number;
}

/** A node in zone `a`; by default initialized, Ready, Consolidatable, of NodePool `general`. */
function stateNodeOf(test: TestNode): StateNode {
  const labels = {
    'karpenter.sh/nodepool': test.nodePool ?? 'general',
    'node.kubernetes.io/instance-type': test.type.name,
    'topology.kubernetes.io/zone': 'a',
    'karpenter.sh/capacity-type': test.capacityType ?? 'on-demand',
    'kubernetes.io/hostname': test.name,
  };
  const created = { creationTimeMs: test.createdMs ?? NOON, deletionTimeMs: test.deletionTimeMs };
  const status = { capacity: test.type.capacity, allocatable: test.type.capacity };
  const initialized = test.uninitialized === true ? [] : [condition('Initialized')];
  return {
    node: node({
      metadata: {
        name: test.name,
        labels: {
          ...labels,
          'karpenter.sh/registered': 'true',
          ...(test.uninitialized === true ? {} : { 'karpenter.sh/initialized': 'true' }),
        },
        annotations: test.annotations ?? {},
        ...created,
      },
      spec: { providerID: `i-${test.name}` },
      status: { ...status, conditions: [condition('Ready', { status: test.notReady === true ? 'False' : 'True' })] },
    }),
    nodeClaim: nodeClaim({
      metadata: { name: `${test.name}-claim`, labels, ...created },
      spec: { terminationGracePeriodMs: test.terminationGracePeriodMs },
      status: {
        ...status,
        providerID: `i-${test.name}`,
        nodeName: test.name,
        lastPodEventTimeMs: test.lastPodEventTimeMs,
        conditions: [
          condition('Launched'),
          condition('Registered'),
          ...initialized,
          ...(test.conditions ?? [condition('Consolidatable')]),
        ],
      },
    }),
    pods: (test.pods ?? []).map((bound) => ({ ...bound, spec: { ...bound.spec, nodeName: test.name } })),
    markedForDeletion: false,
    heldByCommand: false,
    nominatedUntilMs: 0,
    ...test.state,
  };
}

export interface TestCluster {
  readonly version?: KarpenterVersion;
  readonly nowMs?: number;
  readonly nodePools: readonly NodePool[];
  readonly types: readonly InstanceType[];
  readonly nodes: readonly TestNode[];
  readonly pending?: readonly Pod[];
  readonly podDisruptionBudgets?: readonly PodDisruptionBudget[];
  readonly gates?: Partial<KarpenterSettings['featureGates']>;
  readonly explain?: boolean;
}

/** The context in which methods are asked about the cluster, with the real solver. */
export function contextOf(cluster: TestCluster): DisruptionContext {
  const version = cluster.version ?? 'v1.14.1';
  const scheduling = schedulingProfile(version);
  const stateNodes = cluster.nodes.map(stateNodeOf);
  const snapshot: ClusterSnapshot = {
    nowMs: cluster.nowMs ?? NOON,
    nodePools: cluster.nodePools,
    stateNodes,
    pods: [...stateNodes.flatMap(({ pods }) => pods), ...(cluster.pending ?? [])],
    daemonSets: [],
    podDisruptionBudgets: cluster.podDisruptionBudgets ?? [],
    persistentVolumeClaims: [],
    persistentVolumes: [],
    storageClasses: [],
    csiNodes: [],
    namespaces: [{ metadata: metadata('default') }],
    instanceTypes: () => cluster.types,
  };
  const stream = new RandomStream('disruption tests');
  return {
    snapshot,
    settings: {
      version,
      batchIdleMs: 1000,
      batchMaxMs: 10_000,
      preferencePolicy: 'Respect',
      minValuesPolicy: 'Strict',
      featureGates: {
        spotToSpotConsolidation: false,
        reservedCapacity: true,
        nodeOverlay: false,
        staticCapacity: false,
        capacityBuffer: false,
        nodeRepair: false,
        drift: false,
        ...cluster.gates,
      },
    },
    scheduling,
    solve: (request) => solve(request, scheduling),
    random: () => stream.next(),
    explain: cluster.explain ?? false,
  };
}

/** What a method of the cluster's version decides. */
export function compute(cluster: TestCluster, methodName: MethodName): MethodOutcome & { candidates: string[] } {
  const context = contextOf(cluster);
  const method = disruptionMethods(context.settings.version).find(({ name }) => name === methodName);
  if (method === undefined) throw new Error(`no method ${methodName}`);
  const search = method.search(context);
  const names = search.candidates.map(({ name }) => name).sort();
  if (names.length === 0) return { commands: [], findings: search.findings, consolidated: false, candidates: names };
  const outcome = method.compute(context, search.candidates);
  return { ...outcome, findings: [...search.findings, ...outcome.findings], candidates: names };
}

/** Names of the nodes a command disrupts, and the types of its replacements. */
export function shown(
  command: DisruptionCommand | undefined,
): { nodes: string[]; replacements: string[][] } | undefined {
  return (
    command && {
      nodes: command.candidates.map(({ name }) => name).sort(),
      replacements: command.replacements.map(({ instanceTypes }) => instanceTypes.map(({ name }) => name)),
    }
  );
}

/** The first command a method decides on, in short. */
export function decision(cluster: TestCluster, methodName: MethodName): ReturnType<typeof shown> {
  return shown(compute(cluster, methodName).commands[0]);
}

/** Codes of the findings about a node. */
export function codes(findings: readonly DisruptionFinding[], nodeName: string): string[] {
  return findings.filter(({ node: subject }) => subject === nodeName).map(({ code }) => code);
}

/** A PodDisruptionBudget of the default namespace that selects every pod. */
export function budgetFor(name: string, overrides: Partial<PodDisruptionBudget> = {}): PodDisruptionBudget {
  return {
    metadata: metadata(name, { namespace: 'default' }),
    selector: { matchLabels: {}, matchExpressions: [] },
    status: { disruptionsAllowed: 1, currentHealthy: 1, desiredHealthy: 0, expectedPods: 1 },
    ...overrides,
  };
}
