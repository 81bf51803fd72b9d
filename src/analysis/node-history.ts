import type { InstanceExtras } from '../cloud/billing/instance-extras.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { EventLog, EventPayloads } from '../simulation/event-log.js';
import { commandReasonWord, deletionReasonWord } from './disruption-words.js';

/** The life of one instance: a NodeClaim with its node, or a node of a managed group. Times in ms since the start. */
export interface NodeHistory {
  /** Empty for a node of a managed group. */
  readonly nodeClaim: string;
  /** Empty while, or if never, registered. */
  readonly node: string;
  readonly nodePool: string;
  /** A node of a managed group, which Karpenter does not touch. */
  readonly managed: boolean;
  /** It was there before the run: its own beginning lies outside, and everything until now counts as the start of the run. */
  readonly fromStart?: true | undefined;
  /** A node of a baseline's static fleet: managed, but there for the application. */
  readonly standsForKarpenter?: true | undefined;
  readonly createdMs: number;
  /** What the cloud returned; undefined when the launch failed or had not answered yet. */
  readonly instance?: LaunchedInstance | undefined;
  readonly registeredMs?: number | undefined;
  readonly readyMs?: number | undefined;
  readonly initializedMs?: number | undefined;
  /** Deletion of the NodeClaim began. */
  readonly deletingMs?: number | undefined;
  /** Why, in Karpenter's words (see disruption-words.ts); undefined while it is not being deleted. */
  readonly reason?: string | undefined;
  /** First interruption warning for it. */
  readonly warnedMs?: number | undefined;
  /** Karpenter did not hear the warning. */
  readonly unheard?: boolean | undefined;
  readonly drainedMs?: number | undefined;
  /** Terminated or reclaimed: billing stops. */
  readonly terminatingMs?: number | undefined;
  readonly reclaimed: boolean;
  readonly nodeClaimDeletedMs?: number | undefined;
}

/** What the cloud returned for a NodeClaim. */
export interface LaunchedInstance {
  readonly launchedMs: number;
  readonly instanceType: string;
  readonly zone: string;
  readonly capacityType: string;
  /** Dollars an hour at launch. */
  readonly pricePerHour: number;
  readonly allocatable: ResourceList;
  /** Later prices of a spot instance, in order of time. */
  readonly priceChanges: readonly PriceChange[];
  /** What it costs beside its own price; absent where the log does not say. */
  readonly extras?: InstanceExtras | undefined;
}

/** A price that holds from a time on, dollars an hour. */
export interface PriceChange {
  readonly atMs: number;
  readonly pricePerHour: number;
}

type Draft = { -readonly [K in keyof NodeHistory]: NodeHistory[K] };

/** Every NodeClaim and managed node of a log, in order of appearance. */
export function nodeHistories(log: EventLog): readonly NodeHistory[] {
  const all: Draft[] = [];
  const byClaim = new Map<string, Draft>();
  const byNode = new Map<string, Draft>();
  const reasonOfNode = new Map<string, string>();
  // Registration is Karpenter's word for it, a moment after the node itself appeared.
  const readyMs = new Map<string, number>();
  const claim = (name: string, nodePool: string, timeMs: number): Draft => {
    const known = byClaim.get(name);
    if (known !== undefined) return known;
    const draft: Draft = { nodeClaim: name, node: '', nodePool, managed: false, createdMs: timeMs, reclaimed: false };
    all.push(draft);
    byClaim.set(name, draft);
    return draft;
  };

  for (const event of log) {
    switch (event.type) {
      case 'NodeClaimCreated': {
        const draft = claim(event.nodeClaim, event.nodePool, event.timeMs);
        if (event.by === 'start-state') draft.fromStart = true;
        break;
      }
      case 'NodeClaimLaunched':
        claim(event.nodeClaim, event.nodePool, event.timeMs).instance = launched(event, event.timeMs);
        break;
      case 'SpotPriceChanged': {
        const draft = byClaim.get(event.nodeClaim);
        // EC2 charges nothing after the end, whatever it asks of others.
        if (draft?.instance === undefined || draft.terminatingMs !== undefined) break;
        const change = { atMs: event.timeMs, pricePerHour: event.pricePerHour };
        draft.instance = { ...draft.instance, priceChanges: [...draft.instance.priceChanges, change] };
        break;
      }
      case 'ManagedNodeJoined': {
        const t = event.timeMs;
        const there = { registeredMs: t, readyMs: t, initializedMs: t };
        const draft: Draft = {
          nodeClaim: '',
          node: event.node,
          nodePool: event.nodePool,
          managed: true,
          ...(event.baseline === undefined ? {} : { standsForKarpenter: event.baseline }),
          createdMs: t,
          instance: launched(event, t),
          ...(event.replaces === undefined ? there : {}),
          reclaimed: false,
        };
        all.push(draft);
        byNode.set(event.node, draft);
        break;
      }
      case 'NodeRegistered': {
        const draft = claim(event.nodeClaim, event.nodePool, event.timeMs);
        draft.node = event.node;
        draft.registeredMs = event.timeMs;
        draft.readyMs = readyMs.get(event.node);
        byNode.set(event.node, draft);
        break;
      }
      case 'NodeReady': {
        const draft = byNode.get(event.node);
        if (draft === undefined) readyMs.set(event.node, event.timeMs);
        else draft.readyMs ??= event.timeMs;
        if (draft?.managed === true) {
          draft.registeredMs ??= event.timeMs;
          draft.initializedMs ??= event.timeMs;
        }
        break;
      }
      case 'NodeInitialized': {
        const draft = byNode.get(event.node);
        if (draft !== undefined) draft.initializedMs ??= event.timeMs;
        break;
      }
      case 'DisruptionCommand':
        for (const node of event.nodes) reasonOfNode.set(node, commandReasonWord(event.reason));
        break;
      case 'SpotInterruption': {
        // A machine that has not joined yet is named by its NodeClaim.
        const draft = byNode.get(event.node) ?? byClaim.get(event.node);
        if (draft === undefined || draft.warnedMs !== undefined) break;
        draft.warnedMs = event.timeMs;
        if (event.unheard === true) draft.unheard = true;
        break;
      }
      case 'NodeClaimDeleting': {
        const draft = byClaim.get(event.nodeClaim) ?? byNode.get(event.node);
        if (draft === undefined || draft.deletingMs !== undefined) break;
        draft.deletingMs = event.timeMs;
        draft.reason = deletionReasonWord(event.by, reasonOfNode.get(event.node));
        break;
      }
      case 'NodeDrained': {
        const draft = byNode.get(event.node);
        if (draft !== undefined) draft.drainedMs ??= event.timeMs;
        break;
      }
      case 'InstanceTerminating': {
        const draft = byClaim.get(event.nodeClaim) ?? byNode.get(event.node);
        if (draft === undefined || draft.terminatingMs !== undefined) break;
        draft.terminatingMs = event.timeMs;
        draft.reclaimed = event.reclaimed;
        break;
      }
      case 'NodeClaimDeleted': {
        const draft = byClaim.get(event.nodeClaim);
        if (draft !== undefined) draft.nodeClaimDeletedMs = event.timeMs;
        break;
      }
      default:
    }
  }
  return all;
}

function launched(
  event: EventPayloads['NodeClaimLaunched'] | EventPayloads['ManagedNodeJoined'],
  timeMs: number,
): LaunchedInstance {
  return {
    launchedMs: timeMs,
    instanceType: event.instanceType,
    zone: event.zone,
    capacityType: event.capacityType,
    pricePerHour: event.pricePerHour,
    allocatable: event.allocatable,
    priceChanges: [],
    extras: event.extras,
  };
}
