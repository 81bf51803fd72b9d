import { controllerOf } from '../../kubernetes/object-meta.js';
import { isActive, isMirrorPod, isOwnedByDaemonSet } from '../../karpenter/pod-predicates.js';
import { coversPod } from '../../kubernetes/pod-disruption-budget.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../../kubernetes/workloads.js';

const SAFE_TO_EVICT = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
/** A pod of kube-system may be moved once it is this old, since 1.34. */
const SYSTEM_POD_AGE_MS = 3_600_000;
/** Controllers that make a pod anew. */
const KNOWN_OWNERS: ReadonlySet<string> = new Set([
  'ReplicaSet',
  'StatefulSet',
  'ReplicationController',
  'Job',
  'DaemonSet',
]);

/** What keeps a pod, and so its node, where it is (kubernetes.md §7.8). */
export type DrainBlocker = 'not-safe-to-evict' | 'no-controller' | 'system-pod' | 'pod-disruption-budget';

/** A pod that keeps its node. */
export interface BlockingPod {
  readonly pod: Pod;
  readonly blocker: DrainBlocker;
}

/** What drainability depends on beside the pods. */
export interface DrainRules {
  readonly skipNodesWithSystemPods: boolean;
  readonly budgets: readonly PodDisruptionBudget[];
  /** Epoch ms. */
  readonly nowMs: number;
}

/** The pods of a node that would have to run elsewhere if it went: neither DaemonSet nor static, and not on their way out. */
export function podsToMove(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => isActive(pod) && !isOwnedByDaemonSet(pod) && !isMirrorPod(pod));
}

/** The first of the pods that keeps the node; undefined when all may be evicted. */
export function blockingPod(pods: readonly Pod[], rules: DrainRules): BlockingPod | undefined {
  for (const pod of pods) {
    const blocker = blockerOf(pod, rules);
    if (blocker !== undefined) return { pod, blocker };
  }
  return overBudget(pods, rules.budgets);
}

function blockerOf(pod: Pod, { skipNodesWithSystemPods, budgets, nowMs }: DrainRules): DrainBlocker | undefined {
  const { annotations, namespace, ownerReferences, creationTimeMs } = pod.metadata;
  const annotation = annotations[SAFE_TO_EVICT];
  if (annotation === 'true') return undefined;
  if (annotation === 'false') return 'not-safe-to-evict';
  const owner = controllerOf(ownerReferences);
  if (owner === undefined || !KNOWN_OWNERS.has(owner.kind)) return 'no-controller';
  const guarded =
    skipNodesWithSystemPods &&
    namespace === 'kube-system' &&
    nowMs - creationTimeMs <= SYSTEM_POD_AGE_MS &&
    !budgets.some((budget) => coversPod(budget, pod));
  return guarded ? 'system-pod' : undefined;
}

/** All pods of the node would be evicted at once, so a budget must allow as many as it covers. */
function overBudget(pods: readonly Pod[], budgets: readonly PodDisruptionBudget[]): BlockingPod | undefined {
  for (const budget of budgets) {
    const covered = pods.filter((pod) => coversPod(budget, pod));
    const [pod] = covered;
    if (pod !== undefined && covered.length > budget.status.disruptionsAllowed) {
      return { pod, blocker: 'pod-disruption-budget' };
    }
  }
  return undefined;
}
