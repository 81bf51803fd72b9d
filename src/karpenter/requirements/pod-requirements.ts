import type { Pod, PreferredSchedulingTerm } from '../../kubernetes/pod.js';
import { unstableSort } from '../scheduling/unstable-sort.js';
import type { BoundsReading } from './requirement.js';
import { Requirements } from './requirements.js';

/** A pod's requirements in the two readings that decisions use (REQ-15). */
export interface PodRequirements {
  /** nodeSelector, the first required term and the heaviest preferred term. */
  readonly all: Requirements;
  /** The same without preferences. */
  readonly strict: Requirements;
}

const caches: Readonly<Record<BoundsReading, WeakMap<Pod, PodRequirements>>> = {
  inclusive: new WeakMap(),
  exclusive: new WeakMap(),
};

/** Requirements of a pod. Of the OR-ed required terms only the first counts: relaxation brings the others (LOOP-10). */
export function podRequirements(pod: Pod, reading: BoundsReading): PodRequirements {
  const cache = caches[reading];
  let requirements = cache.get(pod);
  if (requirements === undefined) {
    requirements = readPod(pod, reading);
    cache.set(pod, requirements);
  }
  return requirements;
}

function readPod(pod: Pod, reading: BoundsReading): PodRequirements {
  const selector = Requirements.fromLabels(pod.spec.nodeSelector);
  const affinity = pod.spec.affinity?.nodeAffinity;
  if (affinity === undefined) return { all: selector, strict: selector };
  const required = Requirements.fromExpressions(affinity.required?.[0]?.matchExpressions ?? [], reading);
  const strict = selector.and(required);
  const heaviest = heaviestFirst(affinity.preferred)[0];
  if (heaviest === undefined) return { all: strict, strict };
  return { all: strict.and(Requirements.fromExpressions(heaviest.preference.matchExpressions, reading)), strict };
}

/** Preferred terms by weight descending; beyond 12 terms equals are shuffled as Go's sort does (REQ-15, Appendix A). */
export function heaviestFirst(terms: readonly PreferredSchedulingTerm[]): readonly PreferredSchedulingTerm[] {
  return terms.length < 2 ? terms : unstableSort(terms, (a, b) => a.weight > b.weight);
}
