import type { ResourceList } from '../kubernetes/resource-list.js';
import type { DeletionCause, EventLog } from '../simulation/event-log.js';

/** The first scheduling pass that gave a waiting pod a place. */
export interface Plan {
  readonly atMs: number;
  /** When the batch behind this pass closed. */
  readonly batchClosedMs: number;
}

/** The life of one pod. Times in ms since the start; a time that never came is undefined. */
export interface PodHistory {
  readonly pod: string;
  /** Owner as `namespace/name`; empty for a bare pod. */
  readonly service: string;
  readonly requests: ResourceList;
  /** It ran before the run began: it waits for nothing in it. */
  readonly fromStart?: true | undefined;
  readonly createdMs: number;
  readonly unschedulableMs?: number | undefined;
  /** A pod that still waits is placed again by every later pass; the first counts. */
  readonly planned?: Plan | undefined;
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

type Draft = { -readonly [K in keyof PodHistory]: PodHistory[K] };

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
        const draft: Draft = { pod, service, requests, createdMs: timeMs, node: '' };
        if (event.fromStart === true) draft.fromStart = true;
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
        if (draft === undefined || draft.boundMs !== undefined) break;
        draft.planned ??= { atMs: event.timeMs, batchClosedMs };
        break;
      }
      case 'TriggeredScaleUp':
        for (const pod of event.pods) {
          const draft = byName.get(pod);
          if (draft?.boundMs === undefined && draft !== undefined) {
            draft.planned ??= { atMs: event.timeMs, batchClosedMs: event.timeMs };
          }
        }
        break;
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
        // What happens to the object of a pod that has finished is no part of its life.
        if (draft === undefined || draft.deletingMs !== undefined || draft.goneMs !== undefined) break;
        draft.deletingMs = event.timeMs;
        draft.deletedBy = event.by;
        break;
      }
      case 'PodFinished':
      case 'PodGone': {
        const draft = byName.get(event.pod);
        if (draft !== undefined) draft.goneMs ??= event.timeMs;
        break;
      }
      default:
    }
  }
  return all;
}
