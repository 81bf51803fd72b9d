import { ObjectCache } from '../../kernel/object-cache.js';
import type { StateNode } from '../cluster-snapshot.js';
import { findCondition, hasCondition } from '../lifecycle/conditions.js';
import type { StateNodeView } from '../state-node-view.js';
import type { DisruptionBudget, DisruptionReason, NodePool } from '../nodepool.js';
import type { DisruptionContext } from './disruption-method.js';
import { budgetWindow } from './budget-schedule.js';
import { RemainingBudgets, type Allowance, type BudgetState } from './remaining-budgets.js';

/** A budget that says nothing. */
const UNLIMITED = 2 ** 31 - 1;

/** Nodes a budget allows of so many; undefined when the budget cannot be read, which blocks the whole NodePool. */
export function budgetValue(budget: DisruptionBudget, nodeCount: number, nowMs: number): number | undefined {
  const window = budgetWindow(budget, nowMs);
  if (window === 'invalid') return undefined;
  if (window === 'closed') return UNLIMITED;
  const match = /^([+-]?\d+)(%?)$/.exec(budget.nodes);
  if (match === null) return undefined;
  const value = Number(match[1]);
  // A percentage rounds up: any above 0 % allows at least one node of at least one (E82, E84).
  return match[2] === '%' ? Math.ceil((value * nodeCount) / 100) : value;
}

/**
 * What the NodePool's budgets allow for a reason, and which of them says so (disruption.md §8): the least of those that apply.
 * One unreadable budget, even for another reason, allows none.
 */
function allowance(nodePool: NodePool, reason: DisruptionReason, nodeCount: number, nowMs: number): Allowance {
  let least: Allowance = { allowed: UNLIMITED };
  for (const budget of nodePool.disruption.budgets) {
    const allowed = budgetValue(budget, nodeCount, nowMs);
    if (allowed === undefined) return { allowed: 0, budget };
    const applies = budget.reasons === undefined || budget.reasons.includes(reason);
    if (applies && allowed < least.allowed) least = { allowed, budget };
  }
  return least;
}

/** Nodes of the NodePool that may be disrupted at once for a reason, before those are taken off that already are. */
export function allowedDisruptions(
  nodePool: NodePool,
  reason: DisruptionReason,
  nodeCount: number,
  nowMs: number,
): number {
  return allowance(nodePool, reason, nodeCount, nowMs).allowed;
}

function countsTowardsBudget({ initialized, stateNode: { nodeClaim } }: StateNodeView): boolean {
  // Drained, its instance on the way out: it is no node any more.
  return initialized && nodeClaim !== undefined && !hasCondition(nodeClaim, 'InstanceTerminating');
}

/** Nodes of one NodePool as its budgets count them. */
interface NodeCounts {
  nodeCount: number;
  disrupting: number;
}

const NO_NODES: Readonly<NodeCounts> = { nodeCount: 0, disrupting: 0 };

/** By the list of nodes, which is another one as soon as anything about a node changes; all methods ask for it. */
const countsOf = new ObjectCache<readonly StateNode[], ReadonlyMap<string, Readonly<NodeCounts>>>();

function countNodes(context: DisruptionContext): ReadonlyMap<string, Readonly<NodeCounts>> {
  const { stateNodes } = context.snapshot;
  const known = countsOf.get(stateNodes);
  if (known !== undefined) return known;
  const nodes = new Map<string, NodeCounts>();
  countsOf.set(stateNodes, nodes);
  for (const view of context.scheduling.stateNodes.views(stateNodes)) {
    if (!countsTowardsBudget(view)) continue;
    const name = view.nodePoolName ?? '';
    let counts = nodes.get(name);
    if (counts === undefined) nodes.set(name, (counts = { ...NO_NODES }));
    counts.nodeCount++;
    const ready = findCondition(view.stateNode.node?.status.conditions ?? [], 'Ready')?.status === 'True';
    if (!ready || view.markedForDeletion) counts.disrupting++;
  }
  return nodes;
}

interface KnownStates {
  readonly nodePools: readonly NodePool[];
  readonly states: ReadonlyMap<string, BudgetState>;
}

/** By node counts and reason, as long as no budget has a schedule. */
const statesOf = new ObjectCache<ReadonlyMap<string, Readonly<NodeCounts>>, Map<DisruptionReason, KnownStates>>();

/** Budgets of all NodePools for a reason at this moment (v1.14.1; v0.32.0 has none). */
export function remainingBudgets(context: DisruptionContext, reason: DisruptionReason): RemainingBudgets {
  const { snapshot } = context;
  const { nodePools } = snapshot;
  const nodes = countNodes(context);
  let known = statesOf.get(nodes);
  if (known === undefined) statesOf.set(nodes, (known = new Map<DisruptionReason, KnownStates>()));
  const last = known.get(reason);
  if (last?.nodePools === nodePools) return new RemainingBudgets(last.states);
  const states = new Map<string, BudgetState>();
  for (const nodePool of nodePools) {
    const { name } = nodePool.metadata;
    const { nodeCount, disrupting } = nodes.get(name) ?? NO_NODES;
    const { allowed, budget } = allowance(nodePool, reason, nodeCount, snapshot.nowMs);
    states.set(name, { allowed, budget, disrupting, nodeCount });
  }
  if (!nodePools.some(hasSchedule)) known.set(reason, { nodePools, states });
  return new RemainingBudgets(states);
}

function hasSchedule({ disruption }: NodePool): boolean {
  return disruption.budgets.some(({ schedule, durationMs }) => schedule !== undefined || durationMs !== undefined);
}
