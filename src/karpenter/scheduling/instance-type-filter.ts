import type { Pod } from '../../kubernetes/pod.js';
import { mergeResources, resourcesFit } from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { CAPACITY_TYPE_LABEL, RESERVATION_ID_LABEL, ZONE_ID_LABEL, ZONE_LABEL } from '../requirements/labels.js';
import type { Requirement } from '../requirements/requirement.js';
import { conflicts, type Requirements } from '../requirements/requirements.js';
import type { HostPortUsage } from './host-ports.js';
import { checkMinValues } from './min-values.js';
import { typeFilterDetail } from './refusal-details.js';
import { refusal, type Refusal, type SchedulingErrorCode } from './scheduling-errors.js';
import type { TypeView } from './type-view.js';

/** What a type has to offer: whether some available offering matches, and whether the requests fit. */
export interface TypeFit {
  readonly offered: boolean;
  readonly fits: boolean;
}

/** How a version judges offering and size of one type (IT-1, D37). */
export interface TypeFitRule {
  readonly judge: (type: TypeView, requirements: Requirements, requests: ResourceList) => TypeFit;
  /** Allocatable resources where they are the same for every offering; undefined where they depend on it. */
  readonly allocatable: (type: TypeView) => ResourceList | undefined;
}

/** Types of a NodeClaim that get the same daemon pods. */
export interface CandidateTypes {
  readonly types: readonly TypeView[];
  /** Requests of the daemon pods; undefined when there are none. */
  readonly overhead: ResourceList | undefined;
  readonly ports: HostPortUsage;
}

export interface TypeFilterQuestion {
  readonly groups: readonly CandidateTypes[];
  readonly requirements: Requirements;
  /** Requirements that all the types are known to meet, with an offering; undefined: nothing is known. */
  readonly verified: Requirements | undefined;
  /** Undefined for the pre-filter of a NodePool. */
  readonly pod: Pod | undefined;
  /** Requests of all pods together, daemon pods left out. */
  readonly requests: ResourceList;
  /** Requests of the pod alone, for the explanation. */
  readonly podRequests: ResourceList;
  readonly relaxesMinValues: boolean;
  readonly fitRule: TypeFitRule;
}

/** What is left of the types, group by group in the groups' order. */
export interface KeptTypes {
  readonly kept: readonly (readonly TypeView[])[];
  /** minValues keys that fell short, with the number reached; only when they were allowed to. */
  readonly relaxedMinValues: ReadonlyMap<string, number>;
}

const OFFERING_KEYS = [ZONE_LABEL, CAPACITY_TYPE_LABEL, ZONE_ID_LABEL, RESERVATION_ID_LABEL];
const NOTHING_RELAXED: ReadonlyMap<string, number> = new Map();

/** Keeps the types that meet the requirements, have a matching offering and hold the requests (scheduling.md §6.6). */
export function filterTypes(question: TypeFilterQuestion): KeptTypes | Refusal {
  const { groups, requirements, verified, pod, requests, fitRule } = question;
  const changed = verified === undefined ? [...requirements] : changedSince(verified, requirements);
  const stillOffered = verified !== undefined && !touchesOfferings(verified, requirements);
  const kept: TypeView[][] = [];
  let count = 0;
  for (const group of groups) {
    const left: TypeView[] = [];
    kept.push(left);
    if (pod !== undefined && group.ports.conflictsWith(pod)) continue;
    const want = group.overhead === undefined ? requests : mergeResources(requests, group.overhead);
    for (const type of group.types) {
      if (!meetsAll(type, changed)) continue;
      const allocatable = stillOffered ? fitRule.allocatable(type) : undefined;
      if (allocatable === undefined) {
        const { offered, fits } = fitRule.judge(type, requirements, want);
        if (offered && fits) left.push(type);
      } else if (resourcesFit(want, allocatable)) left.push(type);
    }
    count += left.length;
  }
  if (count === 0) return refusal(failureOf(question), detailOnce(question));
  if (!requirements.hasMinValues) return { kept, relaxedMinValues: NOTHING_RELAXED };
  const { short } = checkMinValues(kept.flat(), requirements);
  if (short.size > 0 && !question.relaxesMinValues) {
    return refusal('min-values', () => ({ ...typeFilterDetail(question), labels: [...short.keys()].sort() }));
  }
  return { kept, relaxedMinValues: short };
}

/** The same refusal stands for all equal pods: its details are worked out once. */
function detailOnce(question: TypeFilterQuestion): Refusal['detail'] {
  let known: ReturnType<Refusal['detail']> | undefined;
  return () => (known ??= typeFilterDetail(question));
}

/** Requirements that a change may have made stricter for types or their offerings. */
function changedSince(verified: Requirements, requirements: Requirements): readonly Requirement[] {
  const changed: Requirement[] = [];
  for (const requirement of requirements) {
    if (verified.find(requirement.key) !== requirement) changed.push(requirement);
  }
  return changed;
}

function meetsAll(type: TypeView, requirements: readonly Requirement[]): boolean {
  for (const requirement of requirements) {
    const own = type.requirements.find(requirement.key);
    if (own !== undefined && conflicts(own, requirement)) return false;
  }
  return true;
}

/** The class of the failure: which of the three conditions, alone or in pairs, no type meets (Appendix B). */
function failureOf({ groups, requirements, pod, requests, fitRule }: TypeFilterQuestion): SchedulingErrorCode {
  const all = [...requirements];
  let [met, fit, offer] = [false, false, false];
  let [metAndFit, metAndOffer, fitAndOffer] = [false, false, false];
  for (const group of groups) {
    if (pod !== undefined && group.ports.conflictsWith(pod)) continue;
    const want = group.overhead === undefined ? requests : mergeResources(requests, group.overhead);
    for (const type of group.types) {
      const meets = meetsAll(type, all);
      const { offered, fits } = fitRule.judge(type, requirements, want);
      met ||= meets;
      fit ||= fits;
      offer ||= offered;
      metAndFit ||= meets && fits && !offered;
      metAndOffer ||= meets && offered && !fits;
      fitAndOffer ||= fits && offered && !meets;
    }
  }
  if (!met && !fit && !offer) return 'no-types-requirements-resources-offering';
  if (!met && !fit) return 'no-types-requirements-resources';
  if (!met && !offer) return 'no-types-requirements-offering';
  if (!fit && !offer) return 'no-types-resources-offering';
  if (!met) return 'no-types-requirements';
  if (!fit) return 'no-types-resources';
  if (!offer) return 'no-types-offering';
  if (metAndFit) return 'no-type-with-requirements-and-resources-has-offering';
  if (fitAndOffer) return 'no-type-with-resources-and-offering-meets-requirements';
  if (metAndOffer) return 'no-type-with-requirements-and-offering-has-resources';
  return 'no-type-meets-all';
}

/** Whether a change of requirements can have changed which offerings match. */
function touchesOfferings(before: Requirements, after: Requirements): boolean {
  return OFFERING_KEYS.some((key) => before.find(key) !== after.find(key));
}
