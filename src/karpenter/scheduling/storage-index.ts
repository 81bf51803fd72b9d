import { ObjectCache } from '../../kernel/object-cache.js';
import type { Pod, PodVolume } from '../../kubernetes/pod.js';
import type { PersistentVolume, StorageClass } from '../../kubernetes/storage.js';
import type { PersistentVolumeClaim } from '../../kubernetes/workloads.js';
import type { ClusterSnapshot } from '../cluster-snapshot.js';

/** Storage objects of a cluster by name. */
export interface StorageIndex {
  readonly claim: (namespace: string, name: string) => PersistentVolumeClaim | undefined;
  readonly volume: (name: string) => PersistentVolume | undefined;
  readonly storageClass: (name: string) => StorageClass | undefined;
  /** The class for claims that name none; of several defaults the newest. */
  readonly defaultStorageClassName: string | undefined;
}

const cache = new ObjectCache<
  readonly PersistentVolumeClaim[],
  { readonly of: ClusterSnapshot; readonly index: StorageIndex }
>();

export function storageIndex(snapshot: ClusterSnapshot): StorageIndex {
  const known = cache.get(snapshot.persistentVolumeClaims);
  if (
    known?.of.persistentVolumes === snapshot.persistentVolumes &&
    known.of.storageClasses === snapshot.storageClasses
  ) {
    return known.index;
  }
  const claims = new Map(
    snapshot.persistentVolumeClaims.map((claim) => [`${claim.metadata.namespace}/${claim.metadata.name}`, claim]),
  );
  const volumes = new Map(snapshot.persistentVolumes.map((volume) => [volume.metadata.name, volume]));
  const classes = new Map(snapshot.storageClasses.map((storageClass) => [storageClass.metadata.name, storageClass]));
  const [newestDefault] = snapshot.storageClasses
    .filter(({ isDefault }) => isDefault)
    .sort((a, b) => b.metadata.creationTimeMs - a.metadata.creationTimeMs);
  const index: StorageIndex = {
    claim: (namespace, name) => claims.get(`${namespace}/${name}`),
    volume: (name) => volumes.get(name),
    storageClass: (name) => classes.get(name),
    defaultStorageClassName: newestDefault?.metadata.name,
  };
  cache.set(snapshot.persistentVolumeClaims, { of: snapshot, index });
  return index;
}

/** Name of the claim behind a pod's volume; an ephemeral volume's is made from the names of pod and volume (POD-7). */
export function claimNameOf(pod: Pod, volume: PodVolume): string {
  return volume.kind === 'ephemeral' ? `${pod.metadata.name}-${volume.name}` : volume.claimName;
}
