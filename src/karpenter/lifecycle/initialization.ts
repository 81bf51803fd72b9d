import { changed, withEntries } from '../../kernel/copies.js';
import type { Node } from '../../kubernetes/node.js';
import { formatTaint } from '../../kubernetes/taints.js';
import type { NodeClaim } from '../nodeclaim.js';
import { INITIALIZED_LABEL } from '../requirements/labels.js';
import { findCondition, hasCondition, withCondition } from './conditions.js';
import type { LifecycleProfile } from './lifecycle-profile.js';
import { sameTaint } from './markers.js';
import type { NodeClaimStep } from './registration.js';

/** Why a node is not initialized, with the taint or resource it waits for. */
interface InitializationBlocker {
  readonly reason:
    | 'NotLaunched'
    | 'NodeNotFound'
    | 'NodeNotReady'
    | 'StartupTaintsExist'
    | 'KnownEphemeralTaintsExist'
    | 'ResourceNotRegistered';
  readonly taint?: string | undefined;
  readonly resource?: string | undefined;
}

/** The first check of disruption.md §1.6 that the node fails; undefined when it passes all of them. */
export function initializationBlocker(
  nodeClaim: NodeClaim,
  nodes: readonly Node[],
  profile: LifecycleProfile,
): InitializationBlocker | undefined {
  const [node] = nodes;
  if (node === undefined || nodes.length > 1) return { reason: 'NodeNotFound' };
  if (findCondition(node.status.conditions, 'Ready')?.status !== 'True') return { reason: 'NodeNotReady' };
  for (const startupTaint of nodeClaim.spec.startupTaints) {
    const present = node.spec.taints.find((taint) => sameTaint(taint, startupTaint));
    if (present !== undefined) return { reason: 'StartupTaintsExist', taint: formatTaint(present) };
  }
  const ephemeral = node.spec.taints.find(profile.isEphemeralTaint);
  if (ephemeral !== undefined) return { reason: 'KnownEphemeralTaintsExist', taint: formatTaint(ephemeral) };
  const { requests } = nodeClaim.spec;
  for (const resource in requests) {
    if (requests[resource] === 0) continue;
    if ((node.status.allocatable[resource] ?? 0) === 0) return { reason: 'ResourceNotRegistered', resource };
  }
  return undefined;
}

/**
 * Initializes the NodeClaim's node when nothing is in the way (disruption.md §1.6). It never falls back: a node that
 * turns NotReady or is tainted again stays initialized. There is no time limit either: a startup taint that nobody
 * removes keeps the node uninitialized for ever (E25).
 */
export function initialize(
  nodeClaim: NodeClaim,
  nodes: readonly Node[],
  nowMs: number,
  profile: LifecycleProfile,
): NodeClaimStep {
  if (hasCondition(nodeClaim, 'Initialized')) return { nodeClaim };
  const clock = profile.conditionClock;
  const gate = profile.waitingStatus === 'False' ? 'Launched' : 'Registered';
  if (!hasCondition(nodeClaim, gate)) {
    // v1.14.1 says nothing before registration.
    if (gate === 'Registered') return { nodeClaim };
    const notLaunched = { type: 'Initialized', status: 'False', reason: 'NotLaunched' } as const;
    return { nodeClaim: withCondition(nodeClaim, notLaunched, nowMs, clock) };
  }
  const blocker = initializationBlocker(nodeClaim, nodes, profile);
  if (blocker !== undefined) {
    const waiting = { type: 'Initialized', status: profile.waitingStatus, reason: blocker.reason } as const;
    return { nodeClaim: withCondition(nodeClaim, waiting, nowMs, clock) };
  }
  const [node] = nodes;
  return {
    nodeClaim: withCondition(nodeClaim, { type: 'Initialized', status: 'True' }, nowMs, clock),
    node:
      node &&
      changed(node, {
        metadata: changed(node.metadata, {
          labels: withEntries(node.metadata.labels, { [INITIALIZED_LABEL]: 'true' }),
        }),
      }),
  };
}
