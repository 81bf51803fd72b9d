import type { Pod } from '../pod.js';
import { type AffinityTerms, affinityTerms } from './affinity-terms.js';
import type { LabelClass } from './label-classes.js';
import { type PodFacts, podFacts } from './pod-facts.js';

/** A pod with what the scheduler derives from it. */
export class PodInfo {
  readonly facts: PodFacts;
  readonly terms: AffinityTerms;
  /** Set while the pod is in a {@link SchedulerCache}. */
  labelClass: LabelClass | undefined;

  constructor(readonly pod: Pod) {
    this.facts = podFacts(pod);
    this.terms = affinityTerms(pod);
  }

  /** Deletion has been requested; the pod still occupies its node. */
  get terminating(): boolean {
    return this.pod.metadata.deletionTimeMs !== undefined;
  }

  get hasAffinity(): boolean {
    const { podAffinity, podAntiAffinity } = this.pod.spec.affinity ?? {};
    return podAffinity !== undefined || podAntiAffinity !== undefined;
  }

  get hasRequiredAntiAffinity(): boolean {
    return this.terms.requiredAntiAffinity.length > 0;
  }
}
