import { group, max, median, rollup } from 'd3-array';
import type { ConsolidatedNode, ConsolidationCommand, Consolidations } from './consolidations.js';
import type { NodeHistory } from './node-history.js';
import type { PodHistory } from './pod-history.js';
import { rateAt } from './price-steps.js';
import type { TimeWindow } from './provisioning-steps.js';
import { quantilesOf, type Quantiles } from './quantiles.js';
import { ratio } from './utilisation.js';

/**
 * The guide's five steps from an underused node to a smaller bill, over the nodes that consolidation removed. A node that did
 * not pass a step (no replacement, not gone when the run ended) is missing from that step alone.
 */
export interface ConsolidationSteps {
  readonly nodes: number;
  readonly deleteCommands: number;
  readonly replaceCommands: number;
  /** Commands computed and then given up in validation, by reason, reasons in code unit order. */
  readonly abandoned: Readonly<Record<string, number>>;
  /** Requests over allocatable of these nodes when their command was computed, 0–1; 0 when there were none. */
  readonly filled: {
    readonly cpuMedian: number;
    readonly cpuMax: number;
    readonly memoryMedian: number;
    readonly memoryMax: number;
  };
  /** Last pod event on the node → Consolidatable: consolidateAfter, as observed. */
  readonly quiet: Quantiles;
  /** Consolidatable (in a version without that condition: the last pod event) → command computed. */
  readonly opportunity: Quantiles;
  /** Command computed → executed: the validation delay. */
  readonly validation: Quantiles;
  /** Both together: Consolidatable → command executed. */
  readonly commanded: Quantiles;
  /** Command executed → its last replacement initialized; replace commands only. */
  readonly replacementReady: Quantiles;
  /** NodeClaim deleted → pods evicted. */
  readonly drain: Quantiles;
  /** Pods evicted → instance gone. */
  readonly termination: Quantiles;
  /** Pods evicted → billing of the node stops. */
  readonly billing: Quantiles;
  /** Last pod event → billing of the node stops. */
  readonly untilBillingStops: Quantiles;
  readonly before: FleetAt;
  readonly after: FleetAt;
  /** Price of the removed nodes, and of what was launched in their place; nano-dollars an hour, summed over all commands. */
  readonly removedRate: number;
  readonly addedRate: number;
  readonly replacements: number;
}

/** The instances billed at one instant, managed groups included. */
export interface FleetAt {
  readonly atMs: number;
  readonly nodes: number;
  /** Nano-dollars an hour. */
  readonly rate: number;
}

/** Durations of one node's way, ms; undefined where it did not pass the step. */
interface NodeWay {
  readonly quiet: number | undefined;
  readonly opportunity: number | undefined;
  readonly validation: number;
  readonly commanded: number | undefined;
  readonly replacementReady: number | undefined;
  readonly drain: number | undefined;
  readonly termination: number | undefined;
  readonly billing: number | undefined;
  readonly untilBillingStops: number | undefined;
  readonly cpuFilled: number;
  readonly memoryFilled: number;
  readonly rate: number;
}

/**
 * Measures the commands executed within the window. Without a window the savings compare the instant of the first command with
 * the end of the run; with one, its two ends.
 */
