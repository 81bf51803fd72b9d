import type { EventLog } from '../simulation/event-log.js';
import { eventsOfType } from './events-of-type.js';

/** Containers that ended before they should have. */
export interface ContainerEnds {
  /** Restarts by the kubelet, for whatever reason. */
  readonly restarts: number;
  /** Containers that the kernel killed for want of memory. */
  readonly oomKilled: number;
  /** Pods that the kubelet evicted for want of memory. */
  readonly evicted: number;
}

/** Counts them. */
export function containerEnds(log: EventLog): ContainerEnds {
  const restarted = eventsOfType(log, 'ContainerRestarted');
  const finished = eventsOfType(log, 'PodFinished');
  const killed = [...restarted, ...finished].filter(({ reason }) => reason === 'OOMKilled');
  const evicted = finished.filter(({ reason }) => reason === 'Evicted');
  return { restarts: restarted.length, oomKilled: killed.length, evicted: evicted.length };
}
