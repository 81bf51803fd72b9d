import { findingMessage } from '../karpenter/disruption/finding-message.js';
import type { FindingCode, FindingEvent } from '../karpenter/disruption/finding.js';
import { wholeSecond } from '../karpenter/lifecycle/conditions.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import type { DeletionCause } from '../simulation/event-log.js';
import type { NodePoolSettings, NodeState, ReasonDetail, StayReason } from './node-standing.js';

/** A command of disruption as far as one of its nodes is concerned. */
interface CommandNews {
  readonly command: string;
  readonly method: string;
  readonly sinceMs: number;
  readonly replacements: readonly string[];
}

/** What is known of a node at one moment, and since when; the events of the log change it. */
export interface NodeFacts {
  readonly nodeClaim: string;
  node: string;
  readonly nodePool: string;
  readonly managed: boolean;
  readonly createdMs: number;
  launchFailure?: { readonly reason: string; readonly sinceMs: number } | undefined;
  launchedMs?: number | undefined;
  registeredMs?: number | undefined;
  readyMs?: number | undefined;
  waitsFor?: { readonly reason: string; readonly subject: string; readonly sinceMs: number } | undefined;
  initializedMs?: number | undefined;
  lastPodEventMs?: number | undefined;
  /** Pods bound to it that would have to move: not DaemonSets', not being deleted. */
  readonly pods: Set<string>;
  emptySinceMs: number;
  /** True conditions of the NodeClaim, and since when. */
  readonly conditions: Map<string, { readonly sinceMs: number; readonly reason: string }>;
  blocked?: StayReason | undefined;
  /** Consolidation refuses the node whatever it costs: unknown type, annotation. */
  refused?: StayReason | undefined;
  /** What the methods found last, by purpose. */
  readonly verdicts: Map<'drift' | 'expiration' | 'consolidation', StayReason>;
  proposal?: CommandNews | undefined;
  command?: CommandNews | undefined;
  deleting?:
    | {
        readonly by: DeletionCause;
        readonly sinceMs: number;
        readonly pods: number;
        readonly command?: string | undefined;
      }
    | undefined;
  evictionBlocked?: { readonly pod: string; readonly budget: string; readonly sinceMs: number } | undefined;
  drainedMs?: number | undefined;
  terminatingMs?: number | undefined;
  goneMs?: number | undefined;
}

/** What the rules look at besides the node. */
export interface ReasonContext {
  readonly version: KarpenterVersion;
  /** Epoch ms of time 0. */
  readonly startTimeMs: number;
  readonly nodePools: ReadonlyMap<string, NodePoolSettings>;
}

type Answer = readonly [state: NodeState, reasons: readonly StayReason[]];

function ours(code: string, sinceMs: number, detail: ReasonDetail = {}): StayReason {
  return { code, sinceMs, method: '', event: '', message: '', detail };
}

/** A reason that the log tells by other events, with the event that Karpenter publishes about it. */
function karpenters(
  { version }: ReasonContext,
  node: string,
  code: FindingCode,
  event: FindingEvent | '',
  sinceMs: number,
  detail: ReasonDetail = {},
): StayReason {
  const finding = { code, detail, node, event: event === '' ? undefined : event };
  return { code, sinceMs, method: '', event, message: event === '' ? '' : findingMessage(finding, version), detail };
}

/** v0.32.0 keeps silent about nodes that are starting or going. */
function inBetween(context: ReasonContext, facts: NodeFacts, code: FindingCode, sinceMs: number): StayReason {
  const event = context.version === 'v0.32.0' ? '' : 'DisruptionBlocked';
  return karpenters(context, facts.node === '' ? facts.nodeClaim : facts.node, code, event, sinceMs);
}

/** State of a node and why it is not disrupted, the reason that decides first in front. */
export function explainNode(facts: NodeFacts, context: ReasonContext): Answer {
  if (facts.managed) return ['managed', [ours('managed-group', facts.createdMs, { group: facts.nodePool })]];
  if (facts.goneMs !== undefined) return ['gone', []];
  const going = goingAway(facts, context);
  if (going !== undefined) return going;
  return comingUp(facts, context) ?? running(facts, context);
}

function goingAway(facts: NodeFacts, context: ReasonContext): Answer | undefined {
  const { deleting, terminatingMs, drainedMs, command, proposal, evictionBlocked } = facts;
  if (terminatingMs !== undefined || drainedMs !== undefined) {
    const sinceMs = drainedMs ?? terminatingMs ?? 0;
    const detail =
      deleting === undefined ? {} : { by: deleting.by, deletingMs: context.startTimeMs + deleting.sinceMs };
    return [
      'terminating',
      [{ ...inBetween(context, facts, 'marked-for-deletion', sinceMs), code: 'terminating', detail }],
    ];
  }
  if (deleting !== undefined) {
    const { by, sinceMs, pods } = deleting;
    const detail = {
      by,
      pods,
      ...(deleting.command !== undefined && { command: deleting.command }),
      ...(evictionBlocked !== undefined && {
        blockedPod: evictionBlocked.pod,
        podDisruptionBudget: evictionBlocked.budget,
      }),
    };
    return ['draining', [{ ...inBetween(context, facts, 'marked-for-deletion', sinceMs), code: 'draining', detail }]];
  }
  if (command !== undefined) {
    const { sinceMs, method, replacements } = command;
    return ['disrupting', [{ ...ours('disrupting', sinceMs, { command: command.command, replacements }), method }]];
  }
  if (proposal === undefined) return undefined;
  const { sinceMs, method } = proposal;
  return ['proposed', [{ ...ours('proposed', sinceMs, { command: proposal.command }), method }]];
}

