import type { Pod } from '../pod.js';
import type { ResourceList } from '../resource-list.js';

/** What the metrics API says of a pod. A resource that is missing for one of its containers is missing here. */
export interface PodMetrics {
  /** `cpu` in milli, averaged over the window; `memory` in bytes at its end. */
  readonly usage: ResourceList;
  /** End of the window, epoch ms. */
  readonly timestampMs: number;
  readonly windowMs: number;
}

/** A pod that an autoscaler looks at; what its object says is read once, so that a changed pod needs a new one. */
export interface MeasuredPod {
  readonly pod: Pod;
  /** As of the sync; undefined when the metrics API has none yet. */
  metrics?: PodMetrics | undefined;
}
