import type { Pod } from '../pod.js';
import { type AffinityTerms, affinityTerms } from './affinity-terms.js';
import { type PodFacts, podFacts } from './pod-facts.js';

/** A pod with what the scheduler derives from it. */
export class PodInfo {
  readonly facts: PodFacts;
  readonly terms: AffinityTerms;
  #pod: Pod;

  constructor(pod: Pod) {
    this.#pod = pod;
    this.facts = podFacts(pod);
    this.terms = affinityTerms(pod);
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** Takes over a newer object of the pod if nothing that the scheduler counts has changed; false if something has. */
  refresh(pod: Pod): boolean {
    const { metadata, spec } = this.#pod;
    const same =
      metadata.labels === pod.metadata.labels &&
      metadata.deletionTimeMs === pod.metadata.deletionTimeMs &&
      spec.affinity === pod.spec.affinity &&
      spec.volumes === pod.spec.volumes &&
      this.facts === podFacts(pod);
    if (same) this.#pod = pod;
    return same;
  }

  get hasAffinity(): boolean {
    const { podAffinity, podAntiAffinity } = this.pod.spec.affinity ?? {};
    return podAffinity !== undefined || podAntiAffinity !== undefined;
  }

  get hasRequiredAntiAffinity(): boolean {
    return this.terms.requiredAntiAffinity.length > 0;
  }
}
