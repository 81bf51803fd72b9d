import { changed, withEntries } from '../../kernel/copies.js';
import type { Node } from '../../kubernetes/node.js';
import type { Taint } from '../../kubernetes/taints.js';
import type { NodeClaim } from '../nodeclaim.js';
import { REGISTERED_LABEL } from '../requirements/labels.js';
import { hasCondition, withCondition } from './conditions.js';
import type { LifecycleProfile } from './lifecycle-profile.js';
import { DO_NOT_SYNC_TAINTS_LABEL, sameTaint, UNREGISTERED_TAINT } from './markers.js';

/** A NodeClaim and its node after a step; an object that did not change is the very same one. */
export interface NodeClaimStep {
  readonly nodeClaim: NodeClaim;
  /** Undefined when the step left the node alone. */
  readonly node?: Node | undefined;
}

function mergeTaints(taints: readonly Taint[], added: readonly Taint[]): readonly Taint[] {
  const missing = added.filter((taint) => !taints.some((present) => sameTaint(present, taint)));
  return missing.length === 0 ? taints : [...taints, ...missing];
}

function syncedTaints(node: Node, nodeClaim: NodeClaim): readonly Taint[] {
  if (node.metadata.labels[DO_NOT_SYNC_TAINTS_LABEL] === 'true') return node.spec.taints;
  return mergeTaints(mergeTaints(node.spec.taints, nodeClaim.spec.taints), nodeClaim.spec.startupTaints);
}

function registeredNode(node: Node, nodeClaim: NodeClaim): Node {
  return changed(node, {
    metadata: changed(node.metadata, {
      labels: withEntries(node.metadata.labels, nodeClaim.metadata.labels, { [REGISTERED_LABEL]: 'true' }),
      annotations: withEntries(node.metadata.annotations, nodeClaim.metadata.annotations),
    }),
    spec: changed(node.spec, {
      taints: syncedTaints(node, nodeClaim).filter((taint) => !sameTaint(taint, UNREGISTERED_TAINT)),
    }),
  });
}

/**
 * Registers the NodeClaim's node once exactly one has appeared (disruption.md §1.5): labels, annotations and taints of
 * the NodeClaim go onto the node, `karpenter.sh/unregistered` comes off.
 *
 * @param nodes the nodes with the NodeClaim's provider id.
 */
export function register(
  nodeClaim: NodeClaim,
  nodes: readonly Node[],
  nowMs: number,
  profile: LifecycleProfile,
): NodeClaimStep {
  if (hasCondition(nodeClaim, 'Registered')) return { nodeClaim };
  const waiting = (status: 'False' | 'Unknown', reason: string): NodeClaimStep => ({
    nodeClaim: withCondition(nodeClaim, { type: 'Registered', status, reason }, nowMs, profile.conditionClock),
  });
  if (profile.waitingStatus === 'False' && !hasCondition(nodeClaim, 'Launched')) return waiting('False', 'NotLaunched');
  const [node] = nodes;
  if (node === undefined) return waiting(profile.waitingStatus, 'NodeNotFound');
  if (nodes.length > 1) return waiting('False', 'MultipleNodesFound');
  const named = changed(nodeClaim, { status: changed(nodeClaim.status, { nodeName: node.metadata.name }) });
  return {
    nodeClaim: withCondition(named, { type: 'Registered', status: 'True' }, nowMs, profile.conditionClock),
    node: registeredNode(node, nodeClaim),
  };
}
