import { parseGoDuration } from '../kubernetes/duration.js';
import type { Pod } from '../kubernetes/pod.js';
import type { Taint } from '../kubernetes/taints.js';
import { toleratesTaint } from '../kubernetes/tolerations.js';
import { DO_NOT_DISRUPT_ANNOTATION } from './lifecycle/markers.js';

const LEGACY_DO_NOT_EVICT_ANNOTATION = 'karpenter.sh/do-not-evict';

/** Succeeded or Failed. */
export function isTerminal(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/** Has a deletion timestamp. */
export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimeMs !== undefined;
}

/** Neither terminal nor terminating. */
export function isActive(pod: Pod): boolean {
  return !isTerminal(pod) && !isTerminating(pod);
}

function isOwnedBy(pod: Pod, apiVersion: string, kind: string): boolean {
  for (const owner of pod.metadata.ownerReferences) {
    if (owner.kind === kind && owner.apiVersion === apiVersion) return true;
  }
  return false;
}

export function isOwnedByDaemonSet(pod: Pod): boolean {
  return isOwnedBy(pod, 'apps/v1', 'DaemonSet');
}

function isOwnedByStatefulSet(pod: Pod): boolean {
  return isOwnedBy(pod, 'apps/v1', 'StatefulSet');
}

/** A static pod, which the API server only mirrors. */
export function isMirrorPod(pod: Pod): boolean {
  return isOwnedBy(pod, 'v1', 'Node');
}

/**
 * Whether Karpenter may make room for the pod: kube-scheduler gave up on it and nothing else is about to help (POD-1).
 * Only the reason of PodScheduled is read, not its status; phase and deletion are not looked at.
 */
export function isProvisionable(pod: Pod): boolean {
  return (
    (pod.spec.nodeName ?? '') === '' &&
    (pod.status.nominatedNodeName ?? '') === '' &&
    pod.status.conditions.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable') &&
    !isOwnedByDaemonSet(pod) &&
    !isMirrorPod(pod)
  );
}

/** Why Karpenter makes no room for a pod (POD-1). */
export type NotProvisionable =
  | 'bound'
  | 'finished'
  | 'daemon-pod'
  | 'static-pod'
  | 'nominated'
  | 'scheduling-gated'
  | 'other-scheduler'
  | 'not-unschedulable';

/** The first reason that {@link isProvisionable} says no for; undefined when it says yes. */
export function whyNotProvisionable(pod: Pod): NotProvisionable | undefined {
  if (isTerminal(pod) && !isProvisionable(pod)) return 'finished';
  if ((pod.spec.nodeName ?? '') !== '') return 'bound';
  if (isOwnedByDaemonSet(pod)) return 'daemon-pod';
  if (isMirrorPod(pod)) return 'static-pod';
  if ((pod.status.nominatedNodeName ?? '') !== '') return 'nominated';
  if (isProvisionable(pod)) return undefined;
  if (pod.spec.schedulingGates.length > 0) return 'scheduling-gated';
  return pod.spec.schedulerName === undefined ? 'not-unschedulable' : 'other-scheduler';
}

/** Whether the pod would have to run elsewhere if its node went away, v1.14.1 (disruption.md §2.4). */
export function isReschedulable(pod: Pod): boolean {
  return (
    (isActive(pod) || (isOwnedByStatefulSet(pod) && isTerminating(pod))) &&
    !isOwnedByDaemonSet(pod) &&
    !isMirrorPod(pod)
  );
}

/** The same for v0.32.0, which has no exception for pods of StatefulSets. */
export function isReschedulableV0(pod: Pod): boolean {
  return isActive(pod) && !isOwnedByDaemonSet(pod) && !isMirrorPod(pod);
}

/** Whether the pod carries the annotation at all, whatever it says. */
export function hasDoNotDisrupt({ metadata }: Pod): boolean {
  return metadata.annotations[DO_NOT_DISRUPT_ANNOTATION] !== undefined;
}

/**
 * Whether do-not-disrupt protects the pod now, v1.14.1: `"true"`, or a positive duration that the pod has not run for
 * yet. Anything else, `"false"` and garbage alike, protects nothing.
 */
export function hasActiveDoNotDisrupt(pod: Pod, nowMs: number): boolean {
  const value = pod.metadata.annotations[DO_NOT_DISRUPT_ANNOTATION];
  if (value === undefined) return false;
  if (value === 'true') return true;
  const durationMs = parseGoDuration(value);
  if (durationMs === undefined || durationMs <= 0) return false;
  const { startTimeMs } = pod.status;
  return startTimeMs === undefined || nowMs - startTimeMs < durationMs;
}

/** The same for v0.32.0: `"true"` only, under today's name or the old one. */
export function hasDoNotDisruptV0(pod: Pod): boolean {
  const { annotations } = pod.metadata;
  return annotations[DO_NOT_DISRUPT_ANNOTATION] === 'true' || annotations[LEGACY_DO_NOT_EVICT_ANNOTATION] === 'true';
}

/** v1.14.1 lets go of pods that are not running any more, whatever their annotations say. */
export function isDisruptable(pod: Pod, nowMs: number): boolean {
  return !isActive(pod) || !hasActiveDoNotDisrupt(pod, nowMs);
}

/** Whether Karpenter v1.14.1 would call the eviction API for the pod. */
export function isEvictable(pod: Pod, nowMs: number, disruptedTaint: Taint): boolean {
  return (
    isActive(pod) &&
    !toleratesTaint(pod.spec.tolerations, disruptedTaint) &&
    !isMirrorPod(pod) &&
    !hasActiveDoNotDisrupt(pod, nowMs)
  );
}
