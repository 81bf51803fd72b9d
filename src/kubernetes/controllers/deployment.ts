import { changed, withEntries } from '../../kernel/copies.js';
import { scaledValue } from '../int-or-percent.js';
import type { OwnerReference } from '../object-meta.js';
import type { Deployment, ReplicaSet } from '../workloads.js';
import { proportionalSizes } from './proportional-scale.js';
import { templateHash } from './template-hash.js';

/** Annotations by which a Deployment remembers on its ReplicaSets for which size it last scaled them. */
const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
const HASH_LABEL = 'pod-template-hash';

/** A ReplicaSet of the Deployment with what its status says. */
export interface ReplicaSetState {
  readonly replicaSet: ReplicaSet;
  /** Pods that exist and are not finished. */
  readonly pods: number;
  /** Pods that have been ready for `minReadySeconds`. */
  readonly available: number;
}

/** How far a Deployment may exceed and undercut its size while it rolls. */
export interface RolloutBounds {
  readonly surge: number;
  readonly unavailable: number;
}

/** Resolves maxSurge (rounded up) and maxUnavailable (rounded down); both 0 means one may be missing (§2.3). */
export function rolloutBounds(deployment: Deployment): RolloutBounds {
  const { strategy, replicas } = deployment;
  if (strategy.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const surge = scaledValue(strategy.maxSurge, replicas, 'up');
  const unavailable = scaledValue(strategy.maxUnavailable, replicas, 'down');
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, replicas) };
}

/**
 * One sync of a Deployment (kubernetes.md §2.3): the ReplicaSets to create or change, as new objects. Empty when there is
 * nothing to do; otherwise sync again after applying.
 * @param uid - Makes the uid of a new ReplicaSet.
 */
export function reconcileDeployment(
  deployment: Deployment,
  sets: readonly ReplicaSetState[],
  nowMs: number,
  uid: (name: string) => string,
): ReplicaSet[] {
  const hash = templateHash(deployment.template);
  const oldestFirst = [...sets].sort(
    (a, b) => a.replicaSet.metadata.creationTimeMs - b.replicaSet.metadata.creationTimeMs,
  );
  const current = sets.find(({ replicaSet }) => replicaSet.metadata.labels[HASH_LABEL] === hash);
  const old = oldestFirst.filter((state) => state !== current);
  const scaled = scaleWithDeployment(deployment, oldestFirst, current, old);
  if (scaled !== undefined) return scaled;
  if (deployment.strategy.type === 'Recreate') {
    const stopped = old.filter(({ replicaSet }) => replicaSet.replicas > 0);
    if (stopped.length > 0) return stopped.map((state) => resized(deployment, state.replicaSet, 0));
    if (old.some(({ pods }) => pods > 0)) return [];
  }
  return rollOut(deployment, hash, current, old, nowMs, uid);
}

/** Applies a change of the Deployment's own size; undefined when its size is the one the ReplicaSets were made for. */
function scaleWithDeployment(
  deployment: Deployment,
  all: readonly ReplicaSetState[],
  current: ReplicaSetState | undefined,
  old: readonly ReplicaSetState[],
): ReplicaSet[] | undefined {
  const active = all.filter(({ replicaSet }) => replicaSet.replicas > 0).map(({ replicaSet }) => replicaSet);
  const stale = active.some(({ metadata }) => {
    const desired = metadata.annotations[DESIRED_REPLICAS];
    return desired !== undefined && desired !== String(deployment.replicas);
  });
  if (!stale) return undefined;
  const [only] = active;
  if (only !== undefined && active.length === 1) return [resized(deployment, only, deployment.replicas)];
  if (current?.replicaSet.replicas === deployment.replicas && current.available === deployment.replicas) {
    return old
      .filter(({ replicaSet }) => replicaSet.replicas > 0)
      .map(({ replicaSet }) => resized(deployment, replicaSet, 0));
  }
  const { surge } = rolloutBounds(deployment);
  const allowed = deployment.replicas > 0 ? deployment.replicas + surge : 0;
  const sizes = proportionalSizes(
    active.map((set) => ({ set, maxBefore: Number(set.metadata.annotations[MAX_REPLICAS] ?? 0) })),
    deployment.replicas,
    allowed,
  );
  return active.map((set) => resized(deployment, set, sizes.get(set) ?? set.replicas));
}

