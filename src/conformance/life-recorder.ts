import { findCondition } from '../karpenter/lifecycle/conditions.js';
import { DISRUPTED_TAINT, sameTaint } from '../karpenter/lifecycle/markers.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../karpenter/requirements/labels.js';
import type { Node } from '../kubernetes/node.js';
import type { LogEvent } from '../simulation/event-log.js';
import type { World } from '../simulation/world.js';
import type { LifeEvent, LifeFinal, LifeRecording } from './life-story.js';

interface TimedEvent {
  readonly timeMs: number;
  readonly event: LifeEvent;
}

type Detail = Readonly<Record<string, unknown>>;

const RECORDED_CONDITIONS = [
  'Launched',
  'Registered',
  'Initialized',
  'Consolidatable',
  'Drifted',
  'Drained',
  'InstanceTerminating',
];

/** Tells a run as the recordings do: nodes and NodeClaims from the writes to their objects, the rest from the event log. */
export class LifeRecorder {
  readonly #world: World;
  readonly #written: TimedEvent[] = [];

  /** Has to be made before anything is written. */
  constructor(world: World) {
    this.#world = world;
    world.store.nodes.subscribe(({ before, after }) => {
      this.#node(before, after);
    });
    world.store.nodeClaims.subscribe(({ before, after }) => {
      if (before !== undefined && after !== undefined) this.#conditions(before, after);
    });
  }

  /** The run so far. */
  recording(name: string): LifeRecording {
    const { log, store } = this.#world;
    const events = [...this.#written, ...loggedEvents(log.events)].sort((a, b) => a.timeMs - b.timeMs);
    const final: LifeFinal = {
      nodes: [...store.nodes.values()].map((node) => ({
        name: node.metadata.name,
        ...offeringOf(node.metadata.labels),
      })),
      pods: Object.fromEntries(
        [...store.pods.values()].map(({ metadata, spec }) => [metadata.name, spec.nodeName ?? '']),
      ),
    };
    return { name, events: events.map(({ event }) => event), final };
  }

  #add(type: string, subject: string, detail?: Detail): void {
    this.#written.push(timed(this.#world.kernel.now, type, subject, detail));
  }

  #node(before: Node | undefined, after: Node | undefined): void {
    const name = (after ?? before)?.metadata.name ?? '';
    if (after === undefined) this.#add('NodeDeleted', name);
    else if (before === undefined) this.#add('NodeCreated', name, offeringOf(after.metadata.labels));
    else {
      if (isReady(after) && !isReady(before)) this.#add('NodeReady', name);
      if (isTainted(after) && !isTainted(before)) this.#add('Tainted', name);
      if (!isTainted(after) && isTainted(before)) this.#add('Untainted', name);
      if (after.metadata.deletionTimeMs !== undefined && before.metadata.deletionTimeMs === undefined) {
        this.#add('NodeDeleting', name);
      }
    }
  }

  #conditions(before: NodeClaim, after: NodeClaim): void {
    const { name, labels } = after.metadata;
    for (const type of RECORDED_CONDITIONS) {
      const is = findCondition(after.status.conditions, type);
      const was = findCondition(before.status.conditions, type);
      if ((is?.status === 'True') === (was?.status === 'True')) continue;
      if (is?.status !== 'True') this.#add(`Not${type}`, name);
      else if (type === 'Launched') this.#add(type, name, offeringOf(labels));
      else this.#add(type, name, type === 'Drifted' ? { reason: is.reason } : undefined);
    }
  }
}

function timed(timeMs: number, type: string, subject?: string, detail?: Detail): TimedEvent {
  const t = Math.round(timeMs / 100) / 10;
  return { timeMs, event: { t, type, ...(subject === undefined ? {} : { subject }), ...(detail && { detail }) } };
}

