import type { PodLatency } from './pod-latency.js';
import { quantilesOf, type Quantiles } from './quantiles.js';

/** A span of virtual time, ms since the start; `toMs` is not part of it. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The guide's six steps from a pod to its node. The first five split created → bound without gap or overlap, pod by pod; their
 * quantiles do not add up, as quantiles never do.
 */
export interface ProvisioningSteps {
  /** Pods created in the window that waited for a new node and were bound to it: the steps are theirs. */
  readonly waited: number;
  /** Of these, the ones whose planned place other pods took, and which waited for a later NodeClaim: in `instanceSelection`. */
  readonly displaced: number;
  readonly podPending: Quantiles;
  readonly karpenterTrigger: Quantiles;
  readonly instanceSelection: Quantiles;
  readonly nodeProvisioning: Quantiles;
  readonly podScheduling: Quantiles;
  readonly createdToBound: Quantiles;
  /** Without the pods that were not ready yet when the run ended. */
  readonly createdToReady: Quantiles;
  /** Pods that were bound to a node that was Ready before they were created. */
  readonly onExistingNodes: number;
  readonly existingCreatedToBound: Quantiles;
  /** Pods without a node: deleted while waiting, or waiting when the run ended. */
  readonly withoutNode: number;
}

/** Measures the pods created within a window. */
export function provisioningSteps(latencies: readonly PodLatency[], window: TimeWindow): ProvisioningSteps {
  const steps: number[][] = [[], [], [], [], [], []];
  const toReady: number[] = [];
  const existing: number[] = [];
  let withoutNode = 0;
  let displaced = 0;
  for (const { pod, pendingMs, marks } of latencies) {
    const { createdMs, boundMs, readyMs } = pod;
    if (pod.fromStart === true || createdMs < window.fromMs || createdMs >= window.toMs) continue;
    if (boundMs === undefined) {
      withoutNode++;
    } else if (marks === undefined) {
      existing.push(pendingMs);
    } else {
      steps[0]?.push(marks.unschedulableMs - createdMs);
      steps[1]?.push(marks.batchClosedMs - marks.unschedulableMs);
      steps[2]?.push(marks.decidedMs - marks.batchClosedMs);
      steps[3]?.push(marks.provisionedMs - marks.decidedMs);
      steps[4]?.push(boundMs - marks.provisionedMs);
      steps[5]?.push(pendingMs);
      if (pod.planned !== undefined && marks.decidedMs > pod.planned.atMs) displaced++;
      if (readyMs !== undefined) toReady.push(readyMs - createdMs);
    }
  }
  const quantiles = (step: number): Quantiles => quantilesOf(steps[step] ?? []);
  return {
    waited: steps[5]?.length ?? 0,
    displaced,
    podPending: quantiles(0),
    karpenterTrigger: quantiles(1),
    instanceSelection: quantiles(2),
    nodeProvisioning: quantiles(3),
    podScheduling: quantiles(4),
    createdToBound: quantiles(5),
    createdToReady: quantilesOf(toReady),
    onExistingNodes: existing.length,
    existingCreatedToBound: quantilesOf(existing),
    withoutNode,
  };
}