function rollOut(
  deployment: Deployment,
  hash: string,
  current: ReplicaSetState | undefined,
  old: readonly ReplicaSetState[],
  nowMs: number,
  uid: (name: string) => string,
): ReplicaSet[] {
  const { replicas } = deployment;
  const oldReplicas = old.reduce((sum, { replicaSet }) => sum + replicaSet.replicas, 0);
  const newReplicas = current?.replicaSet.replicas ?? 0;
  const target = newSize(deployment, newReplicas, oldReplicas);
  if (current === undefined) return [newReplicaSet(deployment, hash, target, nowMs, uid)];
  if (target !== newReplicas) return [resized(deployment, current.replicaSet, target)];
  if (oldReplicas === 0) return [];
  const { unavailable } = rolloutBounds(deployment);
  const minAvailable = replicas - unavailable;
  const notYetAvailable = newReplicas - current.available;
  const removable = oldReplicas + newReplicas - minAvailable - notYetAvailable;
  if (removable <= 0) return [];
  const sizes = new Map(old.map(({ replicaSet }) => [replicaSet, replicaSet.replicas]));
  dropUnhealthy(old, sizes, removable);
  dropHealthy(old, sizes, current.available + sum(old, ({ available }) => available) - minAvailable);
  return [...sizes].filter(([set, size]) => size !== set.replicas).map(([set, size]) => resized(deployment, set, size));
}

function sum(states: readonly ReplicaSetState[], amount: (state: ReplicaSetState) => number): number {
  return states.reduce((total, state) => total + amount(state), 0);
}

/** Size of the new ReplicaSet: as large as the Deployment, or what fits under the surge. */
function newSize(deployment: Deployment, newReplicas: number, oldReplicas: number): number {
  const { replicas, strategy } = deployment;
  if (strategy.type === 'Recreate' || newReplicas > replicas) return replicas;
  const room = replicas + rolloutBounds(deployment).surge - (newReplicas + oldReplicas);
  return room <= 0 ? newReplicas : newReplicas + Math.min(room, replicas - newReplicas);
}

/** Old replicas that are not available go first: nobody misses them. */
function dropUnhealthy(old: readonly ReplicaSetState[], sizes: Map<ReplicaSet, number>, limit: number): void {
  let left = limit;
  for (const { replicaSet, available } of old) {
    const size = sizes.get(replicaSet) ?? 0;
    const drop = Math.max(0, Math.min(left, size - available));
    sizes.set(replicaSet, size - drop);
    left -= drop;
  }
}

function dropHealthy(old: readonly ReplicaSetState[], sizes: Map<ReplicaSet, number>, limit: number): void {
  let left = limit;
  for (const { replicaSet } of old) {
    const size = sizes.get(replicaSet) ?? 0;
    const drop = Math.max(0, Math.min(left, size));
    sizes.set(replicaSet, size - drop);
    left -= drop;
  }
}

function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const { surge } = rolloutBounds(deployment);
  return {
    [DESIRED_REPLICAS]: String(deployment.replicas),
    [MAX_REPLICAS]: String(deployment.replicas + surge),
  };
}

function resized(deployment: Deployment, set: ReplicaSet, replicas: number): ReplicaSet {
  const annotations = withEntries(set.metadata.annotations, sizeAnnotations(deployment));
  return changed(set, { replicas, metadata: changed(set.metadata, { annotations }) });
}

function newReplicaSet(
  deployment: Deployment,
  hash: string,
  replicas: number,
  nowMs: number,
  uid: (name: string) => string,
): ReplicaSet {
  const { metadata, selector, template, minReadySeconds } = deployment;
  const name = `${metadata.name}-${hash}`;
  const owner: OwnerReference = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
  };
  const labels = withEntries(template.labels, { [HASH_LABEL]: hash });
  return {
    metadata: {
      name,
      namespace: metadata.namespace,
      uid: uid(name),
      labels,
      annotations: sizeAnnotations(deployment),
      ownerReferences: [owner],
      creationTimeMs: nowMs,
    },
    replicas,
    selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
    template: { ...template, labels },
    minReadySeconds,
  };
}
