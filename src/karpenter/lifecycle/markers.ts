import type { Taint } from '../../kubernetes/taints.js';

/** Annotation on nodes and pods that keeps voluntary disruption away. */
export const DO_NOT_DISRUPT_ANNOTATION = 'karpenter.sh/do-not-disrupt';
export const NODEPOOL_HASH_ANNOTATION = 'karpenter.sh/nodepool-hash';
export const NODEPOOL_HASH_VERSION_ANNOTATION = 'karpenter.sh/nodepool-hash-version';
/** Moment up to which a drain may take, RFC 3339 (v1.14.1, terminationGracePeriod). */
export const TERMINATION_TIMESTAMP_ANNOTATION = 'karpenter.sh/nodeclaim-termination-timestamp';

/** Hash version that v1.14.1 writes; hashes of different versions are not compared. */
export const NODEPOOL_HASH_VERSION = 'v3';

/** A node with this label manages its taints itself (v1.14.1). */
export const DO_NOT_SYNC_TAINTS_LABEL = 'karpenter.sh/do-not-sync-taints';
/** Takes a node that is going away out of load balancers. */
export const EXCLUDE_BALANCERS_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** On a node that is being disrupted or terminated: v1.14.1 and v0.32.0. */
export const DISRUPTED_TAINT: Taint = { key: 'karpenter.sh/disrupted', value: '', effect: 'NoSchedule' };
export const DISRUPTION_TAINT: Taint = { key: 'karpenter.sh/disruption', value: 'disrupting', effect: 'NoSchedule' };

/** On a v1.14.1 node from its start until Karpenter has registered it. */
export const UNREGISTERED_TAINT: Taint = { key: 'karpenter.sh/unregistered', value: '', effect: 'NoExecute' };

/** Two taints are the same when key and effect are; the value does not count. */
export function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

const EPHEMERAL_TAINTS: readonly Taint[] = [
  { key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unreachable', value: '', effect: 'NoSchedule' },
  { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' },
];

const EPHEMERAL_TAINTS_SINCE_V1: readonly Taint[] = [
  ...EPHEMERAL_TAINTS,
  { key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoExecute' },
  UNREGISTERED_TAINT,
];

/** Taints that a node loses by itself while it starts, as v0.32.0 knows them (REQ-17). */
export function isEphemeralTaintV0(taint: Taint): boolean {
  return EPHEMERAL_TAINTS.some((known) => sameTaint(known, taint));
}

/** The same for v1.14.1: two more, and every readiness gate. */
export function isEphemeralTaintV1(taint: Taint): boolean {
  return (
    taint.key.startsWith('readiness.k8s.io/') || EPHEMERAL_TAINTS_SINCE_V1.some((known) => sameTaint(known, taint))
  );
}
