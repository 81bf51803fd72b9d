import type { KarpenterVersion } from '../karpenter/settings.js';
import type { EventLog, EventPayloads, LogEvent } from '../simulation/event-log.js';
import { nodeHistories } from './node-history.js';
import type { NodePoolSettings, NodeStanding, NodeStandings, StayReason } from './node-standing.js';
import { explainNode, type NodeFacts, type ReasonContext } from './stay-reasons.js';

/** Refusals that follow from the NodePool's settings, which the log has. */
const FROM_SETTINGS: ReadonlySet<string> = new Set(['consolidation-disabled', 'only-when-empty']);
const REFUSALS: ReadonlySet<string> = new Set(['instance-type-not-found', 'label-missing', 'do-not-consolidate']);

interface Draft {
  readonly facts: NodeFacts;
  readonly standings: { -readonly [K in keyof NodeStanding]: NodeStanding[K] }[];
}

/**
 * Why every node of a run stayed, from its NodeClaim's creation to its end: what Karpenter's methods found about it, and what
 * the other events tell about nodes that are starting, settling or going.
 */
export function nodeStandings(log: EventLog): readonly NodeStandings[] {
  const fold = new StandingsFold(log);
  for (const event of log) fold.take(event);
  return nodeHistories(log).map((node) => ({
    node,
    standings: fold.standingsOf(node.managed ? node.node : node.nodeClaim),
  }));
}

class StandingsFold {
  readonly #byClaim = new Map<string, Draft>();
  readonly #byNode = new Map<string, Draft>();
  readonly #nodePools = new Map<string, NodePoolSettings>();
  readonly #daemonPods = new Set<string>();
  readonly #nodeOfPod = new Map<string, string>();
  /** Nodes of each command, and where they go. */
  readonly #commands = new Map<string, readonly string[]>();
  readonly #context: ReasonContext;
  #nowMs = 0;

