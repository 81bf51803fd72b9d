import { decodePodDisruptionBudget } from '../../kubernetes/manifest/decode-disruption-budget.js';
import { decodeNamespace, decodeNode } from '../../kubernetes/manifest/decode-node.js';
import { decodeObjectMeta } from '../../kubernetes/manifest/decode-object-meta.js';
import { decodePod } from '../../kubernetes/manifest/decode-pod.js';
import { decodeLabelSelector } from '../../kubernetes/manifest/decode-selectors.js';
import {
  decodeCSINode,
  decodePersistentVolume,
  decodePersistentVolumeClaim,
  decodeStorageClass,
} from '../../kubernetes/manifest/decode-storage.js';
import type { FieldReader } from '../../kubernetes/manifest/field-reader.js';
import type { Container, Pod } from '../../kubernetes/pod.js';
import { KubeScheduler } from '../../kubernetes/scheduler/kube-scheduler.js';
import { SchedulerCache } from '../../kubernetes/scheduler/scheduler-cache.js';
import { readManifest } from '../read-manifest.js';

type Manifests = readonly unknown[] | undefined;

/** A cluster and the pods to place in it, as a row of scheduler.jsonl writes it; manifests stay undecoded. */
export interface SchedulerCase {
  readonly profile?: string;
  readonly nodes: readonly unknown[];
  readonly pods: readonly unknown[];
  readonly namespaces?: Manifests;
  readonly services?: Manifests;
  readonly replicaSets?: Manifests;
  readonly statefulSets?: Manifests;
  readonly podDisruptionBudgets?: Manifests;
  readonly persistentVolumes?: Manifests;
  readonly persistentVolumeClaims?: Manifests;
  readonly storageClasses?: Manifests;
  readonly csiNodes?: Manifests;
}

/** The scheduler before its first attempt. */
export interface SchedulerStart {
  readonly cache: SchedulerCache;
  readonly scheduler: KubeScheduler;
  /** Pods to place, in queue order. */
  readonly pending: readonly Pod[];
}

/** Builds the cluster of a row. @throws Error for a row that cannot be read */
export function startScheduler(source: SchedulerCase): SchedulerStart {
  const cache = new SchedulerCache();
  each(source.nodes, decodeNode, (node) => {
    cache.setNode(node);
  });
  each(source.namespaces, decodeNamespace, (namespace) => {
    cache.setNamespace(namespace);
  });
  each(source.services, decodeService, (service) => {
    cache.setService(service);
  });
  for (const [kind, manifests] of [
    ['ReplicaSet', source.replicaSets],
    ['StatefulSet', source.statefulSets],
  ] as const) {
    each(manifests, decodeOwner, ({ metadata, selector }) => {
      if (selector !== undefined) cache.setOwnerSelector(kind, metadata.namespace, metadata.name, selector);
    });
  }
  each(source.podDisruptionBudgets, decodePodDisruptionBudget, (budget) => {
    cache.setPodDisruptionBudget(budget);
  });
  setVolumes(cache, source);
  const pods = source.pods.map(readPod);
  for (const pod of pods) if (pod.spec.nodeName !== undefined) cache.setPod(pod);
  const scheduler = new KubeScheduler(cache, {
    seed: 'recorded',
    examineAllNodes: true,
    scoringStrategy: source.profile === 'MostAllocated' ? 'MostAllocated' : 'LeastAllocated',
  });
  return { cache, scheduler, pending: pods.filter(isPending).sort(inQueueOrder) };
}

function setVolumes({ volumes }: SchedulerCache, source: SchedulerCase): void {
  each(source.persistentVolumes, decodePersistentVolume, (volume) => {
    volumes.setPersistentVolume(volume);
  });
  each(source.persistentVolumeClaims, decodePersistentVolumeClaim, (claim) => {
    volumes.setPersistentVolumeClaim(claim);
  });
  each(source.storageClasses, decodeStorageClass, (storageClass) => {
    volumes.setStorageClass(storageClass);
  });
  each(source.csiNodes, decodeCSINode, (csiNode) => {
    volumes.setCSINode(csiNode);
  });
}

/** Scenarios leave out the names of images, which ImageLocality looks at. */
function readPod(manifest: unknown): Pod {
  const pod = readManifest(manifest, decodePod);
  const { spec } = manifest as { readonly spec: Readonly<Record<string, readonly { readonly image?: string }[]>> };
  const withImages = (containers: readonly Container[], list: string): Container[] =>
    containers.map((container, i) => ({ ...container, image: spec[list]?.[i]?.image }));
  return {
    ...pod,
    spec: {
      ...pod.spec,
      containers: withImages(pod.spec.containers, 'containers'),
      initContainers: withImages(pod.spec.initContainers, 'initContainers'),
    },
  };
}

function each<T>(manifests: Manifests, decode: (reader: FieldReader) => T, add: (object: T) => void): void {
  for (const manifest of manifests ?? []) add(readManifest(manifest, decode));
}

function decodeService(object: FieldReader): Parameters<SchedulerCache['setService']>[0] {
  const spec = object.object('spec');
  const selector = spec?.has('selector') === true ? spec.stringMap('selector') : undefined;
  return { metadata: decodeObjectMeta(object, 'Service', 'namespaced'), selector };
}

function decodeOwner(object: FieldReader) {
  const metadata = decodeObjectMeta(object, 'ReplicaSet', 'namespaced');
  return { metadata, selector: decodeLabelSelector(object.requiredObject('spec'), 'selector') };
}

function isPending({ spec, status }: Pod): boolean {
  return spec.nodeName === undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed';
}

function inQueueOrder(a: Pod, b: Pod): number {
  return (b.spec.priority ?? 0) - (a.spec.priority ?? 0) || a.metadata.creationTimeMs - b.metadata.creationTimeMs;
}
