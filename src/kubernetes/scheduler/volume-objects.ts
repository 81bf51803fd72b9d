import { matchesNodeSelectorTerms } from '../node-selector.js';
import type { Node } from '../node.js';
import type { Pod } from '../pod.js';
import type { CSINode, PersistentVolume, StorageClass } from '../storage.js';
import type { PersistentVolumeClaim } from '../workloads.js';

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

/** What has to happen to the pod's claims once it has a node. */
export interface VolumePlan {
  /** Claims to bind to volumes that exist. */
  readonly bind: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[];
  /** Claims to provision for the node. */
  readonly provision: readonly PersistentVolumeClaim[];
}

/** How an unbound claim could be satisfied on a node. */
export type ClaimMatch = { readonly volume: PersistentVolume } | 'provision' | 'impossible';

/** Name of the claim behind a volume of the pod: generic ephemeral volumes get one of their own. */
export function claimNames(pod: Pod): string[] {
  return pod.spec.volumes.map((volume) =>
    volume.kind === 'ephemeral' ? `${pod.metadata.name}-${volume.name}` : volume.claimName,
  );
}

/** True when a pod that uses the volume can run on the node. */
export function reachesNode(volume: PersistentVolume, node: Node): boolean {
  // Unlike a pod's affinity, a volume's is matched against labels only: the node's name is no help.
  return volume.nodeAffinity === undefined || matchesNodeSelectorTerms(volume.nodeAffinity, node.metadata.labels, '');
}

function belongsTo(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { claimRef } = volume;
  if (claimRef?.namespace !== claim.metadata.namespace || claimRef.name !== claim.metadata.name) return false;
  return claimRef.uid === '' || claimRef.uid === claim.metadata.uid;
}

/** Claims, volumes, storage classes and attach limits as the scheduler sees them, its own assumptions included. */
export class VolumeObjects {
  readonly #claims = new Map<string, PersistentVolumeClaim>();
  readonly #volumes = new Map<string, PersistentVolume>();
  readonly #classes = new Map<string, StorageClass>();
  readonly #csiNodes = new Map<string, CSINode>();
  /** Node chosen for claims that are being provisioned, by claim. */
  readonly #selectedNodes = new Map<string, string>();
  /** Pods on nodes that use a claim. */
  readonly #users = new Map<string, number>();

  setPersistentVolumeClaim(claim: PersistentVolumeClaim): void {
    const key = claimKey(claim.metadata.namespace, claim.metadata.name);
    this.#claims.set(key, claim);
    if (claim.volumeName !== undefined) this.#selectedNodes.delete(key);
  }

  setPersistentVolume(volume: PersistentVolume): void {
    this.#volumes.set(volume.metadata.name, volume);
  }

  setStorageClass(storageClass: StorageClass): void {
    this.#classes.set(storageClass.metadata.name, storageClass);
  }

  setCSINode(csiNode: CSINode): void {
    this.#csiNodes.set(csiNode.metadata.name, csiNode);
  }

  claim(namespace: string, name: string): PersistentVolumeClaim | undefined {
    return this.#claims.get(claimKey(namespace, name));
  }

  volume(name: string): PersistentVolume | undefined {
    return this.#volumes.get(name);
  }

  /** Pods on nodes that use the claim. */
  users(namespace: string, claimName: string): number {
    return this.#users.get(claimKey(namespace, claimName)) ?? 0;
  }

  /** Volumes of a driver that can be attached to the node; undefined when there is no limit. */
  attachLimit(nodeName: string, driver: string): number | undefined {
    return this.#csiNodes.get(nodeName)?.drivers.find(({ name }) => name === driver)?.count;
  }

  /** Bound for good, on both sides. */
  isBound(claim: PersistentVolumeClaim): boolean {
    const completed = claim.metadata.annotations[BIND_COMPLETED] !== undefined || claim.phase === 'Bound';
    return claim.volumeName !== undefined && completed;
  }

