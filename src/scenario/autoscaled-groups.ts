import type { GroupCapacityType, NodeGroup } from '../baseline/node-group.js';
import type { InstanceType } from '../cloud/instance-type.js';
import type { NodePool } from '../karpenter/nodepool.js';
import { CAPACITY_TYPE_LABEL } from '../karpenter/requirements/labels.js';
import { Requirements } from '../karpenter/requirements/requirements.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import type { BaselineSettings, DeclaredNodeGroup } from './baseline-settings.js';
import type { GroupTypes } from './group-types.js';
import { plainTemplate, poolTemplate, type ServedPool } from './pool-groups.js';
import type { ScenarioSpec } from './scenario-spec.js';
import { StaticSizing } from './static-groups.js';

/** What the priority expander prefers in the usual EKS setup (kubernetes.md §7.5). */
const PRIORITY: Readonly<Record<GroupCapacityType, number>> = { spot: 50, 'on-demand': 10 };
/** A spot group has several types of one size, so that EC2 can choose a deep pool (kubernetes.md §7.9). */
const MOST_TYPES = 5;
/** Of a NodePool with more sizes than this only those are made groups of whose fleet for the peak would be cheapest. */
const MOST_SIZES = 4;

interface Size {
  readonly name: string;
  /** Cheapest first. */
  readonly types: readonly InstanceType[];
}

/** The managed node groups under Cluster Autoscaler, and what the reader must know of them. */
export interface AutoscaledGroups {
  readonly groups: readonly NodeGroup[];
  readonly remarks: readonly string[];
}

/**
 * The node groups that one would build for Cluster Autoscaler in place of the NodePools (kubernetes.md §7.9): for each NodePool, way
 * of buying and size (vCPU and memory) one group, spot preferred. The largest size of a group is the static fleet: what holds the
 * peak, but no more than the limits of the NodePool.
 */
export function autoscaledGroups(spec: ScenarioSpec, settings: BaselineSettings): AutoscaledGroups {
  const sizing = new StaticSizing(spec, settings.static, ['spot', 'on-demand']);
  const declared = settings.clusterAutoscaler.groups;
  if (declared !== undefined) {
    return { groups: declared.map((group) => declaredGroup(group, spec, sizing.types)), remarks: [] };
  }
  const remarks: string[] = [...sizing.remarks];
  const groups = sizing.served.flatMap((pool) => {
    if (pool.workloads.length > 0) return groupsOf(pool, spec, sizing);
    remarks.push(`Cluster Autoscaler has no group for NodePool ${pool.nodePool.metadata.name}: no workload needs it.`);
    return [];
  });
  return { groups, remarks };
}

function groupsOf(pool: ServedPool, spec: ScenarioSpec, sizing: StaticSizing): readonly NodeGroup[] {
  const { nodePool } = pool;
  const sized = sizesOf(pool.types)
    .flatMap((size) => {
      const [first] = size.types;
      const fleet = first === undefined ? undefined : sizing.fleetOf(pool, first);
      return first === undefined || fleet === undefined || fleet.nodes === 0 ? [] : [{ size, first, fleet }];
    })
    .sort((a, b) => a.fleet.pricePerHour - b.fleet.pricePerHour)
    .slice(0, MOST_SIZES)
    .sort((a, b) => (a.first.capacity['cpu'] ?? 0) - (b.first.capacity['cpu'] ?? 0));
  return capacityTypesOf(nodePool, spec).flatMap((capacityType) =>
    sized.flatMap(({ size, first, fleet }): NodeGroup[] => {
      const sold = size.types.filter((type) => sizing.types.offerings(type, capacityType, nodePool).length > 0);
      if (sold.length === 0) return [];
      const name = `${nodePool.metadata.name}-${capacityType}-${size.name}`;
      const limit = limitOf(nodePool, first);
      return [
        {
          ...poolTemplate(nodePool, capacityType, name, sizing.types),
          instanceTypes: sold.slice(0, MOST_TYPES).map((type) => type.name),
          minSize: 0,
          maxSize: Math.min(fleet.nodes, limit),
          priority: PRIORITY[capacityType],
          why: `a group of each size for NodePool ${nodePool.metadata.name}; at most what holds the peak, within its limits`,
        },
      ];
    }),
  );
}

function declaredGroup(declared: DeclaredNodeGroup, spec: ScenarioSpec, types: GroupTypes): NodeGroup {
  const { name, capacityType, instanceTypes, minSize, maxSize, priority } = declared;
  const nodePool = spec.cluster.nodePools.find(({ metadata }) => metadata.name === declared.nodePool);
  const template =
    nodePool === undefined
      ? plainTemplate(name, capacityType, types)
      : poolTemplate(nodePool, capacityType, name, types);
  return {
    ...template,
    labels: declared.labels ?? template.labels,
    taints: declared.taints ?? template.taints,
    instanceTypes,
    minSize,
    maxSize,
    priority,
    why: 'as the scenario has it',
  };
}

/** Types by vCPU and memory, since Cluster Autoscaler takes all types of a group for alike. */
function sizesOf(types: readonly InstanceType[]): readonly Size[] {
  const sizes = new Map<string, InstanceType[]>();
  for (const type of types) {
    const name = `${label(type, 'instance-cpu')}cpu-${Math.round(Number(label(type, 'instance-memory')) / 1024)}gi`;
    const known = sizes.get(name);
    if (known === undefined) sizes.set(name, [type]);
    else known.push(type);
  }
  return [...sizes].map(([name, members]) => ({
    name,
    types: members.sort((a, b) => onDemandPrice(a) - onDemandPrice(b) || (a.name < b.name ? -1 : 1)),
  }));
}

function label({ requirements }: InstanceType, name: string): string {
  return requirements.find(({ key }) => key === `karpenter.k8s.aws/${name}`)?.values[0] ?? '';
}

function onDemandPrice({ offerings }: InstanceType): number {
  return offerings.find(({ capacityType }) => capacityType === 'on-demand')?.price ?? Infinity;
}

/** Capacity types that a NodePool may launch. */
export function capacityTypesOf({ template }: NodePool, spec: ScenarioSpec): readonly GroupCapacityType[] {
  const reading = schedulingProfile(spec.settings.version).boundsReading;
  const wanted = Requirements.fromExpressions(template.requirements, reading).get(CAPACITY_TYPE_LABEL);
  return (['spot', 'on-demand'] as const).filter((capacityType) => wanted.has(capacityType));
}

/** Nodes of a type that the NodePool's limits leave room for. */
function limitOf({ limits }: NodePool, { capacity }: InstanceType): number {
  const rooms = Object.entries(limits).map(([name, limit]) => Math.floor(limit / (capacity[name] ?? 0)));
  return Math.min(Infinity, ...rooms.filter((room) => Number.isFinite(room)));
}
