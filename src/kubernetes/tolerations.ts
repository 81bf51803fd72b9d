import type { Taint, TaintEffect, Toleration } from './taints.js';

const INTEGER = /^[+-]?\d+$/;

/** The taint's value against the toleration's under `Gt` or `Lt` (Kubernetes 1.35; no API server before accepts them). */
function comparesNumerically(toleration: Toleration, taint: Taint): boolean {
  if (!INTEGER.test(taint.value) || !INTEGER.test(toleration.value)) return false;
  const actual = Number(taint.value);
  const bound = Number(toleration.value);
  return toleration.operator === 'Gt' ? actual > bound : actual < bound;
}

/** True when this one toleration tolerates the taint (REQ-16). */
export function tolerationToleratesTaint(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  if (toleration.key !== '' && toleration.key !== taint.key) return false;
  switch (toleration.operator) {
    case 'Exists':
      return true;
    case 'Equal':
      return toleration.value === taint.value;
    case 'Gt':
    case 'Lt':
      return comparesNumerically(toleration, taint);
  }
}

/** True when some toleration tolerates the taint, whatever its effect. */
export function toleratesTaint(tolerations: readonly Toleration[], taint: Taint): boolean {
  for (const toleration of tolerations) {
    if (tolerationToleratesTaint(toleration, taint)) return true;
  }
  return false;
}

/** True when each of the taints is tolerated. */
export function toleratesTaints(tolerations: readonly Toleration[], taints: readonly Taint[]): boolean {
  for (const taint of taints) if (!toleratesTaint(tolerations, taint)) return false;
  return true;
}

/** The effects that keep a pod from being scheduled onto a node. */
const SCHEDULING_EFFECTS: readonly TaintEffect[] = ['NoSchedule', 'NoExecute'];

/** The first taint with one of the effects that no toleration tolerates; undefined when all are tolerated. */
export function untoleratedTaint(
  tolerations: readonly Toleration[],
  taints: readonly Taint[],
  effects: readonly TaintEffect[] = SCHEDULING_EFFECTS,
): Taint | undefined {
  for (const taint of taints) {
    if (effects.includes(taint.effect) && !toleratesTaint(tolerations, taint)) return taint;
  }
  return undefined;
}
