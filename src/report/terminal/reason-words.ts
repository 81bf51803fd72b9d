import type { LoopActivity } from '../../analysis/disruption-loop.js';
import type { ReasonDetail, StayReason } from '../../analysis/node-standing.js';
import { clockSeconds, count, span } from './figures.js';

/** What the words need besides the reason. */
export interface ReasonSetting {
  /** Epoch ms of time 0. */
  readonly startTimeMs: number;
  readonly karpenterVersion: string;
  /** What the disruption loop does at the moment that is asked about; undefined for a stretch of time. */
  readonly loop?: LoopActivity | undefined;
}

type Words = (detail: ReasonDetail, reason: StayReason, setting: ReasonSetting) => string;

const VALIDATION_MS = 15_000;
const PAUSE_MS = 5 * 60_000;

function text(value: ReasonDetail[string] | undefined): string {
  return typeof value === 'object' ? value.join(', ') : String(value ?? '');
}

function at(epochMs: ReasonDetail[string] | undefined): string {
  return clockSeconds(Number(epochMs));
}

function price(dollarsPerHour: ReasonDetail[string] | undefined): string {
  return `$${Number(dollarsPerHour).toFixed(4)}/h`;
}

function budget({ reason, nodePool, allowed, nodes, disrupting, budget: written, schedule }: ReasonDetail): string {
  const rule =
    written === undefined
      ? ''
      : ` (budget ${text(written)}${schedule === undefined ? '' : `, schedule ${text(schedule)}`})`;
  return (
    `budget of NodePool ${text(nodePool)} exhausted: ${text(reason)} allows ${text(allowed)} of ${count(Number(nodes), 'node')}` +
    `${rule}, ${text(disrupting)} ${Number(disrupting) === 1 ? 'is' : 'are'} on the way out or not Ready`
  );
}

function notInitialized({ reason, waitsFor }: ReasonDetail): string {
  if (reason === 'NodeNotReady') return 'registered, its kubelet is not Ready yet';
  if (reason === 'StartupTaintsExist') {
    return `Ready but not initialized: startup taint ${text(waitsFor)} is still there; until it goes no method looks at the node`;
  }
  if (reason === 'KnownEphemeralTaintsExist')
    return `Ready but not initialized: taint ${text(waitsFor)} is still there`;
  if (reason === 'ResourceNotRegistered') return `Ready but not initialized: it has no ${text(waitsFor)} yet`;
  return 'Ready, about to be initialized';
}

function notLookedAt(_: ReasonDetail, { sinceMs }: StayReason, { startTimeMs, loop }: ReasonSetting): string {
  const candidate = `a candidate since ${clockSeconds(startTimeMs + sinceMs)} that consolidation has not judged since`;
  switch (loop?.kind) {
    case undefined:
      return 'a candidate that consolidation had not judged yet';
    case 'validating':
      return `${candidate}: the loop validates ${loop.command}`;
    case 'executing':
      return `${candidate}: the loop is busy with ${loop.command}`;
    case 'paused': {
      const untilMs = startTimeMs + loop.fromMs + PAUSE_MS;
      return `${candidate}: at ${clockSeconds(startTimeMs + loop.fromMs)} it found nothing to do and looks again when the cluster changes, by ${clockSeconds(untilMs)} at the latest`;
    }
    case 'polling':
      return `${candidate}: it looks every 10 s`;
  }
}

