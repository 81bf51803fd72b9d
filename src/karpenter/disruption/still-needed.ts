import type { PlannedNodeClaim } from '../scheduling/scheduling-result.js';

function typesBeforeCut(plan: PlannedNodeClaim): PlannedNodeClaim['instanceTypes'] {
  return plan.packed?.instanceTypes ?? plan.instanceTypes;
}

/**
 * Whether a command still fits what its pods need after the validation delay: both launch nothing, or both launch one
 * NodeClaim and every type of the command is among those that the pods fit on now. Those are not filtered by price, so
 * a subset is all that can be asked for (disruption.md §6.2).
 */
export function isStillNeeded(planned: PlannedNodeClaim | undefined, needed: PlannedNodeClaim | undefined): boolean {
  if (planned === undefined || needed === undefined) return planned === needed;
  const possible = new Set(typesBeforeCut(needed).map(({ name }) => name));
  return typesBeforeCut(planned).every(({ name }) => possible.has(name));
}
