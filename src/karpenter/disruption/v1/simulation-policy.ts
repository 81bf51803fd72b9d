import type { Pod } from '../../../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../../../kubernetes/workloads.js';
import type { StateNode } from '../../cluster-snapshot.js';
import { DO_NOT_DISRUPT_ANNOTATION } from '../../lifecycle/markers.js';
import { isCurrentlyReschedulable } from '../../pdb-limits.js';
import type { SimulationPolicy } from '../simulation.js';

interface Movable {
  readonly budgets: readonly PodDisruptionBudget[];
  readonly pods: readonly Pod[];
}

const movable = new WeakMap<StateNode, Movable>();

/** Pods without a do-not-disrupt, whose answer does not depend on the clock, are asked about once. */
function movablePods(stateNode: StateNode, budgets: readonly PodDisruptionBudget[], nowMs: number): readonly Pod[] {
  const known = movable.get(stateNode);
  if (known?.budgets === budgets) return known.pods;
  const pods = stateNode.pods.filter((pod) => isCurrentlyReschedulable(pod, budgets, nowMs));
  const timed = stateNode.pods.some((pod) => pod.metadata.annotations[DO_NOT_DISRUPT_ANNOTATION] !== undefined);
  if (!timed) movable.set(stateNode, { budgets, pods });
  return pods;
}

/** How v1.14.1 simulates (disruption.md §5.1). */
export const SIMULATION_V1: SimulationPolicy = {
  movablePods: (stateNode, { podDisruptionBudgets, nowMs }) => movablePods(stateNode, podDisruptionBudgets, nowMs),
  isReliable: (stateNode, context) => context.scheduling.stateNodes.view(stateNode).initialized,
  trustsStartingNodes: true,
};
