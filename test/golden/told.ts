import type { EventLog, EventType, LogEvent } from '../../src/simulation/event-log.js';

/** What is told unless a golden run asks for something else: the lives of nodes, and where their pods are. */
const TOLD: readonly EventType[] = [
  'PodBound',
  'PodDeleting',
  'PodGone',
  'EvictionBlocked',
  'NodeClaimCreated',
  'NodeClaimLaunched',
  'LaunchFailed',
  'NodeRegistered',
  'NodeInitialized',
  'ConditionChanged',
  'DisruptionProposed',
  'DisruptionAbandoned',
  'DisruptionCommand',
  'DisruptionSucceeded',
  'DisruptionFailed',
  'SpotInterruption',
  'SpotRebalanceRecommendation',
  'NodeFailed',
  'NodeUnreachable',
  'NodeClaimDeleting',
  'NodeTainted',
  'NodeUntainted',
  'NodeDrained',
  'InstanceTerminating',
  'NodeDeleted',
  'NodeClaimDeleted',
];

/** What a golden run shows of its log. */
export interface Excerpt {
  /** Time of day, `hh:mm:ss`; from the beginning when left out. */
  readonly from?: string;
  readonly to?: string;
  /** Types of events, in place of the usual ones. */
  readonly only?: readonly EventType[];
  /** Types of events besides the usual ones. */
  readonly also?: readonly EventType[];
  /** Usual types of events that are left out. */
  readonly without?: readonly EventType[];
}

/** The log as lines of `time of day  event  who and what`. */
export function tell(
  log: EventLog,
  startTimeMs: number,
  { from, to, only = TOLD, also = [], without = [] }: Excerpt = {},
): string[] {
  const shown = new Set([...only, ...also].filter((type) => !without.includes(type)));
  const nodesOf = new Map<string, string>();
  const told: string[] = [];
  for (const event of log) {
    if (event.type === 'DisruptionProposed' || event.type === 'DisruptionCommand') {
      nodesOf.set(event.command, list(event.nodes));
    }
    const time = timeOfDay(startTimeMs + event.timeMs);
    if ((from !== undefined && time < from) || (to !== undefined && time > to)) continue;
    if (!shown.has(event.type)) continue;
    const name = event.type === 'ConditionChanged' ? conditionName(event) : event.type;
    told.push(`${time}  ${name.padEnd(19)} ${subject(event, nodesOf)}`.trimEnd());
  }
  return told;
}

/** The lines of an expected text: indentation goes, and so does what follows ` # `, which says why a line is right. */
export function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\s+#\s.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function timeOfDay(epochMs: number): string {
  return new Date(Math.round(epochMs / 100) * 100).toISOString().slice(11, 21);
}

function conditionName({ condition, status }: Extract<LogEvent, { type: 'ConditionChanged' }>): string {
  return status ? condition : `Not${condition}`;
}

function list(names: readonly string[]): string {
  return [...names].sort().join(' ');
}

function pod(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

function subject(event: LogEvent, nodesOf: ReadonlyMap<string, string>): string {
  switch (event.type) {
    case 'PodCreated':
      return pod(event.pod);
    case 'PodBound':
    case 'PodReady':
    case 'PodGone':
      return `${pod(event.pod)} on ${event.node}`;
    case 'PodDeleting':
      return `${pod(event.pod)} on ${event.node}, by ${event.by}`;
    case 'EvictionBlocked':
      return `${pod(event.pod)} on ${event.node}, by PDB ${event.podDisruptionBudget}`;
    case 'PodNominated':
      return `${pod(event.pod)} to ${event.target}`;
    case 'SchedulingPass':
      return `${event.pendingPods} pending, ${event.deletingPods} of leaving nodes: ${event.newNodeClaims} new`;
    case 'PassSkipped':
      return `${list(event.unlaunched)} not launched`;
    case 'NodeClaimCreated':
      return `${event.nodeClaim} by ${event.by} for ${event.pods.map(pod).sort().join(' ') || 'nobody'}`;
    case 'NodeClaimLaunched':
      return `${event.nodeClaim}: ${event.instanceType} ${event.capacityType} ${event.zone}`;
    case 'LaunchFailed':
      return `${event.nodeClaim}: ${event.reason}`;
    case 'NodeRegistered':
    case 'NodeInitialized':
      return event.node;
    case 'ConditionChanged':
      return event.condition === 'Drifted' && event.status ? `${event.node}: ${event.reason}` : event.node;
    case 'DisruptionProposed':
      return `${event.method}: ${event.decision} ${list(event.nodes)}`;
    case 'DisruptionCommand': {
      const replaced = event.replacements.length === 0 ? '' : ` by ${list(event.replacements)}`;
      return `${event.reason}: ${event.decision} ${list(event.nodes)}${replaced}`;
    }
    case 'DisruptionAbandoned':
      return `${event.method}: ${nodesOf.get(event.command) ?? ''}, ${event.reason}`;
    case 'DisruptionSucceeded':
      return nodesOf.get(event.command) ?? '';
    case 'DisruptionFailed':
      return `${nodesOf.get(event.command) ?? ''}: ${event.reason}`;
    case 'DisruptionBlocked':
      return `${event.node}: ${event.code}`;
    case 'NodeClaimDeleting':
      return `${event.nodeClaim}, by ${event.by}`;
    case 'InstanceTerminating':
      return event.reclaimed ? `${event.nodeClaim}, reclaimed` : event.nodeClaim;
    case 'NodeClaimDeleted':
      return event.nodeClaim;
    case 'NodeFailed':
      return `${event.node}: ${event.failure}`;
    case 'NodeReady':
    case 'NodeUnreachable':
    case 'NodeTainted':
    case 'NodeUntainted':
    case 'NodeDrained':
    case 'NodeDeleted':
    case 'PodEventRecorded':
      return event.node;
    case 'SpotInterruption':
    case 'SpotRebalanceRecommendation':
      return `${event.node}: ${event.instanceType} in ${event.zone}`;
    default:
      return '';
  }
}