export function consolidationSteps(
  all: Consolidations,
  nodes: readonly NodeHistory[],
  pods: readonly PodHistory[],
  endMs: number,
  window?: TimeWindow,
): ConsolidationSteps {
  const within = (timeMs: number): boolean => window === undefined || (timeMs >= window.fromMs && timeMs < window.toMs);
  const commands = all.commands.filter(({ executedMs }) => within(executedMs));
  const abandoned = rollup(
    all.abandoned.filter(({ timeMs }) => within(timeMs)),
    (list) => list.length,
    ({ reason }) => reason,
  );
  const nodeByName = new Map(nodes.map((node) => [node.node, node]));
  const nodeByClaim = new Map(nodes.map((node) => [node.nodeClaim, node]));
  const podsByNode = group(pods, ({ node }) => node);

  const ways: NodeWay[] = [];
  const replacements = new Set<string>();
  for (const command of commands) {
    for (const name of command.replacements) replacements.add(name);
    const readyMs = latest(command.replacements.map((name) => nodeByClaim.get(name)?.initializedMs));
    for (const chosen of command.nodes) {
      const node = nodeByName.get(chosen.node);
      if (node !== undefined) ways.push(wayOf(command, chosen, node, podsByNode.get(chosen.node) ?? [], readyMs));
    }
  }
  const over = (step: (way: NodeWay) => number | undefined): Quantiles =>
    quantilesOf(ways.map(step).filter((duration) => duration !== undefined));
  return {
    nodes: ways.length,
    deleteCommands: commands.filter(({ decision }) => decision === 'delete').length,
    replaceCommands: commands.filter(({ decision }) => decision === 'replace').length,
    abandoned: Object.fromEntries([...abandoned].sort(([a], [b]) => (a < b ? -1 : 1))),
    filled: {
      cpuMedian: median(ways, ({ cpuFilled }) => cpuFilled) ?? 0,
      cpuMax: max(ways, ({ cpuFilled }) => cpuFilled) ?? 0,
      memoryMedian: median(ways, ({ memoryFilled }) => memoryFilled) ?? 0,
      memoryMax: max(ways, ({ memoryFilled }) => memoryFilled) ?? 0,
    },
    quiet: over(({ quiet }) => quiet),
    opportunity: over(({ opportunity }) => opportunity),
    validation: over(({ validation }) => validation),
    commanded: over(({ commanded }) => commanded),
    replacementReady: over(({ replacementReady }) => replacementReady),
    drain: over(({ drain }) => drain),
    termination: over(({ termination }) => termination),
    billing: over(({ billing }) => billing),
    untilBillingStops: over(({ untilBillingStops }) => untilBillingStops),
    before: fleetAt(nodes, window?.fromMs ?? commands[0]?.computedMs ?? 0),
    after: fleetAt(nodes, Math.min(window?.toMs ?? endMs, endMs)),
    removedRate: ways.reduce((sum, { rate }) => sum + rate, 0),
    addedRate: [...replacements].reduce((sum, name) => sum + launchRate(nodeByClaim.get(name)), 0),
    replacements: replacements.size,
  };
}

function wayOf(
  command: ConsolidationCommand,
  chosen: ConsolidatedNode,
  node: NodeHistory,
  pods: readonly PodHistory[],
  replacementsReadyMs: number | undefined,
): NodeWay {
  const { computedMs, executedMs } = command;
  const { consolidatableMs } = chosen;
  const lastEventMs = chosen.lastPodEventMs ?? lastPodEvent(pods, computedMs) ?? node.initializedMs;
  const drainedMs = node.drainedMs ?? node.terminatingMs;
  const allocatable = node.instance?.allocatable ?? {};
  return {
    quiet: between(lastEventMs, consolidatableMs),
    opportunity: between(consolidatableMs ?? lastEventMs, computedMs),
    validation: executedMs - computedMs,
    commanded: between(consolidatableMs ?? lastEventMs, executedMs),
    replacementReady: between(executedMs, replacementsReadyMs),
    drain: between(node.deletingMs, drainedMs),
    termination: between(drainedMs, node.nodeClaimDeletedMs),
    billing: between(drainedMs, node.terminatingMs),
    untilBillingStops: between(lastEventMs, node.terminatingMs),
    cpuFilled: ratio(requestedAt(pods, 'cpu', computedMs), allocatable['cpu'] ?? 0),
    memoryFilled: ratio(requestedAt(pods, 'memory', computedMs), allocatable['memory'] ?? 0),
    rate: node.instance === undefined ? 0 : rateAt(node.instance, computedMs),
  };
}

function fleetAt(nodes: readonly NodeHistory[], atMs: number): FleetAt {
  const there = nodes.filter(
    ({ instance, terminatingMs }) =>
      instance !== undefined && instance.launchedMs <= atMs && (terminatingMs ?? Infinity) > atMs,
  );
  return {
    atMs,
    nodes: there.length,
    rate: there.reduce((sum, node) => sum + (node.instance === undefined ? 0 : rateAt(node.instance, atMs)), 0),
  };
}

function launchRate(node: NodeHistory | undefined): number {
  return node?.instance === undefined ? 0 : rateAt(node.instance, node.instance.launchedMs);
}

function requestedAt(pods: readonly PodHistory[], resource: string, atMs: number): number {
  return pods
    .filter(({ boundMs, goneMs }) => boundMs !== undefined && boundMs <= atMs && (goneMs ?? Infinity) > atMs)
    .reduce((sum, { requests }) => sum + (requests[resource] ?? 0), 0);
}

/** Last binding or deletion on the node: what v1 records, for versions that do not. */
function lastPodEvent(pods: readonly PodHistory[], untilMs: number): number | undefined {
  const times = pods.flatMap(({ boundMs, deletingMs }) => [boundMs, deletingMs]);
  return max(times.filter((timeMs) => timeMs !== undefined && timeMs <= untilMs).map(Number));
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  return times.includes(undefined) ? undefined : max(times.map(Number));
}

function between(fromMs: number | undefined, toMs: number | undefined): number | undefined {
  return fromMs === undefined || toMs === undefined ? undefined : Math.max(0, toMs - fromMs);
}
