import { nanoDollarsPerHour } from '../cloud/billing.js';
import { timeBelowBudget, type BelowBudget, type CoveredWorkloads } from './below-budget.js';
import { ledgerTotal } from './cost-ledger.js';
import { eventsOfType, eventsOfTypes } from './events-of-type.js';
import { lostItsNode } from './evictions.js';
import type { NodeHistory } from './node-history.js';
import { podsOfRun } from './pod-latency.js';
import { quantilesOf, type Quantiles } from './quantiles.js';
import type { RunAnalysis } from './run-analysis.js';

/** What happened in a stretch of time, with the change or without it. */
export interface Stretch {
  readonly pendingSeconds: Quantiles;
  readonly podsEvicted: number;
  /** Instances billed at once at most, managed groups included. */
  readonly maxNodes: number;
  /** Dollars. */
  readonly cost: number;
  readonly belowBudget: readonly BelowBudget[];
  /** Evictions that a PodDisruptionBudget refused, each pod once a node. */
  readonly evictionsBlocked: number;
}

/** One line of the rollout's timeline. State is that at `fromMs`; counts and peaks are of `[fromMs, toMs)`. */
export interface RolloutStep {
  readonly fromMs: number;
  readonly toMs: number;
  /** Drifted nodes that are still there. */
  readonly oldNodes: number;
  /** Other nodes of the changed NodePools. */
  readonly newNodes: number;
  /** Drifted nodes on their way out, peak. */
  readonly disrupted: number;
  readonly podsEvicted: number;
  /** Pods without a node, peak. */
  readonly podsPending: number;
  /** Dollars an hour, of all nodes. */
  readonly perHour: number;
  readonly perHourWithout: number;
}

/** The replacement of the nodes that a change made drift, against the same run without the change. */
export interface Rollout {
  readonly atMs: number;
  /** Nodes that became Drifted at or after the change. */
  readonly driftedNodes: number;
  /** When the last of them was gone; undefined when some are left at the end, or none drifted. */
  readonly doneMs?: number | undefined;
  readonly leftAtEnd: number;
  /** Why they went, in Karpenter's words; they may expire or be interrupted before their turn comes. */
  readonly byReason: Readonly<Record<string, number>>;
  readonly maxDisruptedAtOnce: number;
  /** From the change to the end of the rollout, or of the run. */
  readonly toMs: number;
  readonly withChange: Stretch;
  readonly without: Stretch;
  /** Cost of the whole run with the change, less the one without it; dollars. */
  readonly extraCostOfRun: number;
  readonly steps: readonly RolloutStep[];
}

/** What is looked at. */
export interface RolloutQuestion {
  readonly atMs: number;
  /** NodePools whose nodes the change may make drift. */
  readonly nodePools: ReadonlySet<string>;
  readonly budgets: readonly CoveredWorkloads[];
  /** Length of a line of the timeline, ms; undefined: one that keeps it to about twenty lines. */
  readonly stepMs?: number | undefined;
}

const MINUTE_MS = 60_000;
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE_MS);
const MOST_STEPS = 20;

/** Folds two runs that differ by the change alone into the story of its rollout. */
export function rollout(withChange: RunAnalysis, without: RunAnalysis, question: RolloutQuestion): Rollout {
  const { atMs, nodePools, budgets } = question;
  const { endMs } = withChange.facts;
  const drifted = driftedNodes(withChange, atMs, nodePools);
  const goneMs = drifted.map(goneAt);
  const left = goneMs.filter((ms) => ms === undefined).length;
  const doneMs = drifted.length === 0 || left > 0 ? undefined : Math.max(...goneMs.map((ms) => ms ?? 0));
  const toMs = doneMs ?? endMs;
  const byReason: Record<string, number> = {};
  for (const { reason } of drifted) if (reason !== undefined) byReason[reason] = (byReason[reason] ?? 0) + 1;
  const leaving = leavingIntervals(withChange, drifted);
  const lengths = STEPS_MS.find((ms) => (toMs - atMs) / ms <= MOST_STEPS) ?? STEPS_MS.at(-1) ?? MINUTE_MS;
  return {
    atMs,
    driftedNodes: drifted.length,
    doneMs,
    leftAtEnd: left,
    byReason,
    maxDisruptedAtOnce: peak(leaving, atMs, toMs),
    toMs,
    withChange: stretch(withChange, budgets, atMs, toMs),
    without: stretch(without, budgets, atMs, toMs),
    extraCostOfRun: (ledgerTotal(withChange.ledger) - ledgerTotal(without.ledger)) / 1e9,
    steps: timelineOf(withChange, without, { ...question, stepMs: question.stepMs ?? lengths }, drifted, leaving, toMs),
  };
}

interface Interval {
  readonly fromMs: number;
  /** Infinity: it lasts. */
  readonly toMs: number;
}

function driftedNodes(run: RunAnalysis, atMs: number, nodePools: ReadonlySet<string>): readonly NodeHistory[] {
  const drifted = new Set<string>();
  for (const event of run.log) {
    if (event.type !== 'ConditionChanged' || event.timeMs < atMs) continue;
    if (event.condition === 'Drifted' && event.status) drifted.add(event.nodeClaim);
  }
  return run.nodes.filter(
    (node) =>
      drifted.has(node.nodeClaim) &&
      nodePools.has(node.nodePool) &&
      node.createdMs <= atMs &&
      (goneAt(node) ?? Infinity) > atMs,
  );
}

function goneAt(node: NodeHistory): number | undefined {
  return node.terminatingMs ?? node.nodeClaimDeletedMs;
}

