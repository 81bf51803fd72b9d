import type { Pod } from '../pod.js';
import type { FitError } from './fit-error.js';

/** A pod's place, or why it has none. */
export type ScheduleResult =
  | { readonly node: string }
  | {
      readonly unschedulable: FitError;
      /** Pods whose deletion makes room on a node; the pod is nominated to it. */
      readonly preemption?: { readonly node: string; readonly victims: readonly Pod[] } | undefined;
    };

/**
 * Decides where one pod goes, in the cluster it was made for. It places nothing: the caller assumes the pod in the
 * cache and binds it. Behind this interface stand kube-scheduler and, for recorded stories, simpler schedulers.
 */
export interface PodScheduler {
  schedule(pod: Pod): ScheduleResult;
}
