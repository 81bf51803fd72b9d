import type { EventLog } from '../simulation/event-log.js';
import { eventsOfType } from './events-of-type.js';
import type { NodeHistory } from './node-history.js';
import type { PodHistory } from './pod-history.js';

/** What interruptions cost that were not drained in time. Pods of DaemonSets, which go with every node, are left out. */
export interface InterruptionLosses {
  /** Spot warnings that Karpenter did not hear. */
  readonly unheard: number;
  /** Machines that went with pods on them, warned or not. */
  readonly undrained: number;
  /** Pods that ran on them and had not been asked to stop. */
  readonly podsLost: number;
  /** Pods on them that were stopping within their grace period. */
  readonly podsCutShort: number;
}

/** Counts the pods that were on a machine when EC2 took it. */
export function interruptionLosses(
  log: EventLog,
  nodes: readonly NodeHistory[],
  pods: readonly PodHistory[],
): InterruptionLosses {
  const unheard = eventsOfType(log, 'SpotInterruption').filter((event) => event.unheard === true).length;
  const takenMs = new Map<string, number>();
  for (const { node, reclaimed, terminatingMs } of nodes) {
    if (reclaimed && node !== '' && terminatingMs !== undefined) takenMs.set(node, terminatingMs);
  }
  const undrained = new Set<string>();
  let podsLost = 0;
  let podsCutShort = 0;
  for (const { node, boundMs, deletingMs, goneMs } of pods) {
    const atMs = takenMs.get(node);
    if (atMs === undefined || boundMs === undefined || boundMs > atMs || (goneMs ?? Infinity) < atMs) continue;
    undrained.add(node);
    if (deletingMs !== undefined && deletingMs < atMs) podsCutShort++;
    else podsLost++;
  }
  return { unheard, undrained: undrained.size, podsLost, podsCutShort };
}
