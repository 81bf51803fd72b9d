import type { GroupCapacityType } from '../baseline/node-group.js';
import type { EC2NodeClass } from '../cloud/node-class.js';
import type { NodePool } from '../karpenter/nodepool.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { CAPACITY_TYPE_LABEL, NODEPOOL_LABEL, ZONE_LABEL } from '../karpenter/requirements/labels.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { PathKey } from '../kubernetes/manifest/field-path.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { Node } from '../kubernetes/node.js';
import type { Pod, PodSpec } from '../kubernetes/pod.js';
import { filterNodeObject } from '../kubernetes/scheduler/node-filters.js';
import { formatTaint, type Taint } from '../kubernetes/taints.js';
import { assumedNodeClass } from './offered-types.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ClusterObjects } from './scenario-spec.js';

/** What the groups of a baseline are checked against. */
export interface BaselineContext {
  readonly catalogue: ScenarioCatalogue;
  readonly version: KarpenterVersion;
  readonly cluster: ClusterObjects;
}

/** Fields of a declared group that every baseline's groups have. */
export interface CommonFields {
  readonly name: string;
  readonly nodePool?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly Taint[] | undefined;
}

interface WrittenGroup {
  readonly name?: string | undefined;
  readonly nodePool?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly (Omit<Taint, 'value'> & { readonly value?: string | undefined })[] | undefined;
}

/** Checks the groups that a scenario declares for its baselines, and gathers what is wrong with them. */
export class GroupChecks {
  readonly #names = new Set<string>();

  constructor(
    private readonly document: ScenarioDocument,
    private readonly context: BaselineContext,
    /** Where problems are gathered. */
    readonly problems: Problem[] = [],
  ) {}

  /** An instance type must be in the data. */
  type(at: readonly PathKey[], name: string): void {
    const { typeNames } = this.context.catalogue;
    if (typeNames.has(name)) return;
    this.problem(at, {
      code: 'missing-reference',
      message: `"${name}" is not an instance type in the data`,
      expected: 'an EC2 instance type such as m5.large',
      hint: didYouMean(name, typeNames),
    });
  }

  /** Name, NodePool, labels and taints; the NodePool must exist and the name be new. */
  common(at: readonly PathKey[], group: WrittenGroup): CommonFields {
    const pools = this.context.cluster.nodePools.map(({ metadata }) => metadata.name);
    if (group.nodePool !== undefined && !pools.includes(group.nodePool)) {
      this.problem([...at, 'nodePool'], {
        code: 'missing-reference',
        message: `there is no NodePool "${group.nodePool}" in the manifests`,
        expected: pools.length === 0 ? 'a group without nodePool' : `one of ${pools.join(', ')}`,
        hint: didYouMean(group.nodePool, pools),
      });
    }
    const name = group.name ?? group.nodePool;
    if (name === undefined) {
      this.problem(at, { code: 'missing-field', message: 'the group has no name', expected: 'name, or nodePool' });
    } else if (this.#names.has(name)) {
      this.problem([...at, group.name === undefined ? 'nodePool' : 'name'], {
        code: 'duplicate-name',
        message: `there is another group ${name}`,
        expected: 'each name once',
      });
    }
    this.#names.add(name ?? '');
    return {
      name: name ?? '',
      nodePool: group.nodePool,
      labels: group.labels,
      taints: group.taints?.map((taint) => ({ ...taint, value: taint.value ?? '' })),
    };
  }

