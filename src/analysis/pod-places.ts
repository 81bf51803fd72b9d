import type { DeletionCause, EventLog } from '../simulation/event-log.js';

/** One pod in a place. Times in ms since the start of the run. */
export interface PodStay {
  readonly pod: string;
  readonly createdMs: number;
  readonly boundMs?: number | undefined;
  /** Empty while it has none. */
  readonly node: string;
  readonly deletingMs?: number | undefined;
  readonly deletedBy?: DeletionCause | undefined;
}

/** A replica of a service over time: a pod, the pod that was made when it was displaced, and so on. */
export interface PodPlace {
  /** Owner as `namespace/name`. */
  readonly service: string;
  readonly stays: readonly PodStay[];
}

type Draft = { -readonly [K in keyof PodStay]: PodStay[K] };

interface PlaceDraft {
  readonly service: string;
  readonly stays: Draft[];
}

/**
 * Follows replicas from pod to pod. An owner makes a new pod as soon as one of its pods is evicted or lost, and Kubernetes
 * keeps no record of which takes whose place: here the next pod of the owner takes the place that has been empty longest.
 * DaemonSet pods stay where their node is and are left out, bare pods have no successor.
 */
export function podPlaces(log: EventLog): readonly PodPlace[] {
  const places: PlaceDraft[] = [];
  const current = new Map<string, { readonly place: PlaceDraft; readonly stay: Draft }>();
  const vacant = new Map<string, PlaceDraft[]>();
  for (const event of log) {
    switch (event.type) {
      case 'PodCreated': {
        if (event.daemonSet) break;
        const { pod, service, timeMs } = event;
        let place = vacant.get(service)?.shift();
        if (place === undefined) places.push((place = { service, stays: [] }));
        const stay: Draft = { pod, createdMs: timeMs, node: '' };
        place.stays.push(stay);
        current.set(pod, { place, stay });
        break;
      }
      case 'PodBound': {
        const stay = current.get(event.pod)?.stay;
        if (stay === undefined) break;
        stay.boundMs = event.timeMs;
        stay.node = event.node;
        break;
      }
      case 'PodDeleting': {
        const known = current.get(event.pod);
        if (known === undefined || known.stay.deletingMs !== undefined) break;
        const { place, stay } = known;
        stay.deletingMs = event.timeMs;
        stay.deletedBy = event.by;
        // A pod that its ReplicaSet deletes is one too many: nobody takes its place.
        if (event.by === 'replicaset' || place.service === '') break;
        const waiting = vacant.get(place.service);
        if (waiting === undefined) vacant.set(place.service, [place]);
        else waiting.push(place);
        break;
      }
      default:
    }
  }
  return places;
}

/** When the replica had to move: each time a pod of it that had a node was displaced and another came. */
export function movesOf({ stays }: PodPlace): readonly number[] {
  return stays
    .slice(0, -1)
    .filter(({ boundMs }) => boundMs !== undefined)
    .map(({ deletingMs }) => deletingMs ?? 0);
}

/** Most moments within any window of that length; the moments in order. */
export function mostWithin(timesMs: readonly number[], windowMs: number): number {
  let most = 0;
  let first = 0;
  for (const [index, timeMs] of timesMs.entries()) {
    while ((timesMs[first] ?? timeMs) <= timeMs - windowMs) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
