import type { Pod } from '../../kubernetes/pod.js';
import { toleratesTaint } from '../../kubernetes/tolerations.js';
import {
  hasActiveDoNotDisrupt,
  hasDoNotDisrupt,
  isMirrorPod,
  isOwnedByDaemonSet,
  isTerminal,
  isTerminating,
} from '../pod-predicates.js';
import type { LifecycleProfile } from './lifecycle-profile.js';

/** A pod that should have been gone so long is no longer waited for. */
const STUCK_AFTER_MS = 60_000;
/** The API server's default for `terminationGracePeriodSeconds`. */
const DEFAULT_GRACE_SECONDS = 30;

const CRITICAL_PRIORITY_CLASSES: ReadonlySet<string | undefined> = new Set([
  'system-cluster-critical',
  'system-node-critical',
]);

/** What one look at a draining node asks for. */
export interface DrainStep {
  /** Nothing is left to wait for. */
  readonly drained: boolean;
  /** Pods that the drain waits for, of all groups. */
  readonly waiting: readonly Pod[];
  /** Pods to hand to the eviction queue, which knows those it has. */
  readonly evict: readonly Pod[];
  /** Until then (epoch ms) another look at the same pods finds the same. */
  readonly holdsUntilMs: number;
  /** Pods to delete outright, past their PodDisruptionBudgets, since the node's time is running out. */
  readonly forceDelete: readonly { readonly pod: Pod; readonly gracePeriodSeconds: number }[];
}

function isWaitedFor(pod: Pod, nowMs: number, profile: LifecycleProfile): boolean {
  if (isTerminal(pod) || isMirrorPod(pod) || toleratesTaint(pod.spec.tolerations, profile.disruptedTaint)) return false;
  const { deletionTimeMs } = pod.metadata;
  return deletionTimeMs === undefined || nowMs - deletionTimeMs <= STUCK_AFTER_MS;
}

/** 0–3: ordinary pods, ordinary DaemonSet pods, critical pods, critical DaemonSet pods. */
function drainGroup(pod: Pod): number {
  return (CRITICAL_PRIORITY_CLASSES.has(pod.spec.priorityClassName) ? 2 : 0) + (isOwnedByDaemonSet(pod) ? 1 : 0);
}

function currentGroup(waiting: readonly Pod[], profile: LifecycleProfile): readonly Pod[] {
  const open = profile.termination.groupsWaitUntilGone ? waiting : waiting.filter((pod) => !isTerminating(pod));
  let first = Infinity;
  for (const pod of open) first = Math.min(first, drainGroup(pod));
  return open.filter((pod) => drainGroup(pod) === first && !isTerminating(pod));
}

function forcedDeletions(waiting: readonly Pod[], terminationMs: number, nowMs: number): DrainStep['forceDelete'] {
  const gracePeriodSeconds = Math.max(Math.floor((terminationMs - nowMs) / 1000), 1);
  const isDue = (pod: Pod): boolean => {
    const { deletionTimeMs } = pod.metadata;
    if (deletionTimeMs !== undefined && deletionTimeMs <= terminationMs) return false;
    const graceMs = (pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
    return nowMs > terminationMs - graceMs;
  };
  return waiting.filter(isDue).map((pod) => ({ pod, gracePeriodSeconds }));
}

/** When the first of the pods counts as stuck; now, if one is protected, for a time perhaps. */
function unchangedUntil(waiting: readonly Pod[], nowMs: number): number {
  let untilMs = Infinity;
  for (const pod of waiting) {
    if (hasDoNotDisrupt(pod)) return nowMs;
    const { deletionTimeMs } = pod.metadata;
    if (deletionTimeMs !== undefined) untilMs = Math.min(untilMs, deletionTimeMs + STUCK_AFTER_MS);
  }
  return untilMs;
}

/**
 * What a look at a draining node does (disruption.md §1.12). Pods leave in four groups; the next group waits until the
 * one before is gone (v1.14.1) or at least terminating (v0.32.0).
 *
 * @param pods all pods bound to the node.
 * @param terminationMs end of the NodeClaim's termination grace period; undefined: none.
 */
export function drainStep(
  pods: readonly Pod[],
  terminationMs: number | undefined,
  nowMs: number,
  profile: LifecycleProfile,
): DrainStep {
  const waiting = pods.filter((pod) => isWaitedFor(pod, nowMs, profile));
  const group = currentGroup(waiting, profile);
  const evict = profile.termination.sparesDoNotDisruptPods
    ? group.filter((pod) => !hasActiveDoNotDisrupt(pod, nowMs))
    : group;
  const forceDelete = terminationMs === undefined ? [] : forcedDeletions(waiting, terminationMs, nowMs);
  const holdsUntilMs = terminationMs === undefined ? unchangedUntil(waiting, nowMs) : nowMs;
  return { drained: waiting.length === 0, waiting, evict, forceDelete, holdsUntilMs };
}
