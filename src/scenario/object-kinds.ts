import { decodeEC2NodeClassV1, decodeEC2NodeClassV1beta1 } from '../cloud/manifest/decode-node-class.js';
import { decodeNodeClaimV1, decodeNodeClaimV1beta1 } from '../karpenter/manifest/decode-node-claim.js';
import { decodeNodePoolV1, decodeNodePoolV1beta1 } from '../karpenter/manifest/decode-node-pool.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { decodeHorizontalPodAutoscaler } from '../kubernetes/manifest/decode-autoscaler.js';
import { decodePodDisruptionBudget } from '../kubernetes/manifest/decode-disruption-budget.js';
import { decodeNamespace, decodeNode } from '../kubernetes/manifest/decode-node.js';
import { decodePod } from '../kubernetes/manifest/decode-pod.js';
import { decodePriorityClass, type PriorityClass } from '../kubernetes/manifest/decode-priority-class.js';
import {
  decodeCSINode,
  decodePersistentVolume,
  decodePersistentVolumeClaim,
  decodeStorageClass,
} from '../kubernetes/manifest/decode-storage.js';
import { decodeCronJob, decodeJob } from '../kubernetes/manifest/decode-jobs.js';
import {
  decodeDaemonSet,
  decodeDeployment,
  decodeReplicaSet,
  decodeStatefulSet,
} from '../kubernetes/manifest/decode-workloads.js';
import type { FieldReader } from '../kubernetes/manifest/field-reader.js';
import type { Node } from '../kubernetes/node.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { CSINode } from '../kubernetes/storage.js';
import type { ReplicaSet } from '../kubernetes/workloads.js';
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
    jobs: [],
    cronJobs: [],
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

/** What a cluster file holds besides: the state of a running cluster, and workloads that a scenario does not simulate. */
export interface ClusterLists extends ObjectLists {
  readonly nodes: Node[];
  readonly nodeClaims: NodeClaim[];
  readonly replicaSets: ReplicaSet[];
  readonly csiNodes: CSINode[];
}

export function emptyClusterLists(): ClusterLists {
  return { ...emptyObjectLists(), nodes: [], nodeClaims: [], replicaSets: [], csiNodes: [] };
}

/** Reads an object and keeps it in its list. */
export type ReadInto<L> = (reader: FieldReader, lists: L) => { readonly metadata: ObjectMeta };

function into<K extends keyof ClusterLists>(
  list: K,
  decode: (reader: FieldReader) => ClusterLists[K][number] & { readonly metadata: ObjectMeta },
): ReadInto<Pick<ClusterLists, K>> {
  return (reader, lists) => {
    const object = decode(reader);
    (lists[list] as (typeof object)[]).push(object);
    return object;
  };
}

const KUBERNETES_KINDS: Readonly<Record<string, ReadInto<ObjectLists>>> = {
  'v1 Pod': into('pods', decodePod),
  'v1 Namespace': into('namespaces', decodeNamespace),
  'v1 PersistentVolume': into('persistentVolumes', decodePersistentVolume),
  'v1 PersistentVolumeClaim': into('persistentVolumeClaims', decodePersistentVolumeClaim),
  'apps/v1 Deployment': into('deployments', decodeDeployment),
  'apps/v1 StatefulSet': into('statefulSets', decodeStatefulSet),
  'apps/v1 DaemonSet': into('daemonSets', decodeDaemonSet),
  'batch/v1 Job': into('jobs', decodeJob),
  'batch/v1 CronJob': into('cronJobs', decodeCronJob),
  'autoscaling/v2 HorizontalPodAutoscaler': into('horizontalPodAutoscalers', decodeHorizontalPodAutoscaler),
  'policy/v1 PodDisruptionBudget': into('podDisruptionBudgets', decodePodDisruptionBudget),
  'storage.k8s.io/v1 StorageClass': into('storageClasses', decodeStorageClass),
  'scheduling.k8s.io/v1 PriorityClass': into('priorityClasses', decodePriorityClass),
};

const KARPENTER_KINDS: Readonly<Record<KarpenterVersion, Readonly<Record<string, ReadInto<ObjectLists>>>>> = {
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
export function objectKinds(version: KarpenterVersion): Readonly<Record<string, ReadInto<ObjectLists>>> {
  return { ...KUBERNETES_KINDS, ...KARPENTER_KINDS[version] };
}

/** The same for a cluster file. */
export function clusterKinds(version: KarpenterVersion): Readonly<Record<string, ReadInto<ClusterLists>>> {
  const nodeClaims =
    version === 'v0.32.0'
      ? { 'karpenter.sh/v1beta1 NodeClaim': into('nodeClaims', decodeNodeClaimV1beta1) }
      : { 'karpenter.sh/v1 NodeClaim': into('nodeClaims', decodeNodeClaimV1) };
  // What an autoscaler wants, or a clock will, is not asked in a pass over a cluster as it is.
  const kinds = Object.fromEntries(
    Object.entries(objectKinds(version)).filter(([key]) => !/ (HorizontalPodAutoscaler|CronJob)$/.test(key)),
  );
  return {
    ...kinds,
    ...nodeClaims,
    'v1 Node': into('nodes', decodeNode),
    'apps/v1 ReplicaSet': into('replicaSets', decodeReplicaSet),
    'storage.k8s.io/v1 CSINode': into('csiNodes', decodeCSINode),
  };
}

/** Kinds that by their nature change nothing that is simulated; passed over in silence. */
export const IRRELEVANT_KINDS: ReadonlySet<string> = new Set([
  'APIService',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'ComponentStatus',
  'ConfigMap',
  'ControllerRevision',
  'CSIDriver',
  'CSIStorageCapacity',
  'CustomResourceDefinition',
  'Endpoints',
  'EndpointSlice',
  'Event',
  'FlowSchema',
  'Gateway',
  'GatewayClass',
  'HTTPRoute',
  'Ingress',
  'IngressClass',
  'Kustomization',
  'Lease',
  'MutatingAdmissionPolicy',
  'MutatingWebhookConfiguration',
  'NetworkPolicy',
  'NodeMetrics',
  'PodMetrics',
  'PodMonitor',
  'PodTemplate',
  'PriorityLevelConfiguration',
  'PrometheusRule',
  'Role',
  'RoleBinding',
  'RuntimeClass',
  'Secret',
  'Service',
  'ServiceAccount',
  'ServiceMonitor',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
  'VolumeSnapshot',
  'VolumeSnapshotClass',
  'VolumeSnapshotContent',
]);

/** Kinds that exist and may matter to a cluster, but that a scheduling pass over it does not model; said aloud. */
export const UNMODELLED_KINDS: ReadonlySet<string> = new Set([
  'CapacityBuffer',
  'CronJob',
  'DeviceClass',
  'HorizontalPodAutoscaler',
  'LimitRange',
  'NodeOverlay',
  'ReplicationController',
  'ResourceClaim',
  'ResourceClaimTemplate',
  'ResourceQuota',
  'ResourceSlice',
  'VerticalPodAutoscaler',
]);
