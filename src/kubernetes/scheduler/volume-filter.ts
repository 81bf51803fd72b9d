import type { Node } from '../node.js';
import type { Pod } from '../pod.js';
import type { PersistentVolume } from '../storage.js';
import type { PersistentVolumeClaim } from '../workloads.js';
import type { NodeInfo } from './node-info.js';
import { type Rejection, unresolvable, unschedulable } from './rejection.js';
import { claimNames, reachesNode, type VolumeObjects } from './volume-objects.js';

const ZONE_LABELS = [
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
];
const SHARED = unschedulable(
  'VolumeRestrictions',
  'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
);
const TOO_MANY = unschedulable('NodeVolumeLimits', 'node(s) exceed max volume count');
const WRONG_ZONE = unresolvable('VolumeZone', 'node(s) had no available volume zone');
const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const NOTHING_TO_BIND = "node(s) didn't find available persistent volumes to bind";
const MISSING_VOLUME = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

/** A claim of the pod that refuses every node. */
export interface VolumePreFilter {
  readonly refused: Rejection;
}

/**
 * The four volume filters for one pod: VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone (kubernetes.md
 * §1.6). Attach limits count by PersistentVolume, not by volume handle; in-tree provisioners are not translated.
 */
export class VolumeFilter {
  private constructor(
    private readonly objects: VolumeObjects,
    private readonly claims: readonly PersistentVolumeClaim[],
    private readonly exclusive: ReadonlySet<string>,
    private exclusiveUsers: number,
    private readonly namespace: string,
  ) {}

  /** Undefined for a pod without volumes; a refusal when a claim rules out every node. */
  static forPod(pod: Pod, objects: VolumeObjects): VolumeFilter | VolumePreFilter | undefined {
    if (pod.spec.volumes.length === 0) return undefined;
    const { namespace } = pod.metadata;
    const claims: PersistentVolumeClaim[] = [];
    for (const [i, name] of claimNames(pod).entries()) {
      const claim = objects.claim(namespace, name);
      if (claim === undefined) {
        const ephemeral = pod.spec.volumes[i]?.kind === 'ephemeral';
        return {
          refused: ephemeral
            ? unresolvable(
                'VolumeBinding',
                `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`,
              )
            : unresolvable('VolumeRestrictions', `persistentvolumeclaim "${name}" not found`),
        };
      }
      claims.push(claim);
    }
    for (const claim of claims) {
      const refused = refusedClaim(claim, objects);
      if (refused !== undefined) return { refused };
    }
    const exclusive = claims.filter(({ accessModes }) => accessModes?.includes('ReadWriteOncePod') ?? false);
    const names = new Set(exclusive.map(({ metadata }) => metadata.name));
    const users = exclusive.filter(({ metadata }) => objects.users(namespace, metadata.name) > 0).length;
    return new VolumeFilter(objects, claims, names, users, namespace);
  }

  filter(node: NodeInfo): Rejection | undefined {
    if (this.exclusiveUsers > 0) return SHARED;
    return this.#attachLimits(node) ?? this.#binding(node.node) ?? this.#zones(node.node);
  }

  /** Counts a pod that is (delta 1) or is no longer (−1) on some node. */
  adjust(other: Pod, delta: 1 | -1): void {
    if (other.metadata.namespace !== this.namespace) return;
    this.exclusiveUsers += delta * claimNames(other).filter((name) => this.exclusive.has(name)).length;
  }

  clone(): VolumeFilter {
    return new VolumeFilter(this.objects, this.claims, this.exclusive, this.exclusiveUsers, this.namespace);
  }

  #attachLimits(node: NodeInfo): Rejection | undefined {
    const wanted = this.#disksByDriver(this.claims);
    if (wanted.size === 0) return undefined;
    const attached = this.#disksByDriver(
      node.pods.flatMap(({ pod }) =>
        claimNames(pod).flatMap((name) => this.objects.claim(pod.metadata.namespace, name) ?? []),
      ),
    );
    for (const [driver, disks] of wanted) {
      const limit = this.objects.attachLimit(node.name, driver);
      if (limit === undefined) continue;
      const present = attached.get(driver) ?? new Set<string>();
      const added = [...disks].filter((id) => !present.has(id)).length;
      if (added > 0 && present.size + added > limit) return TOO_MANY;
    }
    return undefined;
  }

  #disksByDriver(claims: readonly PersistentVolumeClaim[]): Map<string, Set<string>> {
    const disks = new Map<string, Set<string>>();
    for (const claim of claims) {
      const disk = this.objects.disk(claim);
      if (disk === undefined) continue;
      const ids = disks.get(disk.driver);
      if (ids === undefined) disks.set(disk.driver, new Set([disk.id]));
      else ids.add(disk.id);
    }
    return disks;
  }

  #binding(node: Node): Rejection | undefined {
    const bound = this.claims.filter((claim) => this.objects.isBound(claim));
    const reasons: string[] = [];
    const volumes = bound.map((claim) => this.objects.volume(claim.volumeName ?? ''));
    const missing = volumes.includes(undefined);
    if (!missing && volumes.some((volume) => volume !== undefined && !reachesNode(volume, node))) {
      reasons.push(NODE_CONFLICT);
    }
    const unbound = this.claims.filter((claim) => !this.objects.isBound(claim));
    const matches = [...this.objects.matchClaims(unbound, node).values()];
    if (matches.includes('impossible')) reasons.push(NOTHING_TO_BIND);
    if (missing) reasons.push(MISSING_VOLUME);
    return reasons.length === 0 ? undefined : unresolvable('VolumeBinding', ...reasons);
  }

  /** Zone labels on a bound volume, as in-tree volumes carry them; `__` separates several zones. */
  #zones(node: Node): Rejection | undefined {
    const { labels } = node.metadata;
    if (!ZONE_LABELS.some((label) => labels[label] !== undefined)) return undefined;
    for (const claim of this.claims) {
      const volume: PersistentVolume | undefined = this.objects.volume(claim.volumeName ?? '');
      for (const label of ZONE_LABELS) {
        const zones = volume?.metadata.labels[label];
        if (zones === undefined) continue;
        const value = labels[label] ?? labels[label.replace('failure-domain.beta', 'topology')] ?? '';
        if (!zones.split('__').includes(value)) return WRONG_ZONE;
      }
    }
    return undefined;
  }
}

function refusedClaim(claim: PersistentVolumeClaim, objects: VolumeObjects): Rejection | undefined {
  const { name, deletionTimeMs } = claim.metadata;
  const volumeName = claim.volumeName ?? '';
  if (claim.phase === 'Lost') {
    const text = `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${volumeName}"`;
    return unresolvable('VolumeBinding', text);
  }
  if (deletionTimeMs !== undefined) {
    return unresolvable('VolumeBinding', `persistentvolumeclaim "${name}" is being deleted`);
  }
  if (!objects.isBound(claim)) {
    // A claim that names its volume is bound by the volume controller, whatever its class says.
    return objects.bindsLate(claim) && claim.volumeName === undefined
      ? undefined
      : unresolvable('VolumeBinding', 'pod has unbound immediate PersistentVolumeClaims');
  }
  return objects.volume(volumeName) === undefined
    ? unresolvable('VolumeZone', `persistentvolume "${volumeName}" not found`)
    : undefined;
}
