import type { NodeAffinity, Pod, PodSpec, PreferredSchedulingTerm } from '../../kubernetes/pod.js';
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

interface CachedRequirements {
  readonly nodeAffinity: NodeAffinity | undefined;
  readonly requirements: PodRequirements;
}

/** By the node selector, which all pods of a template share. */
const caches: Readonly<Record<BoundsReading, WeakMap<PodSpec['nodeSelector'], CachedRequirements>>> = {
  inclusive: new WeakMap(),
  exclusive: new WeakMap(),
};

/** Requirements of a pod. Of the OR-ed required terms only the first counts: relaxation brings the others (LOOP-10). */
export function podRequirements(pod: Pod, reading: BoundsReading): PodRequirements {
  const { nodeSelector, affinity } = pod.spec;
  const nodeAffinity = affinity?.nodeAffinity;
  const known = caches[reading].get(nodeSelector);
  if (known !== undefined && known.nodeAffinity === nodeAffinity) return known.requirements;
  const requirements = readPod(pod, reading);
  // A pod that gave up wishes has an affinity of its own; those of its template have more use for the place.
  if (known === undefined) caches[reading].set(nodeSelector, { nodeAffinity, requirements });
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
