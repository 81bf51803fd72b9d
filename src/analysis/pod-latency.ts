import type { NodeHistory } from './node-history.js';
import type { PodHistory } from './pod-history.js';

/**
 * Marks on the way of a pod that waited for a new node, ms since the start, never decreasing. A mark that lies outside the
 * pod's own wait is moved to its edge (the pod joined a NodeClaim that was already launched: `launchedMs` equals `decidedMs`),
 * so the stages between marks add up to the whole wait.
 */
export interface PodMarks {
  /** kube-scheduler marked it Unschedulable. */
  readonly unschedulableMs: number;
  /** The batch whose pass first placed it closed. */
  readonly batchClosedMs: number;
  /**
   * The NodeClaim that came to serve it existed. Usually at once; later when other pods took the place it was meant to have, so
   * that it had to wait for another NodeClaim.
   */
  readonly decidedMs: number;
  readonly launchedMs: number;
  readonly registeredMs: number;
  /** Its node was Ready and initialized, or already took the pod between the two. */
  readonly provisionedMs: number;
  readonly boundMs: number;
}

/** How one pod fared when the run ended, or when the pod was deleted. */
export type PodState = 'running' | 'gone' | 'pending' | 'never-bound';

/** One pod with its waiting time. */
export interface PodLatency {
  readonly pod: PodHistory;
  readonly state: PodState;
  /** Created → bound. For a pod that was never bound: until it was deleted, or until the end of the run. */
  readonly pendingMs: number;
  /** The instance it was bound to. */
  readonly node?: NodeHistory | undefined;
  /** Present when the node was not Ready yet when the pod was created, so that the pod waited for it. */
  readonly marks?: PodMarks | undefined;
}

/** Waiting time and stages of every pod. What counts is the node a pod was really bound to, not where Karpenter meant it to go. */
export function podLatencies(
  pods: readonly PodHistory[],
  nodes: readonly NodeHistory[],
  endMs: number,
): readonly PodLatency[] {
  const byNode = new Map<string, NodeHistory>();
  for (const node of nodes) if (node.node !== '') byNode.set(node.node, node);
  return pods.map((pod) => {
    const node = pod.boundMs === undefined ? undefined : byNode.get(pod.node);
    return {
      pod,
      state: stateOf(pod),
      pendingMs: (pod.boundMs ?? pod.deletingMs ?? endMs) - pod.createdMs,
      node,
      marks: node === undefined ? undefined : marksOf(pod, node),
    };
  });
}

/** Pods that came during the run, those that waited already when it began included. */
export function podsOfRun(latencies: readonly PodLatency[]): readonly PodLatency[] {
  return latencies.filter(({ pod }) => pod.fromStart !== true);
}

function stateOf(pod: PodHistory): PodState {
  if (pod.boundMs === undefined) return pod.deletingMs === undefined ? 'pending' : 'never-bound';
  return pod.goneMs === undefined ? 'running' : 'gone';
}

function marksOf(pod: PodHistory, node: NodeHistory): PodMarks | undefined {
  const { boundMs } = pod;
  const usableMs = node.readyMs ?? node.initializedMs;
  if (boundMs === undefined || node.managed || (usableMs !== undefined && usableMs <= pod.createdMs)) return undefined;
  let reachedMs = pod.createdMs;
  const mark = (timeMs: number | undefined): number => {
    reachedMs = Math.min(boundMs, Math.max(reachedMs, timeMs ?? reachedMs));
    return reachedMs;
  };
  return {
    unschedulableMs: mark(pod.unschedulableMs),
    batchClosedMs: mark(pod.planned?.batchClosedMs),
    decidedMs: mark(Math.max(node.createdMs, pod.planned?.atMs ?? 0)),
    launchedMs: mark(node.instance?.launchedMs),
    registeredMs: mark(node.registeredMs),
    provisionedMs: mark(Math.max(node.readyMs ?? 0, node.initializedMs ?? boundMs)),
    boundMs,
  };
}
