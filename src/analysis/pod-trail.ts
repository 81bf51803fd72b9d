import type { EventLog, LogEvent } from '../simulation/event-log.js';
import { movesOf, mostWithin, podPlaces, type PodPlace } from './pod-places.js';

/** Events that tell a pod's life; of the machines that it was planned on, those while it waited for them. */
export type PodStep = Extract<
  LogEvent,
  {
    readonly type:
      | 'PodCreated'
      | 'PodUnschedulable'
      | 'FailedScheduling'
      | 'PodNominated'
      | 'NodeClaimLaunched'
      | 'LaunchFailed'
      | 'NodeRegistered'
      | 'NodeInitialized'
      | 'NodeClaimDeleting'
      | 'PodBound'
      | 'PodReady'
      | 'DisruptionCommand'
      | 'EvictionBlocked'
      | 'SpotInterruption'
      | 'NodeFailed'
      | 'NodeUnreachable'
      | 'ContainerRestarted'
      | 'PodFinished'
      | 'PodDeleting'
      | 'PodGone';
  }
>;

/** The life of one pod, and of the replica that it is. */
export interface PodTrail {
  readonly pod: string;
  readonly steps: readonly PodStep[];
  /** NodeClaims and nodes that passes planned it on, in order, each once. */
  readonly plannedOn: readonly string[];
  /** Undefined for a DaemonSet pod. */
  readonly place?: PodPlace | undefined;
  /** Times at which the replica had to move. */
  readonly movesMs: readonly number[];
  readonly mostMovesAnHour: number;
}

const HOUR_MS = 3_600_000;

/** Names of all pods of a run, DaemonSets' included, in order of creation. */
export function podNames(log: EventLog): readonly string[] {
  const names = new Set<string>();
  for (const event of log) if (event.type === 'PodCreated') names.add(event.pod);
  return [...names];
}

/** Follows one pod, `namespace/name`. A name used again (a StatefulSet's) tells all its lives. */
export function podTrail(log: EventLog, pod: string): PodTrail {
  const steps: PodStep[] = [];
  const plannedOn = new Set<string>();
  let waitsOn = '';
  let node = '';
  for (const event of log) {
    switch (event.type) {
      case 'PodCreated':
      case 'PodUnschedulable':
      case 'FailedScheduling':
      case 'PodReady':
      case 'EvictionBlocked':
      case 'ContainerRestarted':
      case 'PodFinished':
      case 'PodDeleting':
      case 'PodGone':
        if (event.pod === pod) steps.push(event);
        break;
      case 'PodNominated':
        if (event.pod !== pod) break;
        steps.push(event);
        plannedOn.add(event.target);
        waitsOn = event.target;
        break;
      case 'PodBound':
        if (event.pod !== pod) break;
        steps.push(event);
        waitsOn = '';
        node = event.node;
        break;
      case 'NodeClaimLaunched':
      case 'LaunchFailed':
      case 'NodeRegistered':
      case 'NodeInitialized':
      case 'NodeClaimDeleting':
        if (waitsOn !== '' && event.nodeClaim === waitsOn) steps.push(event);
        else if (event.type === 'NodeClaimDeleting' && node !== '' && event.node === node) steps.push(event);
        break;
      case 'DisruptionCommand':
        if (event.pods.includes(pod)) steps.push(event);
        break;
      case 'SpotInterruption':
      case 'NodeFailed':
      case 'NodeUnreachable':
        if (node !== '' && event.node === node) steps.push(event);
        break;
      default:
    }
    if (event.type === 'PodGone' && event.pod === pod) node = '';
  }
  const place = podPlaces(log).find(({ stays }) => stays.some((stay) => stay.pod === pod));
  const movesMs = place === undefined ? [] : movesOf(place);
  return {
    pod,
    steps,
    plannedOn: [...plannedOn],
    place,
    movesMs,
    mostMovesAnHour: mostWithin(movesMs, HOUR_MS),
  };
}