  /** True when the claim waits for its first pod before it is bound. */
  bindsLate(claim: PersistentVolumeClaim): boolean {
    return this.#classes.get(claim.storageClassName ?? '')?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  /** Driver and identity of the claim's disk, for counting attachments; undefined when nobody knows. */
  disk(claim: PersistentVolumeClaim): { readonly driver: string; readonly id: string } | undefined {
    const volume = this.#volumes.get(claim.volumeName ?? '');
    if (volume !== undefined) {
      return volume.driver === undefined ? undefined : { driver: volume.driver, id: volume.metadata.name };
    }
    const driver = this.#classes.get(claim.storageClassName ?? '')?.provisioner;
    if (driver === undefined) return undefined;
    return { driver, id: claimKey(claim.metadata.namespace, claim.metadata.name) };
  }

  /** How the unbound claims could be satisfied on the node, smallest first; a volume serves one claim only. */
  matchClaims(claims: readonly PersistentVolumeClaim[], node: Node): Map<PersistentVolumeClaim, ClaimMatch> {
    const taken = new Set<PersistentVolume>();
    const matches = new Map<PersistentVolumeClaim, ClaimMatch>();
    const bySize = [...claims].sort((a, b) => (a.storageBytes ?? 0) - (b.storageBytes ?? 0));
    for (const claim of bySize) {
      const selected = this.#selectedNodes.get(claimKey(claim.metadata.namespace, claim.metadata.name));
      if (selected !== undefined) {
        matches.set(
          claim,
          selected === node.metadata.name && this.#canProvision(claim, node) ? 'provision' : 'impossible',
        );
        continue;
      }
      const volume = this.#findVolume(claim, node, taken);
      if (volume !== undefined) {
        taken.add(volume);
        matches.set(claim, { volume });
      } else matches.set(claim, this.#canProvision(claim, node) ? 'provision' : 'impossible');
    }
    return matches;
  }

  /** Lets the pod's unbound claims be taken for bound to, or provisioned on, the node from now on. */
  assume(pod: Pod, node: Node): VolumePlan {
    const { namespace } = pod.metadata;
    const claims = claimNames(pod).flatMap((name) => this.claim(namespace, name) ?? []);
    const unbound = claims.filter((claim) => !this.isBound(claim));
    const bind: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
    const provision: PersistentVolumeClaim[] = [];
    for (const [claim, match] of this.matchClaims(unbound, node)) {
      if (match === 'impossible') continue;
      if (match === 'provision') {
        this.#selectedNodes.set(claimKey(namespace, claim.metadata.name), node.metadata.name);
        provision.push(claim);
        continue;
      }
      const { name, uid } = claim.metadata;
      this.setPersistentVolume({ ...match.volume, claimRef: { namespace, name, uid } });
      bind.push({ claim, volume: match.volume });
    }
    return { bind, provision };
  }

  /** A pod that uses claims came to a node (delta 1) or left it (−1). */
  countUser(pod: Pod, delta: 1 | -1): void {
    for (const name of claimNames(pod)) {
      const key = claimKey(pod.metadata.namespace, name);
      const users = (this.#users.get(key) ?? 0) + delta;
      if (users === 0) this.#users.delete(key);
      else this.#users.set(key, users);
    }
  }

  #canProvision(claim: PersistentVolumeClaim, node: Node): boolean {
    const storageClass = this.#classes.get(claim.storageClassName ?? '');
    if (storageClass === undefined || storageClass.provisioner === 'kubernetes.io/no-provisioner') return false;
    const { allowedTopologies } = storageClass;
    if (allowedTopologies.length === 0) return true;
    return allowedTopologies.some((term) =>
      term.every(({ key, values }) => values.includes(node.metadata.labels[key] ?? '')),
    );
  }

  /** The volume reserved for the claim, or the smallest free one that is large enough and reaches the node. */
  #findVolume(
    claim: PersistentVolumeClaim,
    node: Node,
    taken: ReadonlySet<PersistentVolume>,
  ): PersistentVolume | undefined {
    let smallest: PersistentVolume | undefined;
    for (const volume of this.#volumes.values()) {
      if (taken.has(volume) || (volume.storageClassName ?? '') !== (claim.storageClassName ?? '')) continue;
      if (volume.claimRef !== undefined && !belongsTo(volume, claim)) continue;
      const capacity = volume.capacityBytes ?? 0;
      if (capacity < (claim.storageBytes ?? 0) || volume.metadata.deletionTimeMs !== undefined) continue;
      if (belongsTo(volume, claim)) return reachesNode(volume, node) ? volume : undefined;
      if (volume.phase !== 'Available' || !reachesNode(volume, node)) continue;
      const modes = volume.accessModes ?? [];
      if (!(claim.accessModes ?? []).every((mode) => modes.includes(mode))) continue;
      if (smallest === undefined || capacity < (smallest.capacityBytes ?? 0)) smallest = volume;
    }
    return smallest;
  }
}

function claimKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
