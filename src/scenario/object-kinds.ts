import { decodeEC2NodeClassV1, decodeEC2NodeClassV1beta1 } from '../cloud/manifest/decode-node-class.js';
import { decodeNodePoolV1, decodeNodePoolV1beta1 } from '../karpenter/manifest/decode-node-pool.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { decodeHorizontalPodAutoscaler } from '../kubernetes/manifest/decode-autoscaler.js';
import { decodePodDisruptionBudget } from '../kubernetes/manifest/decode-disruption-budget.js';
import { decodeNamespace } from '../kubernetes/manifest/decode-node.js';
import { decodePod } from '../kubernetes/manifest/decode-pod.js';
import { decodePriorityClass, type PriorityClass } from '../kubernetes/manifest/decode-priority-class.js';
import {
  decodePersistentVolume,
  decodePersistentVolumeClaim,
  decodeStorageClass,
} from '../kubernetes/manifest/decode-storage.js';
import { decodeDaemonSet, decodeDeployment, decodeStatefulSet } from '../kubernetes/manifest/decode-workloads.js';
import type { FieldReader } from '../kubernetes/manifest/field-reader.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { ClusterObjects } from './scenario-spec.js';

/** The lists of ClusterObjects while manifests are read into them, and what is resolved before the simulation. */
export type ObjectLists = { readonly [K in keyof ClusterObjects]: ClusterObjects[K][number][] } & {
  readonly priorityClasses: PriorityClass[];
};

export function emptyObjectLists(): ObjectLists {
  return {
    nodePools: [],
    nodeClasses: [],
    deployments: [],
    statefulSets: [],
    daemonSets: [],
    horizontalPodAutoscalers: [],
    podDisruptionBudgets: [],
    pods: [],
    persistentVolumeClaims: [],
    persistentVolumes: [],
    storageClasses: [],
    namespaces: [],
    priorityClasses: [],
  };
}

/** Reads an object and keeps it in its list. */
export type ReadInto = (reader: FieldReader, lists: ObjectLists) => { readonly metadata: ObjectMeta };

function into<K extends keyof ObjectLists>(
  list: K,
  decode: (reader: FieldReader) => ObjectLists[K][number] & { readonly metadata: ObjectMeta },
): ReadInto {
  return (reader, lists) => {
    const object = decode(reader);
    (lists[list] as (typeof object)[]).push(object);
    return object;
  };
}

const KUBERNETES_KINDS: Readonly<Record<string, ReadInto>> = {
  'v1 Pod': into('pods', decodePod),
  'v1 Namespace': into('namespaces', decodeNamespace),
  'v1 PersistentVolume': into('persistentVolumes', decodePersistentVolume),
  'v1 PersistentVolumeClaim': into('persistentVolumeClaims', decodePersistentVolumeClaim),
  'apps/v1 Deployment': into('deployments', decodeDeployment),
  'apps/v1 StatefulSet': into('statefulSets', decodeStatefulSet),
  'apps/v1 DaemonSet': into('daemonSets', decodeDaemonSet),
  'autoscaling/v2 HorizontalPodAutoscaler': into('horizontalPodAutoscalers', decodeHorizontalPodAutoscaler),
  'policy/v1 PodDisruptionBudget': into('podDisruptionBudgets', decodePodDisruptionBudget),
  'storage.k8s.io/v1 StorageClass': into('storageClasses', decodeStorageClass),
  'scheduling.k8s.io/v1 PriorityClass': into('priorityClasses', decodePriorityClass),
};

const KARPENTER_KINDS: Readonly<Record<KarpenterVersion, Readonly<Record<string, ReadInto>>>> = {
  'v1.14.1': {
    'karpenter.sh/v1 NodePool': into('nodePools', decodeNodePoolV1),
    'karpenter.k8s.aws/v1 EC2NodeClass': into('nodeClasses', decodeEC2NodeClassV1),
  },
  'v0.32.0': {
    'karpenter.sh/v1beta1 NodePool': into('nodePools', decodeNodePoolV1beta1),
    'karpenter.k8s.aws/v1beta1 EC2NodeClass': into('nodeClasses', decodeEC2NodeClassV1beta1),
  },
};

/** Readers of everything that a cluster with this version of Karpenter serves and the simulator models, by `apiVersion kind`. */
export function objectKinds(version: KarpenterVersion): Readonly<Record<string, ReadInto>> {
  return { ...KUBERNETES_KINDS, ...KARPENTER_KINDS[version] };
}

/** Kinds that by their nature change nothing that is simulated; passed over in silence. */
export const IRRELEVANT_KINDS: ReadonlySet<string> = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'ConfigMap',
  'CustomResourceDefinition',
  'Endpoints',
  'EndpointSlice',
  'Event',
  'Ingress',
  'Lease',
  'MutatingWebhookConfiguration',
  'NetworkPolicy',
  'Role',
  'RoleBinding',
  'Secret',
  'Service',
  'ServiceAccount',
  'ServiceMonitor',
  'ValidatingWebhookConfiguration',
]);
