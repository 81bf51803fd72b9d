import { instanceExtras } from '../cloud/billing/instance-extras.js';
import type { InstanceType } from '../cloud/instance-type.js';
import type { EC2NodeClass } from '../cloud/node-class.js';
import type { ServicePrices } from '../cloud/prices/service-prices.js';
import type { NodePool } from '../karpenter/nodepool.js';
import type { SchedulingProfile } from '../karpenter/scheduling/scheduling-profile.js';
import { typeView } from '../karpenter/scheduling/type-view.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import { admittedTypes, nodePoolRequirements } from './admitted-types.js';
import { dearestFleet, type NodeChoice } from './dearest-fleet.js';

/** How the nodes of a ceiling are bought. */
export const PURCHASES = ['on-demand', 'spot'] as const;
export type Purchase = (typeof PURCHASES)[number];

/** What one node costs an hour at most, dollars. */
export interface NodeCost {
  /** The instance, in the dearest zone that the NodePool may use. */
  readonly instance: number;
  /** EBS volumes and detailed monitoring. */
  readonly extras: number;
  /** CPU above the baseline, all vCPUs busy: t3, t3a and t4g alone. */
  readonly surplusCpu: number;
}

/** Nodes of a ceiling that are alike. */
export interface CeilingNodes {
  readonly instanceType: string;
  readonly count: number;
  readonly cost: NodeCost;
}

/** The dearest nodes that the limits allow. Dollars an hour. */
export interface Ceiling {
  readonly perHour: number;
  /** Of `perHour`, the instances alone. */
  readonly instancesPerHour: number;
  readonly nodes: readonly CeilingNodes[];
  /** What the fleet takes of each limited resource. */
  readonly used: ResourceList;
}

/** What the limits of a NodePool let it cost. */
export interface SpendCeiling {
  readonly nodePool: NodePool;
  /** Limits that hold: those of the spec, and the node count of a static NodePool. */
  readonly limits: ResourceList;
  /** Null when the requirements do not admit this way of buying; `unbounded` when no limit holds any node back. */
  readonly byPurchase: Readonly<Record<Purchase, Ceiling | 'unbounded' | null>>;
}

/** What NodePools are priced with. */
export interface CeilingInputs {
  readonly nodePools: readonly NodePool[];
  readonly nodeClasses: readonly EC2NodeClass[];
  readonly instanceTypes: (nodePool: NodePool) => readonly InstanceType[];
  readonly servicePrices: ServicePrices;
  readonly profile: SchedulingProfile;
}

/**
 * The largest bill that the limits of each NodePool allow: of all fleets that its requirements admit and whose capacity stays
 * within the limits (scheduling.md §7), the one that costs most an hour, instances with volumes, monitoring and surplus CPU.
 */
export async function spendCeilings(inputs: CeilingInputs): Promise<readonly SpendCeiling[]> {
  const ceilings: SpendCeiling[] = [];
  for (const nodePool of inputs.nodePools) {
    const limits = effectiveLimits(nodePool, inputs.profile);
    const byPurchase: Record<Purchase, Ceiling | 'unbounded' | null> = { 'on-demand': null, spot: null };
    for (const purchase of PURCHASES) {
      byPurchase[purchase] = await ceilingOf(nodePool, limits, purchase, inputs);
    }
    ceilings.push({ nodePool, limits, byPurchase });
  }
  return ceilings;
}

/** The ceiling that counts for the bill: the dearer way of buying. Null when nothing can be launched at all. */
export function highest({ byPurchase }: SpendCeiling): Ceiling | 'unbounded' | null {
  const all = PURCHASES.flatMap((purchase) => byPurchase[purchase] ?? []);
  if (all.includes('unbounded')) return 'unbounded';
  const bounded = all.filter((ceiling) => ceiling !== 'unbounded');
  return bounded.reduce<Ceiling | null>((a, b) => (a === null || b.perHour > a.perHour ? b : a), null);
}

/** v0.32.0 knows no limit on `nodes` (D24); a static NodePool keeps `replicas` nodes, and `limits.nodes` at most. */
function effectiveLimits({ limits, replicas }: NodePool, { limitsNodeCount }: SchedulingProfile): ResourceList {
  const { nodes, ...amounts } = limits;
  if (!limitsNodeCount) return amounts;
  const count = nodes ?? replicas;
  return count === undefined ? amounts : { ...amounts, nodes: count };
}

async function ceilingOf(
  nodePool: NodePool,
  limits: ResourceList,
  purchase: Purchase,
  inputs: CeilingInputs,
): Promise<Ceiling | 'unbounded' | null> {
  const costs = new Map<string, NodeCost>();
  const choices: NodeChoice[] = [];
  for (const type of admittedTypes(nodePool, inputs.instanceTypes(nodePool), inputs.profile)) {
    const cost = nodeCost(type, nodePool, purchase, inputs);
    if (cost === undefined) continue;
    costs.set(type.name, cost);
    const perHour = cost.instance + cost.extras + cost.surplusCpu;
    choices.push({ name: type.name, perHour, capacity: { ...type.capacity, nodes: 1 } });
  }
  if (choices.length === 0) return null;
  const fleet = await dearestFleet(choices, limits);
  if (fleet === 'unbounded') return fleet;
  const nodes = fleet.counts.map(({ choice, count }) => ({
    instanceType: choice.name,
    count,
    cost: costs.get(choice.name) as NodeCost,
  }));
  const instancesPerHour = nodes.reduce((sum, { count, cost }) => sum + count * cost.instance, 0);
  const used = Object.fromEntries(
    Object.keys(limits).map((name) => [
      name,
      fleet.counts.reduce((sum, { choice, count }) => sum + count * (choice.capacity[name] ?? 0), 0),
    ]),
  );
  return { perHour: fleet.perHour, instancesPerHour, nodes, used };
}

/** Undefined when the type cannot be bought this way. */
function nodeCost(
  type: InstanceType,
  nodePool: NodePool,
  purchase: Purchase,
  { nodeClasses, servicePrices, profile }: CeilingInputs,
): NodeCost | undefined {
  const wanted = nodePoolRequirements(nodePool, profile);
  const prices = typeView(type)
    .available.filter((view) => view.offering.capacityType === purchase && profile.offeringMatches(view, wanted))
    .map(({ offering }) => offering.price);
  const nodeClass = nodeClasses.find(({ metadata }) => metadata.name === nodePool.template.nodeClassRef.name);
  if (prices.length === 0 || nodeClass === undefined) return undefined;
  const { volumesPerHour, monitoringPerHour, unlimited } = instanceExtras(type.name, nodeClass, servicePrices);
  return {
    instance: Math.max(...prices),
    extras: volumesPerHour + monitoringPerHour,
    surplusCpu:
      unlimited === undefined ? 0 : (unlimited.vcpus - unlimited.baselineMilli / 1000) * unlimited.dollarsPerVcpuHour,
  };
}