  /** Types of a group must be of one vCPU and memory: Cluster Autoscaler takes the first for all. */
  oneSize(at: readonly PathKey[], instanceTypes: readonly string[]): void {
    const sizes = new Set(
      this.#requirementsOf(instanceTypes, assumedNodeClass('')).map(({ requirements }) =>
        SIZE_LABELS.map((key) => requirements.find((one) => one.key === key)?.values[0] ?? '').join('/'),
      ),
    );
    if (sizes.size <= 1) return;
    this.problem(at, {
      code: 'invalid-value',
      message: `the types ${instanceTypes.join(', ')} are not of one size`,
      expected: 'types of the same vCPU and memory, since Cluster Autoscaler plans with the first one alone',
      hint: 'make a group of each size',
    });
  }

  /** A group for no NodePool cannot be sized: nobody says which pods it is for. */
  uncounted(at: readonly PathKey[]): void {
    this.problem(at, {
      code: 'missing-field',
      message: 'the group says neither how many nodes it has nor whose pods it serves',
      expected: 'count, or nodePool so that the group is sized for the peak of its pods',
    });
  }

  /** Some pod of the scenario must be able to run on the group: labels, taints and selectors decide, not room. */
  usable(
    at: readonly PathKey[],
    group: CommonFields,
    instanceTypes: readonly string[],
    capacityType: GroupCapacityType,
  ): void {
    const nodePool = this.context.cluster.nodePools.find(({ metadata }) => metadata.name === group.nodePool);
    // What is wrong already would only be said twice.
    if (group.nodePool !== undefined && nodePool === undefined) return;
    const specs = podSpecs(this.context);
    const nodes = this.#nodesOf(group, nodePool, instanceTypes, capacityType);
    if (nodes.length === 0 || specs.length === 0) return;
    if (specs.some((spec) => nodes.some((node) => filterNodeObject(asPod(spec), node) === undefined))) return;
    const taints = (group.taints ?? nodePool?.template.taints ?? []).map(formatTaint);
    this.problem(at, {
      code: 'no-match',
      message: `no pod of the scenario can run on group ${group.name}`,
      expected: 'labels and taints with which some pod may be scheduled there',
      hint:
        taints.length === 0 ? 'look at the node selectors of the pods' : `its nodes are tainted ${taints.join(', ')}`,
    });
  }

  problem(at: readonly PathKey[], detail: ProblemDetail): void {
    this.problems.push(this.document.problem(at, detail));
  }

  #requirementsOf(names: readonly string[], nodeClass: EC2NodeClass) {
    const { catalogue, version } = this.context;
    const { region, zones } = this.document.content;
    return catalogue.typeRequirements?.({ names, nodeClass, version, region, zones }) ?? [];
  }

  /** A node of each type in each zone, with the labels that are known of it. */
  #nodesOf(
    group: CommonFields,
    nodePool: NodePool | undefined,
    instanceTypes: readonly string[],
    capacityType: GroupCapacityType,
  ): readonly Node[] {
    const { cluster } = this.context;
    const { zones } = this.document.content;
    const className = nodePool?.template.nodeClassRef.name ?? '';
    const nodeClass =
      cluster.nodeClasses.find(({ metadata }) => metadata.name === className) ?? assumedNodeClass(className);
    return this.#requirementsOf(instanceTypes, nodeClass).flatMap((type) =>
      zones.map((zone): Node => {
        const single = type.requirements.flatMap(({ key, operator, values }) =>
          operator === 'In' && values.length === 1 ? [[key, values[0] ?? ''] as const] : [],
        );
        const labels = {
          ...Object.fromEntries(single),
          [ZONE_LABEL]: zone,
          [CAPACITY_TYPE_LABEL]: capacityType,
          ...(group.nodePool === undefined ? {} : { [NODEPOOL_LABEL]: group.nodePool }),
          ...(group.labels ?? nodePool?.template.labels ?? {}),
        };
        return bareNode(labels, group.taints ?? nodePool?.template.taints ?? []);
      }),
    );
  }
}

const SIZE_LABELS = ['karpenter.k8s.aws/instance-cpu', 'karpenter.k8s.aws/instance-memory'];

function podSpecs({ cluster }: BaselineContext): readonly PodSpec[] {
  const { deployments, statefulSets, pods } = cluster;
  return [...[...deployments, ...statefulSets].map(({ template }) => template.spec), ...pods.map(({ spec }) => spec)];
}

function asPod(spec: PodSpec): Pod {
  const metadata = { name: '', namespace: '', uid: '', labels: {}, annotations: {}, ownerReferences: [] };
  return {
    metadata: { ...metadata, creationTimeMs: 0 },
    spec,
    status: { phase: 'Pending', conditions: [], containerStatuses: [] },
  };
}

function bareNode(labels: Readonly<Record<string, string>>, taints: readonly Taint[]): Node {
  const metadata = { name: '', namespace: '', uid: '', labels, annotations: {}, ownerReferences: [] };
  return {
    metadata: { ...metadata, creationTimeMs: 0 },
    spec: { providerID: '', taints, unschedulable: false },
    status: { capacity: {}, allocatable: {}, conditions: [] },
  };
}
