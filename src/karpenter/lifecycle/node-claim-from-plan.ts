import { withEntries } from '../../kernel/copies.js';
import type { Condition } from '../../kubernetes/pod.js';
import type { NodeClaim } from '../nodeclaim.js';
import { NODEPOOL_LABEL } from '../requirements/labels.js';
import type { PlannedNodeClaim } from '../scheduling/scheduling-result.js';
import { wholeSecond, type NodeClaimConditionType } from './conditions.js';
import type { LifecycleProfile } from './lifecycle-profile.js';

const LIFECYCLE_CONDITIONS: readonly NodeClaimConditionType[] = ['Launched', 'Registered', 'Initialized'];

/**
 * The NodeClaim that is created from a plan. With v1.14.1 its three lifecycle conditions are Unknown since creation,
 * which is where its launch and registration timeouts count from (disruption.md §1.3).
 *
 * @param name unique name; Karpenter's is the NodePool's with a random suffix.
 */
export function nodeClaimFromPlan(
  plan: PlannedNodeClaim,
  name: string,
  nowMs: number,
  profile: LifecycleProfile,
): NodeClaim {
  const creationTimeMs = wholeSecond(nowMs);
  const conditions = LIFECYCLE_CONDITIONS.map((type): Condition => ({
    type,
    status: 'Unknown',
    reason: 'AwaitingReconciliation',
    lastTransitionTimeMs: creationTimeMs,
  }));
  return {
    metadata: {
      name,
      namespace: '',
      uid: `nodeclaim-${name}`,
      labels: withEntries(plan.labels, { [NODEPOOL_LABEL]: plan.nodePoolName }),
      annotations: plan.annotations,
      ownerReferences: [
        {
          apiVersion: profile.version === 'v0.32.0' ? 'karpenter.sh/v1beta1' : 'karpenter.sh/v1',
          kind: 'NodePool',
          name: plan.nodePoolName,
          uid: plan.nodePoolName,
          controller: false,
        },
      ],
      creationTimeMs,
      deletionTimeMs: undefined,
    },
    spec: {
      requirements: plan.requirements,
      requests: plan.requests,
      taints: plan.taints,
      startupTaints: plan.startupTaints,
      nodeClassRef: plan.nodeClassRef,
      expireAfter: plan.expireAfter,
      terminationGracePeriodMs: plan.terminationGracePeriodMs,
    },
    // Fields that it will get are there from the start, see kernel/copies.ts.
    status: {
      providerID: undefined,
      nodeName: undefined,
      capacity: {},
      allocatable: {},
      conditions: profile.conditionsFromCreation ? conditions : [],
      lastPodEventTimeMs: undefined,
    },
  };
}