/** From the command that took the node, or its deletion by something else, until it is gone. */
function leavingIntervals({ log }: RunAnalysis, drifted: readonly NodeHistory[]): readonly Interval[] {
  const commandMs = new Map<string, number>();
  for (const event of eventsOfTypes(log, 'DisruptionCommand', 'NodeUntainted')) {
    if (event.type === 'DisruptionCommand') for (const node of event.nodes) commandMs.set(node, event.timeMs);
    // Rolled back: the node stays.
    else commandMs.delete(event.node);
  }
  return drifted.flatMap((node) => {
    const fromMs = Math.min(commandMs.get(node.node) ?? Infinity, node.deletingMs ?? Infinity);
    return fromMs === Infinity ? [] : [{ fromMs, toMs: goneAt(node) ?? Infinity }];
  });
}

/** Most intervals that cover one instant of `[fromMs, toMs)`. */
function peak(intervals: readonly Interval[], fromMs: number, toMs: number): number {
  const changes = intervals
    .filter((interval) => interval.toMs > fromMs && interval.fromMs < toMs)
    .flatMap((interval) => [
      { timeMs: Math.max(interval.fromMs, fromMs), by: 1 },
      { timeMs: interval.toMs, by: -1 },
    ])
    .filter(({ timeMs }) => timeMs < toMs)
    .sort((a, b) => a.timeMs - b.timeMs || a.by - b.by);
  let level = 0;
  let highest = 0;
  for (const { by } of changes) highest = Math.max(highest, (level += by));
  return highest;
}

function stretch(run: RunAnalysis, budgets: readonly CoveredWorkloads[], fromMs: number, toMs: number): Stretch {
  const within = (timeMs: number | undefined): boolean => timeMs !== undefined && timeMs >= fromMs && timeMs < toMs;
  const pods = run.pods.map(({ pod }) => pod);
  const blocked = eventsOfType(run.log, 'EvictionBlocked').filter(({ timeMs }) => within(timeMs)).length;
  return {
    pendingSeconds: quantilesOf(
      podsOfRun(run.pods)
        .filter(({ pod }) => within(pod.createdMs))
        .map(({ pendingMs }) => pendingMs),
    ),
    podsEvicted: pods.filter((pod) => lostItsNode(pod) && within(pod.deletingMs)).length,
    maxNodes: peak(billedIntervals(run.nodes), fromMs, toMs),
    cost: costBetween(run.nodes, fromMs, toMs),
    belowBudget: timeBelowBudget(pods, budgets, fromMs, toMs),
    evictionsBlocked: blocked,
  };
}

function billedIntervals(nodes: readonly NodeHistory[]): readonly Interval[] {
  return nodes.flatMap(({ instance, terminatingMs }) =>
    instance === undefined ? [] : [{ fromMs: instance.launchedMs, toMs: terminatingMs ?? Infinity }],
  );
}

function costBetween(nodes: readonly NodeHistory[], fromMs: number, toMs: number): number {
  let nanoDollars = 0;
  for (const { instance, terminatingMs = Infinity } of nodes) {
    if (instance === undefined) continue;
    const sharedMs = Math.min(terminatingMs, toMs) - Math.max(instance.launchedMs, fromMs);
    if (sharedMs > 0) nanoDollars += Math.round((nanoDollarsPerHour(instance.pricePerHour) * sharedMs) / 3_600_000);
  }
  return nanoDollars / 1e9;
}

function timelineOf(
  withChange: RunAnalysis,
  without: RunAnalysis,
  { atMs, nodePools, stepMs = MINUTE_MS }: RolloutQuestion,
  drifted: readonly NodeHistory[],
  leaving: readonly Interval[],
  toMs: number,
): readonly RolloutStep[] {
  const old = new Set(drifted);
  const others = withChange.nodes.filter((node) => nodePools.has(node.nodePool) && !old.has(node));
  const there = (nodes: readonly NodeHistory[], timeMs: number): readonly NodeHistory[] =>
    nodes.filter(
      ({ instance, terminatingMs }) =>
        instance !== undefined && instance.launchedMs <= timeMs && (terminatingMs ?? Infinity) > timeMs,
    );
  const rate = (nodes: readonly NodeHistory[], timeMs: number): number =>
    there(nodes, timeMs).reduce((sum, { instance }) => sum + nanoDollarsPerHour(instance?.pricePerHour ?? 0), 0) / 1e9;
  const evicted = withChange.pods.filter(({ pod }) => lostItsNode(pod)).map(({ pod }) => pod.deletingMs ?? 0);
  const waits = withChange.pods.map(({ pod, pendingMs }) => ({
    fromMs: pod.createdMs,
    toMs: pod.createdMs + pendingMs,
  }));
  const steps: RolloutStep[] = [];
  // The last line shows the state right after the end.
  for (let fromMs = atMs; fromMs < toMs + stepMs && fromMs < withChange.facts.endMs; fromMs += stepMs) {
    const endMs = Math.min(fromMs + stepMs, withChange.facts.endMs);
    steps.push({
      fromMs,
      toMs: endMs,
      oldNodes: there(drifted, fromMs).length,
      newNodes: there(others, fromMs).length,
      disrupted: peak(leaving, fromMs, endMs),
      podsEvicted: evicted.filter((ms) => ms >= fromMs && ms < endMs).length,
      podsPending: peak(waits, fromMs, endMs),
      perHour: rate(withChange.nodes, fromMs),
      perHourWithout: rate(without.nodes, fromMs),
    });
  }
  return steps;
}
