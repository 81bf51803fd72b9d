import type { Node } from '../../src/kubernetes/node.js';
import type { OwnerReference } from '../../src/kubernetes/object-meta.js';
import type { Condition, Pod, PodSpec, PodStatus } from '../../src/kubernetes/pod.js';
import type { ResourceList } from '../../src/kubernetes/resource-list.js';
import type { LabelSelector } from '../../src/kubernetes/selectors.js';
import type { Taint, Toleration } from '../../src/kubernetes/taints.js';

export const MI = 2 ** 20;
export const GI = 2 ** 30;

export function selector(matchLabels: Record<string, string>): LabelSelector {
  return { matchLabels, matchExpressions: [] };
}

export function taint(key: string, effect: Taint['effect'] = 'NoSchedule', value = ''): Taint {
  return { key, value, effect };
}

export function exists(key: string, effect: Toleration['effect'] = ''): Toleration {
  return { key, operator: 'Exists', value: '', effect };
}

export function ownedBy(kind: string, name: string): OwnerReference {
  return { apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true };
}

/** A spec with one container and nothing else. */
export function podSpec(requests: ResourceList = {}, more: Partial<PodSpec> = {}): PodSpec {
  return {
    containers: [{ name: 'app', requests, limits: {}, ports: [] }],
    initContainers: [],
    nodeSelector: {},
    tolerations: [],
    topologySpreadConstraints: [],
    volumes: [],
    schedulingGates: [],
    hostNetwork: false,
    resourceClaims: 0,
    ...more,
  };
}

interface PodOptions {
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly namespace?: string;
  readonly uid?: string;
  readonly owner?: OwnerReference;
  readonly createdMs?: number;
  readonly deletedMs?: number;
  readonly requests?: ResourceList;
  readonly spec?: Partial<PodSpec>;
  readonly status?: Partial<PodStatus>;
}

export function pod(name: string, options: PodOptions = {}): Pod {
  const { labels, annotations, namespace, uid, owner, createdMs, deletedMs, requests, spec, status } = options;
  return {
    metadata: {
      name,
      namespace: namespace ?? 'default',
      uid: uid ?? `uid-${name}`,
      labels: labels ?? {},
      annotations: annotations ?? {},
      ownerReferences: owner === undefined ? [] : [owner],
      creationTimeMs: createdMs ?? 0,
      deletionTimeMs: deletedMs,
    },
    spec: podSpec(requests, spec),
    status: { phase: 'Pending', conditions: [], containerStatuses: [], ...status },
  };
}

export function readyCondition(sinceMs = 0, status: Condition['status'] = 'True'): Condition {
  return { type: 'Ready', status, reason: '', lastTransitionTimeMs: sinceMs };
}

/** A pod that runs on the node and is ready. */
export function runningPod(name: string, nodeName: string, options: PodOptions = {}): Pod {
  return pod(name, {
    ...options,
    spec: { nodeName, ...options.spec },
    status: { phase: 'Running', conditions: [readyCondition()], startTimeMs: 0, ...options.status },
  });
}

interface NodeOptions {
  readonly allocatable?: ResourceList;
  readonly labels?: Record<string, string>;
  readonly zone?: string;
  readonly taints?: readonly Taint[];
  readonly unschedulable?: boolean;
}

export function node(name: string, options: NodeOptions = {}): Node {
  const allocatable = options.allocatable ?? { cpu: 4000, memory: 16 * GI, pods: 110 };
  return {
    metadata: {
      name,
      namespace: '',
      uid: `uid-${name}`,
      labels: {
        'kubernetes.io/hostname': name,
        ...(options.zone === undefined ? {} : { 'topology.kubernetes.io/zone': options.zone }),
        ...options.labels,
      },
      annotations: {},
      ownerReferences: [],
      creationTimeMs: 0,
    },
    spec: { providerID: `aws:///${name}`, taints: options.taints ?? [], unschedulable: options.unschedulable ?? false },
    status: { capacity: allocatable, allocatable, conditions: [] },
  };
}
