import type { ReplicaSet } from '../workloads.js';

/** A ReplicaSet with the Deployment's largest size (replicas and surge) when it was last scaled; 0 unknown. */
interface SizedSet {
  readonly set: ReplicaSet;
  readonly maxBefore: number;
}

/** Rounds half away from zero, as the Deployment controller does. */
function roundHalfAway(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}

/**
 * Sizes of the active ReplicaSets when a Deployment is scaled in the middle of a rollout (kubernetes.md §2.3): the pods to
 * add or remove are shared in proportion, and the largest takes what rounding leaves over.
 * @param allowed - Total they may have: the Deployment's replicas and its surge.
 */
export function proportionalSizes(
  sets: readonly SizedSet[],
  replicas: number,
  allowed: number,
): ReadonlyMap<ReplicaSet, number> {
  const total = sets.reduce((sum, { set }) => sum + set.replicas, 0);
  const toAdd = allowed - total;
  const newerFirst = toAdd > 0 ? -1 : 1;
  const ordered = [...sets].sort(
    (a, b) =>
      b.set.replicas - a.set.replicas || newerFirst * (a.set.metadata.creationTimeMs - b.set.metadata.creationTimeMs),
  );
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const { set, maxBefore } of ordered) {
    const left = toAdd - added;
    const fraction = fractionOf(set, maxBefore === 0 ? total : maxBefore, replicas, allowed);
    const share = left > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
    const change = left === 0 ? 0 : share;
    sizes.set(set, set.replicas + change);
    added += change;
  }
  const [largest] = ordered;
  if (largest !== undefined) {
    sizes.set(largest.set, Math.max(0, (sizes.get(largest.set) ?? 0) + toAdd - added));
  }
  return sizes;
}

function fractionOf(set: ReplicaSet, maxBefore: number, replicas: number, allowed: number): number {
  if (replicas === 0) return -set.replicas;
  return roundHalfAway((set.replicas * allowed) / maxBefore) - set.replicas;
}
