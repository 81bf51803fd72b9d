import { CaseCatalogs } from '../../../src/conformance/case-catalogs.js';
import { caseCluster, type CaseCluster } from '../../../src/conformance/case-cluster.js';
import type { CaseFile, CaseInstanceType, CaseNode } from '../../../src/conformance/case-file.js';
import { RandomStream } from '../../../src/kernel/random-streams.js';
import type { ClusterSnapshot } from '../../../src/karpenter/cluster-snapshot.js';
import { provisioningPass } from '../../../src/karpenter/scheduling/provisioning-pass.js';
import type { SchedulingError, SchedulingRequest } from '../../../src/karpenter/scheduling/scheduling-result.js';
import { solve } from '../../../src/karpenter/scheduling/solver.js';
import type { KarpenterVersion } from '../../../src/karpenter/settings.js';
import { schedulingProfile } from '../../../src/karpenter/versions/scheduling-profile-of.js';
import type { Pod } from '../../../src/kubernetes/pod.js';

export const ZONE = 'topology.kubernetes.io/zone';
export const HOSTNAME = 'kubernetes.io/hostname';
export const CAPACITY_TYPE = 'karpenter.sh/capacity-type';

type Fields = Readonly<Record<string, unknown>>;

/** An instance type of the examples: amd64, linux, 110 pods, on demand in zones z1, z2, z3. */
export function type(
  name: string,
  cpu: number,
  price: number,
  overrides: Partial<CaseInstanceType> = {},
): CaseInstanceType {
  return {
    name,
    capacity: { cpu: String(cpu), memory: `${String(cpu * 4)}Gi`, pods: '110' },
    requirements: [
      { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
      { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
    ],
    offerings: ['z1', 'z2', 'z3'].map((zone) => ({ zone, capacityType: 'on-demand', price, available: true })),
    ...overrides,
  };
}

/** The catalogue of the examples. */
export const TYPES = [type('s2', 2, 0.1), type('m4', 4, 0.2), type('l8', 8, 0.4)];

/** A NodePool manifest; `spec` goes beside the template, `node` into it. */
export function pool(
  name: string,
  { labels, spec, ...node }: Fields & { readonly labels?: Fields; readonly spec?: Fields } = {},
): Fields {
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name, uid: `nodepool-${name}` },
    spec: {
      template: {
        metadata: labels === undefined ? {} : { labels },
        spec: {
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
          requirements: [],
          ...node,
        },
      },
      disruption: { consolidateAfter: '0s' },
      ...spec,
    },
  };
}

/** The same of v1beta1. */
export function betaPool(name: string, { spec, ...node }: Fields & { readonly spec?: Fields } = {}): Fields {
  return {
    apiVersion: 'karpenter.sh/v1beta1',
    kind: 'NodePool',
    metadata: { name, uid: `nodepool-${name}` },
    spec: { template: { spec: { nodeClassRef: { name: 'default' }, requirements: [], ...node } }, ...spec },
  };
}

let created = 0;

/** A pod that asks for so many cpus; later ones are younger. `spec` fields other than its one container are free. */
export function pod(
  name: string,
  cpu: number | Readonly<Record<string, string>>,
  { labels, annotations, ownerReferences, creationTimestamp, uid, container, ...spec }: Fields = {},
): Fields {
  const requests = typeof cpu === 'number' ? { cpu: `${String(Math.round(cpu * 1000))}m` } : cpu;
  created++;
  return {
    metadata: {
      name,
      uid: uid ?? `pod-${name}`,
      labels: labels ?? {},
      annotations: annotations ?? {},
      ownerReferences: ownerReferences ?? [],
      creationTimestamp: creationTimestamp ?? new Date(Date.UTC(2026, 0, 1) + created * 1000).toISOString(),
    },
    spec: { containers: [{ name: 'main', resources: { requests }, ...(container as Fields | undefined) }], ...spec },
  };
}

/** Numbered pods of the same kind. */
export function pods(prefix: string, count: number, cpu: number, fields: Fields = {}): Fields[] {
  return Array.from({ length: count }, (_, i) => pod(`${prefix}${String(i + 1)}`, cpu, fields));
}

/** A DaemonSet whose pods ask for so many cpus. */
export function daemonSet(name: string, cpu: number, spec: Fields = {}): Fields {
  return {
    metadata: { name, uid: `daemonset-${name}` },
    spec: {
      selector: { matchLabels: { daemon: name } },
      template: { metadata: { labels: { daemon: name } }, spec: pod(name, cpu, spec)['spec'] },
    },
  };
}

/** Affinity to nodes: OR-ed required terms, each a list of `key operator value…`, and weighted preferred ones. */
export function nodeAffinity(
  required: readonly string[],
  preferred: readonly (readonly [number, string])[] = [],
): Fields {
  const term = (text: string): Fields => ({
    matchExpressions: text.split(', ').map((expression) => {
      const [key, operator, ...values] = expression.split(' ');
      return { key, operator, ...(values.length > 0 && { values }) };
    }),
  });
  return {
    nodeAffinity: {
      ...(required.length > 0 && {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: required.map(term) },
      }),
      preferredDuringSchedulingIgnoredDuringExecution: preferred.map(([weight, text]) => ({
        weight,
        preference: term(text),
      })),
    },
  };
}

/** Required affinity or anti-affinity to pods of an app. */
export function podTerm(side: 'podAffinity' | 'podAntiAffinity', app: string, topologyKey: string): Fields {
  return {
    [side]: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app } } }],
    },
  };
}

