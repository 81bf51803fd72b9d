import { changed, withEntries } from '../../kernel/copies.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { NodeClaim } from '../nodeclaim.js';
import { withCondition } from './conditions.js';
import type { LifecycleProfile } from './lifecycle-profile.js';

/** What the provider reports about a machine it has started. */
interface LaunchResult {
  readonly providerID: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: ResourceList;
  readonly allocatable: ResourceList;
}

function labelsOfRequirements(nodeClaim: NodeClaim): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const { key, operator, values } of nodeClaim.spec.requirements) {
    const [value] = values;
    if (operator === 'In' && values.length === 1 && value !== undefined) labels[key] = value;
  }
  return labels;
}

/**
 * The NodeClaim after its launch (disruption.md §1.4). Of two labels with one key the NodeClaim's own wins, then
 * v0.32.0's single-valued requirements, then the provider's.
 */
export function launchedNodeClaim(
  nodeClaim: NodeClaim,
  result: LaunchResult,
  nowMs: number,
  profile: LifecycleProfile,
): NodeClaim {
  const resolved = profile.labelsFromRequirements ? labelsOfRequirements(nodeClaim) : {};
  const launched = changed(nodeClaim, {
    metadata: changed(nodeClaim.metadata, {
      labels: withEntries(result.labels, resolved, nodeClaim.metadata.labels),
    }),
    status: changed(nodeClaim.status, {
      providerID: result.providerID,
      capacity: result.capacity,
      allocatable: result.allocatable,
    }),
  });
  return withCondition(launched, { type: 'Launched', status: 'True' }, nowMs, profile.conditionClock);
}

/** The NodeClaim after a launch that failed and is retried. Insufficient capacity deletes it instead. */
export function launchFailedNodeClaim(
  nodeClaim: NodeClaim,
  reason: string,
  nowMs: number,
  profile: LifecycleProfile,
): NodeClaim {
  const condition = { type: 'Launched', status: profile.waitingStatus, reason } as const;
  return withCondition(nodeClaim, condition, nowMs, profile.conditionClock);
}

/** Wait before the n-th retry of something that backs off by doubling, n from 0. */
export function backoffMs(backoff: { readonly first: number; readonly max: number }, failures: number): number {
  return Math.min(backoff.first * 2 ** failures, backoff.max);
}
