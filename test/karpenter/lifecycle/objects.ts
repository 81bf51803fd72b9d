import type { NodeClaim } from '../../../src/karpenter/nodeclaim.js';
import type { NodePool } from '../../../src/karpenter/nodepool.js';
import type { Node } from '../../../src/kubernetes/node.js';
import type { ObjectMeta } from '../../../src/kubernetes/object-meta.js';
import type { Condition, Pod, PodSpec, PodStatus } from '../../../src/kubernetes/pod.js';

/** 12:00:00 of the day on which the examples of the specification play. */
export const NOON = Date.parse('2026-03-02T12:00:00Z');

/** A moment of that day, from `hh:mm` or `hh:mm:ss`. */
export function at(time: string): number {
  return Date.parse(`2026-03-02T${time.length === 5 ? `${time}:00` : time}Z`);
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export function metadata(name: string, overrides: Partial<ObjectMeta> = {}): ObjectMeta {
  return {
    name,
    namespace: '',
    uid: `uid-${name}`,
    labels: {},
    annotations: {},
    ownerReferences: [],
    creationTimeMs: NOON,
    ...overrides,
  };
}

export function condition(type: string, overrides: Partial<Condition> = {}): Condition {
  return { type, status: 'True', reason: type, lastTransitionTimeMs: NOON, ...overrides };
}

export function nodeClaim(
  overrides: {
    metadata?: Partial<ObjectMeta>;
    spec?: Partial<NodeClaim['spec']>;
    status?: Partial<NodeClaim['status']>;
  } = {},
): NodeClaim {
  return {
    metadata: metadata('claim', overrides.metadata),
    spec: {
      requirements: [],
      requests: {},
      taints: [],
      startupTaints: [],
      nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
      expireAfter: 'Never',
      ...overrides.spec,
    },
    status: { capacity: {}, allocatable: {}, conditions: [], ...overrides.status },
  };
}

export function node(
  overrides: { metadata?: Partial<ObjectMeta>; spec?: Partial<Node['spec']>; status?: Partial<Node['status']> } = {},
): Node {
  return {
    metadata: metadata('node', overrides.metadata),
    spec: { providerID: 'i-1', taints: [], unschedulable: false, ...overrides.spec },
    status: { capacity: {}, allocatable: {}, conditions: [condition('Ready')], ...overrides.status },
  };
}

export function nodePool(
  overrides: {
    metadata?: Partial<ObjectMeta>;
    disruption?: Partial<NodePool['disruption']>;
    template?: Partial<NodePool['template']>;
    limits?: NodePool['limits'];
    replicas?: number;
  } = {},
): NodePool {
  return {
    apiVersion: 'karpenter.sh/v1',
    metadata: metadata('general', overrides.metadata),
    weight: 0,
    replicas: overrides.replicas,
    limits: overrides.limits ?? {},
    disruption: {
      consolidationPolicy: 'WhenEmptyOrUnderutilized',
      consolidateAfter: 0,
      budgets: [{ nodes: '100%' }],
      ...overrides.disruption,
    },
    template: {
      labels: {},
      annotations: {},
      requirements: [],
      taints: [],
      startupTaints: [],
      nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
      expireAfter: 'Never',
      ...overrides.template,
    },
    hash: 'hash-1',
  };
}

export function pod(
  name: string,
  overrides: { metadata?: Partial<ObjectMeta>; spec?: Partial<PodSpec>; status?: Partial<PodStatus> } = {},
): Pod {
  return {
    metadata: metadata(name, { namespace: 'default', ...overrides.metadata }),
    spec: {
      nodeName: 'node',
      containers: [],
      initContainers: [],
      nodeSelector: {},
      tolerations: [],
      topologySpreadConstraints: [],
      volumes: [],
      schedulingGates: [],
      hostNetwork: false,
      resourceClaims: 0,
      ...overrides.spec,
    },
    status: { phase: 'Running', conditions: [condition('Ready')], containerStatuses: [], ...overrides.status },
  };
}

/** An owner reference that makes a pod one of a DaemonSet, StatefulSet or ReplicaSet. */
export function ownedBy(kind: 'DaemonSet' | 'StatefulSet' | 'ReplicaSet'): ObjectMeta['ownerReferences'] {
  return [{ apiVersion: 'apps/v1', kind, name: 'owner', uid: 'uid-owner', controller: true }];
}
