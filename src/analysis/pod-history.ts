import type { ResourceList } from '../kubernetes/resource-list.js';
import type { DeletionCause, EventLog } from '../simulation/event-log.js';

/** A scheduling pass that gave the pod a place while it was waiting. */
export interface Nomination {
  readonly atMs: number;
  /** Name of an existing node or of a NodeClaim. */
  readonly target: string;
  /** When the batch behind this pass closed. */
  readonly batchClosedMs: number;
}

/** The life of one pod. Times in ms since the start; a time that never came is undefined. */
export interface PodHistory {
  readonly pod: string;
  /** Owner as `namespace/name`; empty for a bare pod. */
  readonly service: string;
  readonly requests: ResourceList;
  readonly createdMs: number;
  readonly unschedulableMs?: number | undefined;
  /** Nominations before the pod was bound, oldest first. */
  readonly nominations: readonly Nomination[];
  readonly boundMs?: number | undefined;
  /** Empty while the pod has no node. */
  readonly node: string;
  readonly readyMs?: number | undefined;
  readonly deletingMs?: number | undefined;
  readonly deletedBy?: DeletionCause | undefined;
  readonly goneMs?: number | undefined;
  /** Code of the last reason why Karpenter could not place it. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}

interface Draft extends Omit<{ -readonly [K in keyof PodHistory]: PodHistory[K] }, 'nominations'> {
  nominations: Nomination[];
}

/**
 * Every pod of a log in order of creation; DaemonSet pods are left out. A name that is used again after its pod is gone
 * (a StatefulSet's) begins a new life.
 */
export function podHistories(log: EventLog): readonly PodHistory[] {
  const all: Draft[] = [];
  const byName = new Map<string, Draft>();
  let batchClosedMs = 0;
  for (const event of log) {
    switch (event.type) {
      case 'BatchClosed':
        batchClosedMs = event.timeMs;
        break;
      case 'PodCreated': {
        if (event.daemonSet) break;
        const { pod, service, requests, timeMs } = event;
        const draft: Draft = { pod, service, requests, createdMs: timeMs, nominations: [], node: '' };
        all.push(draft);
        byName.set(pod, draft);
        break;
      }
      case 'PodUnschedulable': {
        const draft = byName.get(event.pod);
        if (draft !== undefined) draft.unschedulableMs ??= event.timeMs;
        break;
      }
      case 'PodNominated': {
        // A pass also plans for the bound pods of deleting nodes; their replacements have names of their own.
        const draft = byName.get(event.pod);
        if (draft?.boundMs !== undefined) break;
        draft?.nominations.push({ atMs: event.timeMs, target: event.target, batchClosedMs });
        break;
      }
      case 'FailedScheduling': {
        const draft = byName.get(event.pod);
        if (draft !== undefined) draft.failure = { code: event.code, message: event.message };
        break;
      }
      case 'PodBound': {
        const draft = byName.get(event.pod);
        if (draft === undefined) break;
        draft.boundMs = event.timeMs;
        draft.node = event.node;
        break;
      }
      case 'PodReady': {
        const draft = byName.get(event.pod);
        if (draft !== undefined) draft.readyMs ??= event.timeMs;
        break;
      }
      case 'PodDeleting': {
        const draft = byName.get(event.pod);
        if (draft === undefined || draft.deletingMs !== undefined) break;
        draft.deletingMs = event.timeMs;
        draft.deletedBy = event.by;
        break;
      }
      case 'PodGone': {
        const draft = byName.get(event.pod);
        if (draft !== undefined) draft.goneMs = event.timeMs;
        break;
      }
      default:
    }
  }
  return all;
}
