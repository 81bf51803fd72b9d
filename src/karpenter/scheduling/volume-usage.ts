import type { Pod } from '../../kubernetes/pod.js';
import type { CSINode } from '../../kubernetes/storage.js';
import { claimNameOf, type StorageIndex } from './storage-index.js';

/** Claims (`namespace/name`) that a pod mounts, by CSI driver. */
export type PodVolumes = ReadonlyMap<string, ReadonlySet<string>>;

/** Undefined when a look-up failed, which keeps the pod off existing nodes. */
export type PodVolumesRule = (pod: Pod, storage: StorageIndex) => PodVolumes | undefined;

const NO_VOLUMES: PodVolumes = new Map();

const CSI_NAMES: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
};

/** v1.14.1: what is missing is passed over; the class of a bound claim does not matter (REQ-19). */
export function podVolumesV1(pod: Pod, storage: StorageIndex): PodVolumes | undefined {
  if (pod.spec.volumes.length === 0) return NO_VOLUMES;
  const byDriver = new Map<string, Set<string>>();
  for (const volume of pod.spec.volumes) {
    const claim = storage.claim(pod.metadata.namespace, claimNameOf(pod, volume));
    if (claim === undefined) continue;
    if ((claim.volumeName ?? '') !== '') {
      const bound = storage.volume(claim.volumeName ?? '');
      if (bound === undefined) return undefined;
      addClaim(byDriver, bound.driver, pod, claim.metadata.name);
    } else {
      const storageClass = storage.storageClass(claim.storageClassName ?? '');
      addClaim(byDriver, driverOf(storageClass?.provisioner), pod, claim.metadata.name);
    }
  }
  return byDriver;
}

/**
 * v0.32.0: a missing claim, volume or class fails the look-up; claims of no class take the default one; an ephemeral
 * volume goes by the class of its template alone.
 */
export function podVolumesV0(pod: Pod, storage: StorageIndex): PodVolumes | undefined {
  if (pod.spec.volumes.length === 0) return NO_VOLUMES;
  const byDriver = new Map<string, Set<string>>();
  for (const volume of pod.spec.volumes) {
    const claimName = claimNameOf(pod, volume);
    let volumeName = '';
    let className = '';
    if (volume.kind === 'ephemeral') className = volume.storageClassName ?? '';
    else {
      const claim = storage.claim(pod.metadata.namespace, claimName);
      if (claim === undefined) return undefined;
      volumeName = claim.volumeName ?? '';
      className = claim.storageClassName ?? '';
    }
    if (className === '') className = storage.defaultStorageClassName ?? '';
    let driver: string | undefined;
    if (volumeName !== '') {
      const bound = storage.volume(volumeName);
      if (bound === undefined) return undefined;
      driver = bound.driver;
    }
    if (driver === undefined && className !== '') {
      const storageClass = storage.storageClass(className);
      if (storageClass === undefined) return undefined;
      driver = driverOf(storageClass.provisioner);
    }
    addClaim(byDriver, driver, pod, claimName);
  }
  return byDriver;
}

/** Mounted claims of one existing node against the limits of its drivers. */
export class VolumeUsage {
  readonly #mounted = new Map<string, Set<string>>();
  readonly #limits = new Map<string, number>();

  constructor(csiNode: CSINode | undefined) {
    for (const { name, count } of csiNode?.drivers ?? []) if (count !== undefined) this.#limits.set(name, count);
  }

  get hasLimits(): boolean {
    return this.#limits.size > 0;
  }

  add(volumes: PodVolumes): void {
    for (const [driver, claims] of volumes) {
      const mounted = this.#mounted.get(driver) ?? new Set<string>();
      for (const claim of claims) mounted.add(claim);
      this.#mounted.set(driver, mounted);
    }
  }

  copy(): VolumeUsage {
    const copied = new VolumeUsage(undefined);
    for (const [driver, limit] of this.#limits) copied.#limits.set(driver, limit);
    for (const [driver, claims] of this.#mounted) copied.#mounted.set(driver, new Set(claims));
    return copied;
  }

  /** Whether the node is over some limit with these volumes. A node that is over already refuses every pod (REQ-19). */
  exceedsLimits(volumes: PodVolumes): boolean {
    for (const [driver, limit] of this.#limits) {
      const mounted = this.#mounted.get(driver);
      const wanted = volumes.get(driver);
      if (mounted === undefined && wanted === undefined) continue;
      let count = mounted?.size ?? 0;
      for (const claim of wanted ?? []) if (mounted?.has(claim) !== true) count++;
      if (count > limit) return true;
    }
    return false;
  }
}

function driverOf(provisioner: string | undefined): string | undefined {
  return provisioner === undefined ? undefined : (CSI_NAMES[provisioner] ?? provisioner);
}

function addClaim(byDriver: Map<string, Set<string>>, driver: string | undefined, pod: Pod, claimName: string): void {
  if (driver === undefined || driver === '') return;
  const claims = byDriver.get(driver) ?? new Set<string>();
  byDriver.set(driver, claims.add(`${pod.metadata.namespace}/${claimName}`));
}
