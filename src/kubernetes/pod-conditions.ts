import type { Condition, Pod } from './pod.js';

/** The pod's condition of that type. */
export function podCondition(pod: Pod, type: string): Condition | undefined {
  // A loop, as pods are asked this more often than anything else.
  for (const condition of pod.status.conditions) if (condition.type === type) return condition;
  return undefined;
}

/** True when the pod's Ready condition is True. */
export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** True when the pod has run to its end, well or badly. */
export function isPodFinished(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/** What a workload controller counts as one of its pods: not finished and not being deleted (kubernetes.md §2.1). */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimeMs === undefined;
}