  constructor(log: EventLog) {
    const [first] = log;
    if (first?.type !== 'RunStarted') throw new Error('an event log begins with RunStarted');
    this.#context = {
      version: first.karpenterVersion as KarpenterVersion,
      startTimeMs: first.startTimeMs,
      nodePools: this.#nodePools,
    };
  }

  standingsOf(name: string): readonly NodeStanding[] {
    return (this.#byClaim.get(name) ?? this.#byNode.get(name))?.standings ?? [];
  }

  take(event: LogEvent): void {
    this.#nowMs = event.timeMs;
    switch (event.type) {
      case 'NodePoolApplied':
        this.#nodePools.set(event.nodePool, event);
        for (const { facts } of this.#byClaim.values()) {
          if (facts.nodePool === event.nodePool && facts.goneMs === undefined) this.#change(facts, () => undefined);
        }
        break;
      case 'PodCreated':
        if (event.daemonSet) this.#daemonPods.add(event.pod);
        break;
      case 'PodBound':
        if (this.#daemonPods.has(event.pod)) break;
        this.#nodeOfPod.set(event.pod, event.node);
        this.#ofNode(event.node, ({ pods }) => pods.add(event.pod));
        break;
      case 'PodDeleting':
      case 'PodGone':
        this.#podLeaves(event.pod);
        break;
      case 'EvictionBlocked':
        this.#ofNode(event.node, (facts) => {
          facts.evictionBlocked = { pod: event.pod, budget: event.podDisruptionBudget, sinceMs: event.timeMs };
        });
        break;
      case 'DisruptionProposed':
      case 'DisruptionCommand':
      case 'DisruptionAbandoned':
      case 'DisruptionFailed':
        this.#takeCommand(event);
        break;
      case 'DisruptionBlocked':
      case 'DisruptionUnblocked':
        this.#takeReason(event);
        break;
      default:
        this.#takeLife(event);
    }
  }

  #takeLife(event: LogEvent): void {
    const { timeMs } = event;
    switch (event.type) {
      case 'NodeClaimCreated':
        this.#add(event.nodeClaim, '', event.nodePool);
        break;
      case 'ManagedNodeJoined':
        this.#add('', event.node, event.nodePool);
        break;
      case 'LaunchFailed':
        this.#ofClaim(event.nodeClaim, (facts) => {
          facts.launchFailure = { reason: event.reason, sinceMs: timeMs };
        });
        break;
      case 'NodeClaimLaunched':
        this.#ofClaim(event.nodeClaim, (facts) => (facts.launchedMs = timeMs));
        break;
      case 'NodeRegistered': {
        const draft = this.#byClaim.get(event.nodeClaim);
        if (draft === undefined) break;
        this.#byNode.set(event.node, draft);
        this.#change(draft.facts, (facts) => {
          facts.node = event.node;
          facts.registeredMs = timeMs;
          facts.emptySinceMs = timeMs;
        });
        break;
      }
      case 'NodeReady':
        this.#ofNode(event.node, (facts) => (facts.readyMs ??= timeMs));
        break;
      case 'NodeNotInitialized':
        this.#ofClaim(event.nodeClaim, (facts) => {
          facts.waitsFor = { reason: event.reason, subject: event.waitsFor, sinceMs: timeMs };
        });
        break;
      case 'NodeInitialized':
        this.#ofClaim(event.nodeClaim, (facts) => (facts.initializedMs = timeMs));
        break;
      case 'PodEventRecorded':
        this.#ofNode(event.node, (facts) => (facts.lastPodEventMs = timeMs));
        break;
      case 'ConditionChanged':
        this.#ofClaim(event.nodeClaim, (facts) => {
          if (event.status) facts.conditions.set(event.condition, { sinceMs: timeMs, reason: event.reason });
          else facts.conditions.delete(event.condition);
          // Whatever consolidation found before, it looks again at a node that is Consolidatable anew.
          if (event.condition === 'Consolidatable' || event.condition === 'Empty')
            facts.verdicts.delete('consolidation');
        });
        break;
      case 'NodeClaimDeleting':
        this.#ofClaim(event.nodeClaim, (facts) => {
          const { command, pods } = facts;
          facts.deleting = { by: event.by, sinceMs: timeMs, pods: pods.size, command: command?.command };
        });
        break;
      case 'NodeDrained':
        this.#ofNode(event.node, (facts) => (facts.drainedMs = timeMs));
        break;
      case 'InstanceTerminating':
        this.#ofClaim(event.nodeClaim, (facts) => (facts.terminatingMs = timeMs));
        break;
      case 'NodeClaimDeleted':
        this.#ofClaim(event.nodeClaim, (facts) => (facts.goneMs = timeMs));
        break;
      default:
    }
  }

  #takeCommand(
    event: Extract<
      LogEvent,
      { readonly type: 'DisruptionProposed' | 'DisruptionCommand' | 'DisruptionAbandoned' | 'DisruptionFailed' }
    >,
  ): void {
    const { command, timeMs: sinceMs } = event;
    const before = this.#commands.get(command) ?? [];
    const release = (facts: NodeFacts): void => {
      facts.proposal = undefined;
      facts.command = undefined;
    };
    if (event.type === 'DisruptionAbandoned' || event.type === 'DisruptionFailed') {
      for (const node of before) this.#ofNode(node, release);
      return;
    }
    const { method, nodes } = event;
    this.#commands.set(command, nodes);
    // Validation may leave out nodes that were proposed.
    for (const node of before) if (!nodes.includes(node)) this.#ofNode(node, release);
    const replacements = event.type === 'DisruptionCommand' ? event.replacements : [];
    for (const node of nodes) {
      this.#ofNode(node, (facts) => {
        release(facts);
        facts[event.type === 'DisruptionCommand' ? 'command' : 'proposal'] = { command, method, sinceMs, replacements };
      });
    }
  }

  #takeReason(event: Extract<LogEvent, { readonly type: 'DisruptionBlocked' | 'DisruptionUnblocked' }>): void {
    this.#ofNode(event.node, (facts) => {
      if (event.type === 'DisruptionUnblocked') {
        facts.blocked = undefined;
        return;
      }
      const reason = reasonOf(event, event.timeMs);
      const { code, method } = event;
      if (method === '') facts.blocked = reason;
      else if (REFUSALS.has(code) && event.event === 'Unconsolidatable') facts.refused = reason;
      else if (FROM_SETTINGS.has(code)) return;
      else if (method === 'drift' || method === 'static-drift') facts.verdicts.set('drift', reason);
      else if (method === 'expiration') facts.verdicts.set('expiration', reason);
      else {
        facts.refused = undefined;
        facts.verdicts.set('consolidation', reason);
      }
    });
  }

  #podLeaves(pod: string): void {
    const node = this.#nodeOfPod.get(pod);
    if (node === undefined) return;
    this.#nodeOfPod.delete(pod);
    this.#ofNode(node, (facts) => {
      facts.pods.delete(pod);
      if (facts.pods.size === 0) facts.emptySinceMs = this.#nowMs;
      if (facts.evictionBlocked?.pod === pod) facts.evictionBlocked = undefined;
    });
  }

  #add(nodeClaim: string, node: string, nodePool: string): void {
    const facts: NodeFacts = {
      nodeClaim,
      node,
      nodePool,
      managed: nodeClaim === '',
      createdMs: this.#nowMs,
      pods: new Set(),
      emptySinceMs: this.#nowMs,
      conditions: new Map(),
      verdicts: new Map(),
    };
    const draft: Draft = { facts, standings: [] };
    if (nodeClaim === '') this.#byNode.set(node, draft);
    else this.#byClaim.set(nodeClaim, draft);
    this.#change(facts, () => undefined);
  }

  #ofNode(node: string, change: (facts: NodeFacts) => unknown): void {
    const draft = this.#byNode.get(node);
    if (draft !== undefined) this.#change(draft.facts, change);
  }

  #ofClaim(nodeClaim: string, change: (facts: NodeFacts) => unknown): void {
    const draft = this.#byClaim.get(nodeClaim);
    if (draft !== undefined) this.#change(draft.facts, change);
  }

  /** Changes what is known of a node, and begins a new standing where that is news. */
  #change(facts: NodeFacts, change: (facts: NodeFacts) => unknown): void {
    change(facts);
    const draft = this.#byClaim.get(facts.nodeClaim) ?? this.#byNode.get(facts.node);
    if (draft === undefined) return;
    const [state, reasons] = explainNode(facts, this.#context);
    const last = draft.standings.at(-1);
    const fromMs = this.#nowMs;
    if (last !== undefined && identity(last) === identity({ state, reasons })) return;
    // Several events of one instant make one standing.
    if (last?.fromMs === fromMs) draft.standings.pop();
    const previous = draft.standings.at(-1);
    if (previous !== undefined) previous.toMs = fromMs;
    draft.standings.push({ fromMs, state, reasons });
  }
}

function reasonOf(
  { code, method, event, message, detail }: EventPayloads['DisruptionBlocked'],
  sinceMs: number,
): StayReason {
  return { code, method, event, message, detail, sinceMs };
}

/** Details whose change is news; how many pods are left is not. */
const TELLING = ['blockedPod', 'waitsFor', 'untilMs'];

/** What makes two standings different ones. */
function identity({ state, reasons }: Pick<NodeStanding, 'state' | 'reasons'>): string {
  const texts = reasons.map(({ code, sinceMs, detail }) =>
    [code, sinceMs, ...TELLING.map((name) => detail[name] ?? '')].join(' '),
  );
  return `${state} ${texts.join(', ')}`;
}
