import { findCondition, type NodeClaimConditionType } from '../karpenter/lifecycle/conditions.js';
import { updateDisruptionConditions } from '../karpenter/lifecycle/disruption-conditions.js';
import { lifecycleProfile } from '../karpenter/lifecycle/lifecycle-profile.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import { NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import type { CaseCluster } from './case-cluster.js';

/** Conditions of every NodeClaim after its disruption controller ran once, as recordings write them. */
export interface ConditionsOutcome {
  readonly nodes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const SHOWN: Readonly<Record<KarpenterVersion, readonly NodeClaimConditionType[]>> = {
  'v1.14.1': ['Consolidatable', 'Drifted'],
  'v0.32.0': ['Empty', 'Expired', 'Drifted'],
};

/** Runs the NodeClaim disruption controller once on every NodeClaim of a case. */
export function conditionsOutcome({ snapshot, settings, caseNames }: CaseCluster): ConditionsOutcome {
  const profile = lifecycleProfile(settings.version);
  const nodes: Record<string, Readonly<Record<string, string>>> = {};
  for (const stateNode of snapshot.stateNodes) {
    const { nodeClaim } = stateNode;
    if (nodeClaim === undefined) continue;
    const nodePoolName = nodeClaim.metadata.labels[NODEPOOL_LABEL] ?? '';
    const nodePool = snapshot.nodePools.find(({ metadata }) => metadata.name === nodePoolName);
    const input = nodePool && { nodePool, settings, instanceTypes: snapshot.instanceTypes(nodePoolName) };
    // Without its NodePool a NodeClaim keeps what it has.
    const updated = input
      ? updateDisruptionConditions(nodeClaim, stateNode, input, snapshot.nowMs, profile).nodeClaim
      : nodeClaim;
    const { name } = nodeClaim.metadata;
    nodes[caseNames.get(name) ?? name] = shownConditions(updated, SHOWN[settings.version]);
  }
  return { nodes };
}

function shownConditions(nodeClaim: NodeClaim, types: readonly NodeClaimConditionType[]): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const type of types) {
    const condition = findCondition(nodeClaim.status.conditions, type);
    if (condition !== undefined) shown[type] = condition.status;
  }
  return shown;
}