const WORDS: Readonly<Record<string, Words>> = {
  'managed-group': ({ group }) => `a node of managed group ${text(group)}, which Karpenter does not touch`,
  launching: ({ launchFailed }) =>
    'waits for the cloud to return an instance' + (launchFailed === undefined ? '' : `; failed: ${text(launchFailed)}`),
  booting: () => 'its instance boots, the node has not registered yet',
  'not-initialized': notInitialized,
  proposed: ({ command }, { method, sinceMs }, { startTimeMs }) =>
    `chosen by ${method}: ${text(command)} is validated until ${clockSeconds(startTimeMs + sinceMs + VALIDATION_MS)}`,
  disrupting: ({ command, replacements }) =>
    text(replacements) === ''
      ? `held by ${text(command)}, about to be deleted`
      : `held by ${text(command)}, which waits for ${text(replacements)} to initialize`,
  draining: ({ by, command, pods, blockedPod, podDisruptionBudget }) =>
    `being deleted (${command === undefined ? text(by) : text(command)}): ${count(Number(pods), 'pod')} to evict` +
    (blockedPod === undefined
      ? ''
      : `; PodDisruptionBudget ${text(podDisruptionBudget)} refuses the eviction of ${text(blockedPod)}`),
  terminating: ({ by }) => `drained, its instance is being terminated${by === undefined ? '' : ` (${text(by)})`}`,
  nominated: ({ untilMs }) =>
    `nominated for a pending pod: left alone until ${at(untilMs)}, longer while passes go on planning pods on it`,
  'node-do-not-disrupt': () => 'the node is annotated karpenter.sh/do-not-disrupt',
  'label-missing': ({ label }) => `the node has no label ${text(label)}`,
  'nodepool-not-found': ({ nodePool }) => `its NodePool ${text(nodePool)} is gone or offers no instance type`,
  'instance-type-not-found': ({ instanceType }) => `its NodePool does not offer ${text(instanceType)} any more`,
  'pod-do-not-disrupt': ({ pod }) => `pod ${text(pod)} is annotated karpenter.sh/do-not-disrupt`,
  'pod-disruption-budget': ({ pod, podDisruptionBudgets }) =>
    `PodDisruptionBudget ${text(podDisruptionBudgets)} allows no eviction now (pod ${text(pod)})`,
  'several-pod-disruption-budgets': ({ pod, podDisruptionBudgets }) =>
    `pod ${text(pod)} has more than one PodDisruptionBudget (${text(podDisruptionBudgets)}): it cannot be evicted at all`,
  'consolidation-disabled': ({ nodePool, pods }, _, { karpenterVersion }) =>
    karpenterVersion === 'v0.32.0' && pods !== undefined
      ? `NodePool ${text(nodePool)} does not consolidate when underutilized, and ${count(Number(pods), 'pod is', 'pods are')} on the node`
      : `NodePool ${text(nodePool)} has consolidateAfter: Never`,
  'do-not-consolidate': () => 'the node is annotated karpenter.sh/do-not-consolidate',
  'only-when-empty': ({ nodePool, pods }) =>
    `NodePool ${text(nodePool)} consolidates WhenEmpty, and ${count(Number(pods), 'pod is', 'pods are')} on the node`,
  'not-consolidatable': ({ untilMs, consolidateAfter, after }, { sinceMs }, { startTimeMs }) =>
    `not Consolidatable until ${at(untilMs)}: consolidateAfter of ${span(Number(consolidateAfter) / 1000)} counts from ${text(after)} at ${clockSeconds(startTimeMs + sinceMs)}`,
  'not-empty': () => 'not empty, and its NodePool consolidates WhenEmpty',
  'empty-for-too-short': ({ untilMs, consolidateAfter }) =>
    `empty, but not for consolidateAfter (${span(Number(consolidateAfter) / 1000)}) before ${at(untilMs)}`,
  'static-nodepool': () => 'its NodePool has a fixed number of replicas',
  'not-looked-at': notLookedAt,
  expired: (_, { sinceMs }, { startTimeMs }) =>
    `Expired since ${clockSeconds(startTimeMs + sinceMs)}, waits for its turn`,
  drifted: ({ reason }, { sinceMs }, { startTimeMs }) =>
    `Drifted (${text(reason)}) since ${clockSeconds(startTimeMs + sinceMs)}, waits for its turn`,
  'budget-exhausted': budget,
  'pods-unschedulable': ({ count: pods, pods: named }) =>
    `${count(Number(pods), 'pod')} would find no place without it: ${typeof named === 'object' ? (named[0] ?? '') : ''}`,
  'several-replacements': ({ count: nodes }) =>
    `its pods need ${text(nodes)} new nodes; consolidation replaces by one at most`,
  'not-cheaper': ({ price: own, cheapest }) =>
    cheapest === undefined
      ? `no cheaper type: needs less than ${price(own)}, and nothing that fits is on offer`
      : `no cheaper type: needs less than ${price(own)}, the cheapest that fits may cost ${price(cheapest)}`,
  'min-values': ({ price: own }) => `too few types cheaper than ${price(own)} for minValues of the NodePool`,
  'spot-to-spot': () =>
    'spot-to-spot consolidation is off (feature gate SpotToSpotConsolidation), and its replacement would be spot',
  'never-spot-to-spot': () => 'a spot node is never replaced by a spot node in this version',
  'spot-to-spot-flexibility': ({ required, count: types }) =>
    `only ${text(types)} cheaper spot types, and a spot node is replaced by spot when there are ${text(required)}`,
  'price-unknown': () => 'the price of its offering is unknown',
  'balanced-score': ({ score }) =>
    score === undefined
      ? 'Balanced: not even deleting it would save enough for the disruption'
      : `Balanced: score ${Number(score).toFixed(2)} is below 0.50, it saves too little for the disruption`,
  'static-scale-down': () => 'its NodePool has more nodes than replicas: scaling down comes first',
  'static-limit': () => 'the node limit of its NodePool leaves no room for a replacement',
};

/** A reason in words, with its numbers; Karpenter's own message where there is none of ours. */
export function reasonWords(reason: StayReason, setting: ReasonSetting): string {
  return WORDS[reason.code]?.(reason.detail, reason, setting) ?? reason.message;
}

/** Where a reason shows in Karpenter itself: its event as kubectl has it, its metrics. Empty where it keeps silent. */
export function karpenterSigns({ code, event, message, detail }: StayReason): readonly string[] {
  if (event !== '') return [`Karpenter's event: ${event}: ${message}`];
  if (code !== 'budget-exhausted') return [];
  const labels = `{nodepool="${text(detail['nodePool'])}",reason="${text(detail['reason'])}"}`;
  return [
    // The NodePool's event is about budgets that allow nothing at all.
    ...(detail['allowed'] === 0 ? [`Karpenter's event on the NodePool: DisruptionBlocked: ${message}`] : []),
    `karpenter_nodepools_allowed_disruptions${labels} ${text(detail['allowed'])}`,
    `karpenter_nodepools_nodes_consuming_budgets${labels} ${text(detail['disrupting'])}`,
  ];
}