/** A spread constraint over pods of an app; no app selects nothing. */
export function spread(topologyKey: string, app: string | undefined, fields: Fields = {}): Fields {
  return { topologySpreadConstraints: [constraint(topologyKey, app, fields)] };
}

/** One spread constraint; hard unless the fields say otherwise. */
export function constraint(topologyKey: string, app: string | undefined, fields: Fields = {}): Fields {
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'DoNotSchedule',
    ...(app !== undefined && { labelSelector: { matchLabels: { app } } }),
    ...fields,
  };
}

/** A node of the one NodePool `np`, of type l8 in z1 unless said otherwise. */
export function node(name: string, fields: Partial<CaseNode> = {}): CaseNode {
  return { name, nodePool: 'np', instanceType: 'l8', zone: 'z1', capacityType: 'on-demand', ...fields };
}

export interface PassSketch extends Omit<Partial<CaseFile>, 'instanceTypes'> {
  readonly types?: readonly CaseInstanceType[];
  readonly version?: KarpenterVersion;
  readonly seed?: string;
  readonly csiLimits?: Readonly<Record<string, number>>;
}

/** A new NodeClaim in short. */
export interface Opened {
  readonly pool: string;
  readonly pods: readonly string[];
  readonly types: readonly string[];
  readonly cpu: number;
  /** Values of a requirement in the created object, with the operator where it is not In. */
  readonly requirement: (key: string) => string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly requests: Readonly<Record<string, number>>;
}

export interface Decision {
  /** In the order in which the pass leaves them. */
  readonly claims: readonly Opened[];
  /** Pods by the name of the existing node that they go to. */
  readonly existing: Readonly<Record<string, readonly string[]>>;
  /** Codes of pod errors; of a combined error the codes of its causes. */
  readonly errors: Readonly<Record<string, string>>;
  /** Codes of why pods were not tried. */
  readonly ignored: Readonly<Record<string, string>>;
}

/** The cluster of a sketch: without anything else it has the NodePool `np` and the types of the examples. */
export function clusterOf({ types, version = 'v1.14.1', csiLimits, ...sketch }: PassSketch): CaseCluster {
  const caseFile: CaseFile = {
    name: 'sketch',
    kind: 'provisioning',
    now: '2026-02-01T00:00:00Z',
    instanceTypes: types ?? TYPES,
    nodePools: [version === 'v0.32.0' ? betaPool('np') : pool('np')],
    ...sketch,
  };
  const cluster = caseCluster(caseFile, version, new CaseCatalogs([]));
  if (csiLimits === undefined) return cluster;
  const csiNodes = Object.entries(csiLimits).map(([name, count]) => ({
    metadata: { name, namespace: '', uid: name, labels: {}, annotations: {}, ownerReferences: [], creationTimeMs: 0 },
    drivers: [{ name: 'ebs.csi.aws.com', count }],
  }));
  return { ...cluster, snapshot: { ...cluster.snapshot, csiNodes } };
}

/** One provisioning pass over a sketch. */
export function pass(sketch: PassSketch): Decision {
  const { version = 'v1.14.1' } = sketch;
  const profile = schedulingProfile(version);
  const { snapshot, settings } = clusterOf(sketch);
  const stream = new RandomStream(sketch.seed ?? 'pass');
  const { result, ignored } = provisioningPass(snapshot, settings, profile, () => stream.next());
  return decisionOf(
    result,
    snapshot,
    Object.fromEntries(ignored.map((entry) => [entry.pod.metadata.name, entry.problems[0]?.code ?? ''])),
  );
}

/** One simulation, as disruption asks for it. */
export function simulate(sketch: PassSketch, request: (cluster: CaseCluster) => Partial<SchedulingRequest>): Decision {
  const profile = schedulingProfile(sketch.version ?? 'v1.14.1');
  const cluster = clusterOf(sketch);
  const { snapshot, settings } = cluster;
  const result = solve(
    {
      snapshot,
      settings,
      pods: [],
      destinations: snapshot.stateNodes,
      purpose: 'consolidation',
      random: () => 0,
      ...request(cluster),
    },
    profile,
  );
  return decisionOf(result, snapshot, {});
}

function decisionOf(
  result: ReturnType<typeof solve>,
  snapshot: ClusterSnapshot,
  ignored: Readonly<Record<string, string>>,
): Decision {
  const names = (list: readonly Pod[]): string[] => list.map(({ metadata }) => metadata.name).sort();
  const codes = ({ code, causes }: SchedulingError): string => (causes.length === 0 ? code : causes.map(codes).join());
  return {
    claims: result.newNodeClaims.map((plan) => ({
      pool: plan.nodePoolName,
      pods: names(plan.pods),
      types: plan.instanceTypes.map(({ name }) => name),
      cpu: (plan.requests['cpu'] ?? 0) / 1000,
      requirement: (key) => {
        const entries = plan.requirements.filter((entry) => entry.key === key);
        if (entries.length === 0) return undefined;
        return entries
          .map(({ operator, values }) => (operator === 'In' ? values.join(' ') : [operator, ...values].join(' ')))
          .join(', ');
      },
      labels: plan.labels,
      annotations: plan.annotations,
      requests: plan.requests,
    })),
    existing: Object.fromEntries(
      result.existingNodes.map(({ stateNode, pods: placed }) => [
        stateNode.node?.metadata.name ?? stateNode.nodeClaim?.metadata.name ?? '',
        names(placed),
      ]),
    ),
    errors: Object.fromEntries(
      snapshot.pods.flatMap(({ metadata }) => {
        const error = result.errors.get(metadata.uid);
        return error === undefined ? [] : [[metadata.name, codes(error)]];
      }),
    ),
    ignored,
  };
}
