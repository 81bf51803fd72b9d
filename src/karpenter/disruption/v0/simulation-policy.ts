import { findCondition } from '../../lifecycle/conditions.js';
import { isReschedulableV0 } from '../../pod-predicates.js';
import type { SimulationPolicy } from '../simulation.js';

/** How v0.32.0 simulates: every pod placed on a node that is not initialized and Ready is an error (disruption.md §5.1). */
export const SIMULATION_V0: SimulationPolicy = {
  movablePods: ({ pods }) => pods.filter(isReschedulableV0),
  isReliable: (stateNode, context) =>
    context.scheduling.stateNodes.view(stateNode).initialized &&
    findCondition(stateNode.node?.status.conditions ?? [], 'Ready')?.status === 'True',
  trustsStartingNodes: false,
};
