import type { ClusterSnapshot, StateNode } from '../../cluster-snapshot.js';
import { isOwnedByDaemonSet, isTerminal } from '../../pod-predicates.js';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, NODEPOOL_LABEL, ZONE_LABEL } from '../../requirements/labels.js';
import { instanceTypeNamed, offeringPrice, totalPrice, type Candidate } from '../candidate.js';
import type { DisruptionContext } from '../disruption-method.js';
import { evictionCost } from '../eviction-cost.js';
import { NODE_DISRUPTION_COST, searchCandidates } from './candidates.js';
import { estimatedSavings, type ConsolidationCommand } from './consolidation.js';

/** A move must save at least 1/K of the pool's cost for each share of the pool's disruption that it causes. */
const BALANCED_K = 2;
export const BALANCED_THRESHOLD = 1 / BALANCED_K;

/** What moves of one NodePool are measured against. */
interface NodePoolTotals {
  /** Dollars an hour. */
  readonly cost: number;
  readonly disruption: number;
}

/** Share of the cost that is saved by share of the disruption that is caused (disruption.md §5.11). */
export function balancedScore(savings: number, disruption: number, totals: NodePoolTotals): number {
  if (totals.cost <= 0 || totals.disruption <= 0) return 0;
  const savedShare = savings / totals.cost;
  const disruptedShare = disruption / totals.disruption;
  if (savedShare <= 0) return 0;
  return disruptedShare === 0 ? Infinity : savedShare / disruptedShare;
}

/** Disruption of a node that is no candidate: every pod of it counts but DaemonSets' and terminal ones. */
function trackedDisruption(stateNode: StateNode): number {
  let cost = NODE_DISRUPTION_COST;
  for (const pod of stateNode.pods) {
    if (!isTerminal(pod) && !isOwnedByDaemonSet(pod)) cost += Math.max(0, evictionCost(pod));
  }
  return cost;
}

/** Cost of all NodeClaims by NodePool, those that are going away included; machines of one offering are priced together. */
function trackedCosts({ stateNodes, instanceTypes }: ClusterSnapshot): ReadonlyMap<string, number> {
  const pools = new Map<string, Map<string, { price: number; count: number }>>();
  for (const { nodeClaim } of stateNodes) {
    const labels = nodeClaim?.metadata.labels ?? {};
    const name = labels[NODEPOOL_LABEL];
    if (name === undefined) continue;
    const [zone, capacityType] = [labels[ZONE_LABEL], labels[CAPACITY_TYPE_LABEL]];
    const type = instanceTypeNamed(instanceTypes(name), labels[INSTANCE_TYPE_LABEL]);
    const price = offeringPrice(type, zone, capacityType);
    if (type === undefined || price === undefined) continue;
    let offerings = pools.get(name);
    if (offerings === undefined) {
      offerings = new Map<string, { price: number; count: number }>();
      pools.set(name, offerings);
    }
    const key = `${type.name}/${zone ?? ''}/${capacityType ?? ''}`;
    const known = offerings.get(key);
    if (known === undefined) offerings.set(key, { price, count: 1 });
    else known.count++;
  }
  const costs = new Map<string, number>();
  for (const [name, offerings] of pools) {
    let cost = 0;
    for (const { price, count } of offerings.values()) cost += price * count;
    costs.set(name, cost);
  }
  return costs;
}

const totalsOf = new WeakMap<ClusterSnapshot, ReadonlyMap<string, NodePoolTotals>>();

/**
 * Totals of the NodePools that have candidates, before any method's filter. All nodes of a pool count, static ones and
 * those that may not be disrupted included.
 */
function nodePoolTotals(context: DisruptionContext): ReadonlyMap<string, NodePoolTotals> {
  const { snapshot } = context;
  let totals = totalsOf.get(snapshot);
  if (totals === undefined) {
    totals = computeTotals(context);
    totalsOf.set(snapshot, totals);
  }
  return totals;
}

function computeTotals(context: DisruptionContext): ReadonlyMap<string, NodePoolTotals> {
  const { candidates } = searchCandidates(context, 'graceful');
  const candidateOf = new Map(candidates.map((candidate) => [candidate.stateNode, candidate]));
  const costs = new Map<string, number>();
  for (const { nodePool, price } of candidates) {
    const { name } = nodePool.metadata;
    costs.set(name, (costs.get(name) ?? 0) + (price ?? 0));
  }
  const disruptions = new Map<string, number>();
  for (const stateNode of context.snapshot.stateNodes) {
    const name = context.scheduling.stateNodes.view(stateNode).nodePoolName;
    if (name === undefined) continue;
    const disruption = candidateOf.get(stateNode)?.disruptionCost ?? trackedDisruption(stateNode);
    disruptions.set(name, (disruptions.get(name) ?? 0) + disruption);
  }
  const tracked = trackedCosts(context.snapshot);
  const totals = new Map<string, NodePoolTotals>();
  for (const [name, candidateCost] of costs) {
    const trackedCost = tracked.get(name) ?? 0;
    totals.set(name, {
      cost: trackedCost > 0 ? trackedCost : candidateCost,
      disruption: disruptions.get(name) ?? 0,
    });
  }
  return totals;
}

function isBalanced({ nodePool }: Candidate): boolean {
  return nodePool.disruption.consolidationPolicy === 'Balanced';
}

/** The lowest score of the Balanced NodePools that a command touches; undefined when it touches none. */
export function commandScore(context: DisruptionContext, command: ConsolidationCommand): number | undefined {
  if (!command.candidates.some(isBalanced)) return undefined;
  const pools = new Map<string, Candidate[]>();
  for (const candidate of command.candidates) {
    const { name } = candidate.nodePool.metadata;
    pools.set(name, [...(pools.get(name) ?? []), candidate]);
  }
  const savings = estimatedSavings(command, context.scheduling);
  const price = totalPrice(command.candidates);
  let lowest = Infinity;
  for (const [name, candidates] of pools) {
    if (!candidates.some(isBalanced)) continue;
    // Savings of a move across NodePools are split by what each gives up.
    const share = price > 0 && pools.size > 1 ? totalPrice(candidates) / price : 1;
    const disruption = candidates.reduce((sum, candidate) => sum + candidate.disruptionCost, 0);
    const totals = nodePoolTotals(context).get(name) ?? { cost: 0, disruption: 0 };
    lowest = Math.min(lowest, balancedScore(savings * share, disruption, totals));
  }
  return lowest;
}

/** Whether even deleting the node outright, the best that could happen, would score high enough. */
export function canReachThreshold(context: DisruptionContext, candidate: Candidate): boolean {
  if (!isBalanced(candidate)) return true;
  const totals = nodePoolTotals(context).get(candidate.nodePool.metadata.name);
  if (totals === undefined || totals.cost <= 0) return true;
  return balancedScore(candidate.price ?? 0, candidate.disruptionCost, totals) >= BALANCED_THRESHOLD;
}