function offeringOf(labels: Readonly<Record<string, string>>) {
  return {
    instanceType: labels[INSTANCE_TYPE_LABEL] ?? '',
    zone: labels[ZONE_LABEL] ?? '',
    capacityType: labels[CAPACITY_TYPE_LABEL] ?? '',
  };
}

function isReady(node: Node): boolean {
  return findCondition(node.status.conditions, 'Ready')?.status === 'True';
}

function isTainted(node: Node): boolean {
  return node.spec.taints.some((taint) => sameTaint(taint, DISRUPTED_TAINT));
}

function podName(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

/** Events of the log in the words of the recordings. */
function loggedEvents(log: readonly LogEvent[]): TimedEvent[] {
  const told: TimedEvent[] = [];
  const nodesOf = new Map<string, { readonly nodes: string; readonly method: string }>();
  const launched = new Set<string>();
  const claimOfNode = new Map<string, string>();
  for (const event of log) {
    const { timeMs } = event;
    const tell = (type: string, subject?: string, detail?: Detail): void => {
      told.push(timed(timeMs, type, subject, detail));
    };
    switch (event.type) {
      case 'PodCreated':
        if (!event.daemonSet) tell('PodPending', podName(event.pod));
        break;
      case 'PodBound':
        tell('PodBound', podName(event.pod), { node: event.node });
        break;
      case 'PodReady':
      case 'PodGone':
        tell(event.type, podName(event.pod));
        break;
      case 'PodDeleting':
        tell(event.by === 'eviction' ? 'PodEvicted' : 'PodDeleted', podName(event.pod), { node: event.node });
        break;
      case 'SchedulingPass': {
        const { pendingPods, deletingPods } = event;
        tell('SchedulingPass', undefined, { pendingPods, deletingPods });
        break;
      }
      case 'NodeClaimCreated': {
        const { nodePool, requests, by } = event;
        tell('NodeClaimCreated', event.nodeClaim, { nodePool, requests, by, instanceTypes: event.instanceTypes });
        break;
      }
      case 'NodeClaimLaunched':
        launched.add(event.nodeClaim);
        break;
      case 'NodeRegistered':
        claimOfNode.set(event.node, event.nodeClaim);
        break;
      case 'LaunchFailed':
        tell('InsufficientCapacityError', event.nodeClaim);
        break;
      case 'NodeClaimDeleting':
        if (event.by === 'expiration') tell('Expired', event.nodeClaim);
        if (event.by === 'liveness') {
          const reason = launched.has(event.nodeClaim) ? 'registration_timeout' : 'launch_timeout';
          tell('Timeout', event.nodeClaim, { reason });
        }
        tell('NodeClaimDeleting', event.nodeClaim);
        break;
      case 'NodeClaimDeleted':
        tell('NodeClaimDeleted', event.nodeClaim);
        break;
      case 'DisruptionProposed':
        nodesOf.set(event.command, { nodes: [...event.nodes].sort().join(','), method: event.method });
        break;
      case 'DisruptionCommand': {
        const nodes = [...event.nodes].sort();
        nodesOf.set(event.command, { nodes: nodes.join(','), method: event.method });
        const { decision, reason, pods, replacements } = event;
        tell('Disrupting', nodes.join(','), {
          decision,
          reason,
          nodes,
          pods: pods.length,
          replacements: replacements.length,
        });
        break;
      }
      case 'DisruptionSucceeded':
        tell('CommandSucceeded', nodesOf.get(event.command)?.nodes ?? '');
        break;
      case 'DisruptionFailed':
        tell('CommandFailed', nodesOf.get(event.command)?.nodes ?? '');
        break;
      case 'DisruptionAbandoned': {
        const { nodes = '', method } = nodesOf.get(event.command) ?? {};
        if (method === 'emptiness') tell('Abandoned', nodes);
        if (method === 'single') tell('ConsolidationRejected', claimOfNode.get(nodes) ?? nodes);
        break;
      }
      default:
    }
  }
  return told;
}
