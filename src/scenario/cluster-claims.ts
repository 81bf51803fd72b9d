import { claimNameOf } from '../karpenter/scheduling/storage-index.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import { isRecord, type PathKey } from '../kubernetes/manifest/field-path.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { isPodFinished } from '../kubernetes/pod-conditions.js';
import type { Pod, PodSpec } from '../kubernetes/pod.js';
import type { StorageClass } from '../kubernetes/storage.js';
import type { PersistentVolumeClaim } from '../kubernetes/workloads.js';
import type { ClusterPods } from './cluster-pods.js';
import type { ManifestSet } from './manifest-set.js';
import type { ClusterLists } from './object-kinds.js';

const BIND_COMPLETED_ANNOTATION = 'pv.kubernetes.io/bind-completed';

/**
 * Claims as a cluster would have them by now: with the default StorageClass that admission fills in, with the mark of a
 * finished binding where they are bound, with those that StatefulSets and ephemeral volumes bring.
 */
export function clusterClaims(lists: ClusterLists, { pods, claims }: ClusterPods): readonly PersistentVolumeClaim[] {
  const known = new Set(lists.persistentVolumeClaims.map(keyOf));
  const added: PersistentVolumeClaim[] = [];
  const add = (claim: PersistentVolumeClaim): void => {
    if (known.has(keyOf(claim))) return;
    known.add(keyOf(claim));
    added.push(claim);
  };
  for (const claim of claims) add(claim);
  for (const pod of pods) {
    if (isPodFinished(pod) || pod.spec.nodeName !== undefined) continue;
    for (const volume of pod.spec.volumes) {
      if (volume.kind !== 'ephemeral') continue;
      const name = claimNameOf(pod, volume);
      const { namespace, creationTimeMs } = pod.metadata;
      const ids = { name, namespace, uid: `PersistentVolumeClaim/${namespace}/${name}`, creationTimeMs };
      const metadata = { ...ids, labels: {}, annotations: {}, ownerReferences: [] };
      add({ metadata, storageClassName: volume.storageClassName, phase: 'Pending' });
    }
  }
  const standard = defaultClass(lists.storageClasses);
  return [...lists.persistentVolumeClaims, ...added].map((claim) => settled(claim, standard));
}

function settled(claim: PersistentVolumeClaim, standard: string | undefined): PersistentVolumeClaim {
  const { metadata, phase, volumeName, storageClassName } = claim;
  if (phase === 'Bound' && volumeName !== undefined && metadata.annotations[BIND_COMPLETED_ANNOTATION] === undefined) {
    const annotations = { ...metadata.annotations, [BIND_COMPLETED_ANNOTATION]: 'yes' };
    return { ...claim, metadata: { ...metadata, annotations } };
  }
  return storageClassName === undefined && volumeName === undefined ? { ...claim, storageClassName: standard } : claim;
}

/** Of several defaults the newest, as admission chooses. */
function defaultClass(classes: readonly StorageClass[]): string | undefined {
  const [newest] = classes
    .filter(({ isDefault }) => isDefault)
    .sort((a, b) => b.metadata.creationTimeMs - a.metadata.creationTimeMs);
  return newest?.metadata.name;
}

function keyOf({ metadata }: PersistentVolumeClaim): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Pods, and workloads that made pods, which name claims that are not there. */
export function checkClusterClaims(
  manifests: ManifestSet<ClusterLists>,
  { makers }: ClusterPods,
  claims: readonly PersistentVolumeClaim[],
): readonly Problem[] {
  const known = new Set(claims.map(keyOf));
  const check = (object: Pod | Maker, spec: PodSpec, path: readonly PathKey[]): Problem[] =>
    spec.volumes.flatMap((volume) => {
      const { namespace } = object.metadata;
      if (volume.kind === 'ephemeral' || volume.claimName === '') return [];
      if (known.has(`${namespace}/${volume.claimName}`)) return [];
      const names = claims.filter(({ metadata }) => metadata.namespace === namespace).map((c) => c.metadata.name);
      const at = [...path, 'volumes', ...indexOf(manifests.rawOf(object), path, volume.name)];
      return [
        manifests.problemAt(object, at, {
          code: 'missing-reference',
          message: `there is no PersistentVolumeClaim ${namespace}/${volume.claimName}`,
          expected: 'a PersistentVolumeClaim of this namespace in the cluster',
          hint:
            didYouMean(volume.claimName, names) ?? 'add it, or dump with: kubectl get pvc,pv,storageclass -A -o yaml',
        }),
      ];
    });
  const ofPods = manifests.lists.pods.flatMap((pod) => (isPodFinished(pod) ? [] : check(pod, pod.spec, ['spec'])));
  const ofMakers = makers.flatMap((maker) => check(maker, maker.template.spec, ['spec', 'template', 'spec']));
  return [...ofPods, ...ofMakers];
}

type Maker = ClusterPods['makers'][number];

/** The rest of the path from `volumes` to the name of the claim: volumes that need none were not kept. */
function indexOf(raw: unknown, path: readonly PathKey[], volumeName: string): readonly PathKey[] {
  let value = raw;
  for (const key of [...path, 'volumes']) value = isRecord(value) ? value[key] : undefined;
  const volumes: readonly unknown[] = Array.isArray(value) ? value : [];
  const index = volumes.findIndex((volume) => isRecord(volume) && volume['name'] === volumeName);
  return index === -1 ? [] : [index, 'persistentVolumeClaim', 'claimName'];
}
