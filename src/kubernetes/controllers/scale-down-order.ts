import type { Pod } from '../pod.js';
import { isPodActive, isPodReady, podCondition } from '../pod-conditions.js';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const MAX_INT32 = 2 ** 31 - 1;
const PHASE_ORDER = { Pending: 0, Unknown: 1, Running: 2, Succeeded: 0, Failed: 0 } as const;

/** The annotation's cost; anything that is not an int32, or starts with a plus or a zero before digits, counts as 0. */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations[DELETION_COST] ?? '';
  if (!/^(?:0|-?[1-9]\d*|-0\d*)$/.test(text)) return 0;
  const cost = Number(text);
  return cost > MAX_INT32 || cost < -MAX_INT32 - 1 ? 0 : cost;
}

function maxRestarts(pod: Pod): number {
  return pod.status.containerStatuses.reduce((most, { restartCount }) => Math.max(most, restartCount), 0);
}

/** Age bucket: log2 of the age in nanoseconds, truncated; −1 for no age (kubernetes.md §2.2). */
function ageBucket(sinceMs: number, nowMs: number): number {
  const nanoseconds = (nowMs - sinceMs) * 1e6;
  return nanoseconds > 0 ? Math.trunc(Math.log2(nanoseconds)) : -1;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Younger bucket first; different times in one bucket go by uid, and equal times stay equal. */
function compareAges(aMs: number, bMs: number, a: Pod, b: Pod, nowMs: number): number {
  if (aMs === bMs) return 0;
  return ageBucket(aMs, nowMs) - ageBucket(bMs, nowMs) || compareText(a.metadata.uid, b.metadata.uid);
}

function readySince(pod: Pod): number {
  return podCondition(pod, 'Ready')?.lastTransitionTimeMs ?? 0;
}

interface Ranked {
  readonly pod: Pod;
  readonly assigned: number;
  readonly phase: number;
  readonly ready: boolean;
  readonly cost: number;
  readonly doubledUp: number;
  readonly restarts: number;
}

function compareRanked(a: Ranked, b: Ranked, nowMs: number): number {
  return (
    a.assigned - b.assigned ||
    a.phase - b.phase ||
    Number(a.ready) - Number(b.ready) ||
    a.cost - b.cost ||
    b.doubledUp - a.doubledUp ||
    (a.ready && b.ready ? compareAges(readySince(a.pod), readySince(b.pod), a.pod, b.pod, nowMs) : 0) ||
    b.restarts - a.restarts ||
    compareAges(a.pod.metadata.creationTimeMs, b.pod.metadata.creationTimeMs, a.pod, b.pod, nowMs)
  );
}

/**
 * Pods of a ReplicaSet in the order in which a scale-down deletes them (kubernetes.md §2.2). `related` are the pods of
 * the Deployment's other ReplicaSets: replicas that share a node go first. Where the controller's own order is
 * arbitrary, pods go by uid.
 */
export function scaleDownOrder(pods: readonly Pod[], related: Iterable<Pod>, nowMs: number): Pod[] {
  const onNode = new Map<string, number>();
  for (const pod of [...pods, ...related]) {
    const { nodeName } = pod.spec;
    if (nodeName !== undefined && isPodActive(pod)) onNode.set(nodeName, (onNode.get(nodeName) ?? 0) + 1);
  }
  const ranked = pods.map((pod): Ranked => ({
    pod,
    assigned: pod.spec.nodeName === undefined ? 0 : 1,
    phase: PHASE_ORDER[pod.status.phase],
    ready: isPodReady(pod),
    cost: deletionCost(pod),
    doubledUp: onNode.get(pod.spec.nodeName ?? '') ?? 0,
    restarts: maxRestarts(pod),
  }));
  ranked.sort((a, b) => compareText(a.pod.metadata.uid, b.pod.metadata.uid));
  return ranked.sort((a, b) => compareRanked(a, b, nowMs)).map(({ pod }) => pod);
}