function comingUp(facts: NodeFacts, context: ReasonContext): Answer | undefined {
  const { createdMs, launchedMs, registeredMs, readyMs, initializedMs, launchFailure, waitsFor } = facts;
  if (launchedMs === undefined) {
    const { reason, sinceMs } = launchFailure ?? { sinceMs: createdMs };
    return ['launching', [ours('launching', sinceMs, reason === undefined ? {} : { launchFailed: reason })]];
  }
  if (registeredMs === undefined) {
    return ['booting', [{ ...inBetween(context, facts, 'no-node', launchedMs), code: 'booting' }]];
  }
  if (initializedMs !== undefined) return undefined;
  const starting = inBetween(context, facts, 'not-initialized', waitsFor?.sinceMs ?? readyMs ?? registeredMs);
  if (readyMs === undefined) return ['starting', [{ ...starting, detail: { reason: 'NodeNotReady' } }]];
  if (waitsFor === undefined) return ['starting', [starting]];
  return ['starting', [{ ...starting, detail: { reason: waitsFor.reason, waitsFor: waitsFor.subject } }]];
}

function running(facts: NodeFacts, context: ReasonContext): Answer {
  const marked = (['Expired', 'Drifted'] as const).flatMap((condition): StayReason[] => {
    const since = facts.conditions.get(condition);
    if (since === undefined) return [];
    const verdict = facts.verdicts.get(condition === 'Expired' ? 'expiration' : 'drift');
    return [verdict ?? ours(condition.toLowerCase(), since.sinceMs, { reason: since.reason })];
  });
  const consolidation = consolidationReason(facts, context);
  const reasons = [...(facts.blocked === undefined ? [] : [facts.blocked]), ...marked];
  // What keeps every method away keeps consolidation away as well; its own last words are out of date then.
  return ['running', facts.blocked === undefined ? [...reasons, consolidation] : reasons];
}

/** Why consolidation leaves the node alone, its checks in Karpenter's order (disruption.md §2.3). */
function consolidationReason(facts: NodeFacts, context: ReasonContext): StayReason {
  const { node, nodePool, initializedMs = 0, pods } = facts;
  const settings = context.nodePools.get(nodePool);
  if (settings !== undefined) {
    const { consolidationPolicy, consolidateAfter, replicas } = settings;
    if (replicas >= 0) return ours('static-nodepool', initializedMs);
    if (facts.refused !== undefined) return facts.refused;
    const ofPool = (code: FindingCode): StayReason =>
      karpenters(context, node, code, 'Unconsolidatable', initializedMs, { nodePool, pods: pods.size });
    if (consolidateAfter === 'Never') return ofPool('consolidation-disabled');
    if (consolidationPolicy === 'WhenEmpty' && pods.size > 0) {
      return ofPool(context.version === 'v0.32.0' ? 'consolidation-disabled' : 'only-when-empty');
    }
    const waits = quietTime(facts, settings, context);
    if (waits !== undefined) return waits;
  }
  const verdict = facts.verdicts.get('consolidation');
  if (verdict !== undefined) return verdict;
  const since = facts.conditions.get('Consolidatable') ?? facts.conditions.get('Empty');
  return ours('not-looked-at', since?.sinceMs ?? initializedMs);
}

/** The node waits for its consolidateAfter to pass. */
function quietTime(
  facts: NodeFacts,
  { consolidationPolicy, consolidateAfter }: NodePoolSettings,
  { version, startTimeMs }: ReasonContext,
): StayReason | undefined {
  const { conditions, lastPodEventMs, initializedMs = 0 } = facts;
  if (typeof consolidateAfter !== 'number') return undefined;
  if (version === 'v0.32.0') {
    if (consolidationPolicy !== 'WhenEmpty') return undefined;
    const empty = conditions.get('Empty');
    if (empty === undefined) return ours('not-empty', facts.emptySinceMs);
    const detail = { untilMs: wholeSecond(startTimeMs + empty.sinceMs) + consolidateAfter, consolidateAfter };
    return facts.verdicts.has('consolidation') ? undefined : ours('empty-for-too-short', empty.sinceMs, detail);
  }
  if (conditions.has('Consolidatable')) return undefined;
  // Karpenter counts in whole seconds (disruption.md §9.2).
  const podEventMs = consolidateAfter === 0 ? undefined : lastPodEventMs;
  const sinceMs = podEventMs ?? initializedMs;
  const detail = {
    untilMs: wholeSecond(startTimeMs + sinceMs) + consolidateAfter,
    consolidateAfter,
    after: podEventMs === undefined ? 'its initialization' : 'its last pod event',
  };
  return ours('not-consolidatable', sinceMs, detail);
}
