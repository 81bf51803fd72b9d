import type { EventLog } from '../simulation/event-log.js';

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
  let restarts = 0;
  let oomKilled = 0;
  let evicted = 0;
  for (const event of log) {
    if (event.type === 'ContainerRestarted') {
      restarts++;
      if (event.reason === 'OOMKilled') oomKilled++;
    } else if (event.type === 'PodFinished') {
      if (event.reason === 'OOMKilled') oomKilled++;
      if (event.reason === 'Evicted') evicted++;
    }
  }
  return { restarts, oomKilled, evicted };
}
