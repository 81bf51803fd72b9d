import type { EventLog } from '../simulation/event-log.js';
import { eventsOfType } from './events-of-type.js';
import type { NodePoolSettings, NodeStandings } from './node-standing.js';

/** How long nodes of a NodePool stayed for one reason. */
export interface ReasonShare {
  readonly code: string;
  /** Summed over all nodes, ms. */
  readonly durationMs: number;
  /** Of the time of all its nodes, 0–1. */
  readonly share: number;
  readonly nodes: number;
}

/** A node that no method could take at any time while it ran. */
export interface NeverConsolidatable {
  readonly node: string;
  /** What kept it; the reason that held longest. */
  readonly code: string;
  readonly detail: string;
  readonly forMs: number;
}

/** Occurrences of one kind of failure; times in ms since the start of the run. */
export interface FailureCount {
  readonly reason: string;
  readonly times: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What a NodePool did in a run, and what held it back. */
export interface NodePoolRecord {
  /** As last applied. */
  readonly settings: NodePoolSettings;
  readonly changedMs: readonly number[];
  readonly nodeClaims: number;
  readonly launched: number;
  /** Pods that Karpenter could not place because of the NodePool's limits. */
  readonly limited: { readonly pods: number; readonly firstMs: number; readonly lastMs: number } | undefined;
  /** Most frequent first. */
  readonly launchFailures: readonly FailureCount[];
  /** Longest first. */
  readonly shares: readonly ReasonShare[];
  readonly never: readonly NeverConsolidatable[];
}

/** Shorter lives say nothing about whether a node can ever be consolidated. */
const SHORT_LIFE_MS = 10 * 60_000;

/** Reasons that pass by themselves, or that consolidation found by looking. */
const PASSING: ReadonlySet<string> = new Set([
  'nominated',
  'not-consolidatable',
  'empty-for-too-short',
  'not-looked-at',
]);

/** Names of the NodePools that a run had, in order of appearance. */
export function nodePoolNames(log: EventLog): readonly string[] {
  return [...new Set(eventsOfType(log, 'NodePoolApplied').map(({ nodePool }) => nodePool))];
}

/** The record of one NodePool; undefined when the run had none of that name. */
export function nodePoolRecord(
  log: EventLog,
  all: readonly NodeStandings[],
  nodePool: string,
  endMs: number,
): NodePoolRecord | undefined {
  const own = all.filter(({ node }) => !node.managed && node.nodePool === nodePool);
  const failures = new Map<string, FailureCount>();
  const limitedPods = new Map<string, number>();
  const changedMs: number[] = [];
  let settings: NodePoolSettings | undefined;
  let lastLimitedMs = 0;
  for (const event of log) {
    const { timeMs } = event;
    if (event.type === 'NodePoolApplied' && event.nodePool === nodePool) {
      if (settings !== undefined) changedMs.push(timeMs);
      settings = event;
    } else if (event.type === 'LaunchFailed' && event.nodePool === nodePool) {
      const { reason } = event;
      const { times, firstMs } = failures.get(reason) ?? { times: 0, firstMs: timeMs };
      failures.set(reason, { reason, times: times + 1, firstMs, lastMs: timeMs });
    } else if (event.type === 'FailedScheduling' && event.limited.includes(nodePool)) {
      if (!limitedPods.has(event.pod)) limitedPods.set(event.pod, timeMs);
      lastLimitedMs = timeMs;
    }
  }
  if (settings === undefined) return undefined;
  return {
    settings,
    changedMs,
    nodeClaims: own.length,
    launched: own.filter(({ node }) => node.instance !== undefined).length,
    limited:
      limitedPods.size === 0
        ? undefined
        : { pods: limitedPods.size, firstMs: [...limitedPods.values()][0] ?? 0, lastMs: lastLimitedMs },
    launchFailures: [...failures.values()].sort((a, b) => b.times - a.times),
    shares: reasonShares(own, endMs),
    never: own.flatMap((standings) => neverConsolidatable(standings, endMs) ?? []),
  };
}

/** How long nodes stood for each first reason, longest first. */
export function reasonShares(all: readonly NodeStandings[], endMs: number): readonly ReasonShare[] {
  const found = new Map<string, { durationMs: number; readonly nodes: Set<string> }>();
  let totalMs = 0;
  for (const { node, standings } of all) {
    for (const { fromMs, toMs = endMs, reasons } of standings) {
      const code = reasons[0]?.code;
      if (code === undefined) continue;
      let share = found.get(code);
      if (share === undefined) found.set(code, (share = { durationMs: 0, nodes: new Set() }));
      share.durationMs += toMs - fromMs;
      share.nodes.add(node.nodeClaim);
      totalMs += toMs - fromMs;
    }
  }
  return [...found]
    .map(([code, { durationMs, nodes }]) => ({
      code,
      durationMs,
      share: totalMs === 0 ? 0 : durationMs / totalMs,
      nodes: nodes.size,
    }))
    .sort((a, b) => b.durationMs - a.durationMs);
}

/** A node whose time was all blocked: by a taint that stays, a pod, a budget of pods, or its NodePool's settings. */
function neverConsolidatable({ node, standings }: NodeStandings, endMs: number): NeverConsolidatable | undefined {
  const there = standings.filter(({ state }) => state === 'starting' || state === 'running');
  const first = there[0];
  if (first === undefined) return undefined;
  const forMs = (there.at(-1)?.toMs ?? endMs) - first.fromMs;
  if (forMs < SHORT_LIFE_MS) return undefined;
  let longest: NeverConsolidatable | undefined;
  for (const { state, fromMs, toMs = endMs, reasons } of there) {
    const [reason] = reasons;
    if (reason === undefined || (state === 'running' && PASSING.has(reason.code))) continue;
    // A method looked at the node and found nothing: it could have been taken.
    if (state === 'running' && reason.method !== '' && !PERMANENT.has(reason.code)) return undefined;
    if (longest === undefined || toMs - fromMs > longest.forMs) {
      const { waitsFor, pod, podDisruptionBudgets } = reason.detail;
      const subject = waitsFor ?? podDisruptionBudgets ?? pod ?? '';
      longest = { node: node.node, code: reason.code, detail: String(subject), forMs: toMs - fromMs };
    }
  }
  // A wait of normal length is no reason for ever.
  return longest !== undefined && longest.forMs * 2 >= forMs ? { ...longest, forMs } : undefined;
}

/** Reasons given by a method that do not go away by waiting. */
const PERMANENT: ReadonlySet<string> = new Set([
  'consolidation-disabled',
  'do-not-consolidate',
  'instance-type-not-found',
  'label-missing',
  'pod-disruption-budget',
  'pod-do-not-disrupt',
]);
