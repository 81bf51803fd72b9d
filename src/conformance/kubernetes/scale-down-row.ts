import { scaleDownOrder } from '../../kubernetes/controllers/scale-down-order.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { Verdict } from '../verdict.js';
import { barePod } from './bare-pod.js';

/** Any instant does: rows give ages. */
const NOW_MS = 946_684_800_000;

/** A pod of a row; ages in seconds. */
interface ScaleDownPod {
  readonly name: string;
  readonly uid?: string;
  readonly node?: string;
  readonly phase?: Pod['status']['phase'];
  readonly age: number;
  readonly ready?: boolean;
  readonly readyFor?: number;
  readonly restarts?: number;
  readonly deletionCost?: string;
  readonly deleting?: boolean;
}

/** A row of scaledown.jsonl. */
interface ScaleDownRow {
  readonly case: {
    readonly pods: readonly ScaleDownPod[];
    readonly related?: readonly ScaleDownPod[];
    readonly delete: number;
  };
  readonly result: { readonly orders: readonly string[]; readonly deleted: readonly string[] };
}

/** Compares the order in which a ReplicaSet gives up pods with the orders that were seen. */
export function checkScaleDownRow(row: unknown): Verdict {
  const { case: source, result } = row as ScaleDownRow;
  const ordered = scaleDownOrder(source.pods.map(podOf), (source.related ?? []).map(podOf), NOW_MS);
  const names = ordered.map(({ metadata }) => metadata.name);
  const order = names.join(' ');
  const deleted = names.slice(0, source.delete).sort().join(' ');
  return {
    agreed: result.orders.includes(order) && result.deleted.includes(deleted),
    expected: { order: result.orders[0], deleted: result.deleted[0] },
    got: { order, deleted },
  };
}

function podOf(pod: ScaleDownPod): Pod {
  const { name, uid = name, age, ready = false, readyFor = 0, restarts = 0, deletionCost, deleting = false } = pod;
  const annotations: Record<string, string> =
    deletionCost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': deletionCost };
  return barePod({
    metadata: {
      name,
      uid,
      annotations,
      creationTimeMs: NOW_MS - age * 1000,
      deletionTimeMs: deleting ? NOW_MS : undefined,
    },
    nodeName: pod.node,
    status: {
      phase: pod.phase ?? 'Running',
      conditions: ready
        ? [{ type: 'Ready', status: 'True', reason: '', lastTransitionTimeMs: NOW_MS - readyFor * 1000 }]
        : [],
      containerStatuses: [{ name: 'app', restartCount: restarts }],
    },
  });
}
