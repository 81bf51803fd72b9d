import {
  isEmptyResourceList,
  maxResources,
  mergeResources,
  minResources,
} from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { toleratesTaint } from '../../kubernetes/tolerations.js';
import { CAPACITY_TYPE_LABEL, HOSTNAME_LABEL, RESERVATION_ID_LABEL } from '../requirements/labels.js';
import { Requirement } from '../requirements/requirement.js';
import { Requirements } from '../requirements/requirements.js';
import { HostPortUsage } from './host-ports.js';
import { filterTypes, type CandidateTypes, type KeptTypes, type TypeFilterQuestion } from './instance-type-filter.js';
import type { PodInPass } from './pod-in-pass.js';
import { incompatibilityDetail } from './refusal-details.js';
import type { ReservationLedger } from './reservations.js';
import { isRefusal, refusal, type Refusal } from './scheduling-errors.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import type { NodeClaimTemplate } from './node-claim-template.js';
import type { Topology } from './topology.js';
import { filterTypesOnce } from './type-filter-memo.js';
import type { OfferingView, TypeView } from './type-view.js';

/** What all NodeClaims of a pass share. */
export interface ClaimSurroundings {
  readonly profile: SchedulingProfile;
  readonly topology: Topology;
  /** Undefined where reserved capacity is not looked at. */
  readonly reservations: ReservationLedger | undefined;
  /** Least amount of each resource that any pod of the pass asks for. */
  readonly smallestRequests: ResourceList;
  /** A pod that could only go without its reservation is put off (RSV-2). */
  readonly strictReservations: boolean;
}

/** What a NodeClaim would become with one more pod. */
export interface ClaimPlacement {
  readonly requirements: Requirements;
  readonly requests: ResourceList;
  readonly kept: KeptTypes['kept'];
  readonly reserved: readonly OfferingView[];
  readonly minValuesRelaxed: boolean;
}

const FULL = refusal('no-types-resources');

/** A new NodeClaim that is being filled (scheduling.md §6.3). */
export class OpenClaim {
  readonly pods: PodInPass[] = [];
  #requirements: Requirements;
  /** Requirements that all the types are known to meet. */
  #verified: Requirements | undefined;
  #requests: ResourceList;
  #groups: readonly CandidateTypes[];
  readonly #ports = new HostPortUsage();
  #reserved: readonly OfferingView[] = [];
  /** Largest amounts any type could hold, by resource: more than that needs no closer look. */
  #ceiling: ResourceList | undefined;
  #typeCount = 0;
  #isFull = false;

  constructor(
    readonly template: NodeClaimTemplate,
    readonly hostname: string,
    groups: readonly CandidateTypes[],
    initialRequests: ResourceList,
    private readonly around: ClaimSurroundings,
  ) {
    this.#requirements = template.requirements.and([Requirement.in(HOSTNAME_LABEL, [hostname])]);
    this.#verified = template.typesVerified ? template.requirements : undefined;
    this.#requests = initialRequests;
    this.#groups = groups;
    if (around.profile.registersHostnameFirst) around.topology.registerHostname(hostname);
  }

  get requirements(): Requirements {
    return this.#requirements;
  }

  /** Not even the smallest pod of the pass could join, whatever it wants. Nothing makes room in a pass. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Kept types in the order of their daemon groups. */
  get types(): readonly TypeView[] {
    const [first, ...others] = this.#groups;
    if (first === undefined || others.length === 0) return first?.types ?? [];
    const types = [...first.types];
    for (const group of others) for (const type of group.types) types.push(type);
    return types;
  }

  /** What the NodeClaim becomes with the pod on it, or why it does not take it (ADD-3). */
  tryAdd(tried: PodInPass, relaxesMinValues: boolean): ClaimPlacement | Refusal {
    const { pod, all, requests, volumeAlternatives } = tried;
    if (this.#exceedsCeiling(requests)) return FULL;
    const { taints } = this.template.nodePool.template;
    const taint = taints.find((candidate) => !toleratesTaint(pod.spec.tolerations, candidate));
    if (taint !== undefined) return refusal('untolerated-taint', () => ({ ...taint }));
    const { profile } = this.around;
    if (profile.hostPortsAmongPodsOnly && this.#ports.conflictsWith(pod)) return refusal('host-port-conflict');
    const wellKnown = profile.wellKnownLabels;
    if (!this.#requirements.isCompatible(all, wellKnown)) {
      return refusal('incompatible-requirements', () => incompatibilityDetail(this.#requirements, all, wellKnown));
    }
    const base = this.#requirements.and(all);
    if (volumeAlternatives.length === 0) return this.#tryOn(tried, base, relaxesMinValues);
    let last: ClaimPlacement | Refusal = FULL;
    for (const alternative of volumeAlternatives) {
      last = base.isCompatible(alternative, wellKnown)
        ? this.#tryOn(tried, base.and(alternative), relaxesMinValues)
        : refusal('incompatible-volumes', () => incompatibilityDetail(base, alternative, wellKnown));
      if (!isRefusal(last)) return last;
    }
    return last;
  }

  /** Topology comes before the types and may pin a domain that no type is available in (ADD-4). */
  #tryOn(tried: PodInPass, candidate: Requirements, relaxesMinValues: boolean): ClaimPlacement | Refusal {
    const { profile, topology } = this.around;
    const narrowed = topology.narrow(tried.pod, tried.strict, candidate);
    if (!(narrowed instanceof Requirements)) {
      return refusal('unsatisfiable-topology', () => narrowed.group.describe());
    }
    if (narrowed !== candidate && !candidate.isCompatible(narrowed, profile.wellKnownLabels)) {
      return refusal('incompatible-requirements', () =>
        incompatibilityDetail(candidate, narrowed, profile.wellKnownLabels),
      );
    }
    const requests = mergeResources(this.#requests, tried.requests);
    const question: TypeFilterQuestion = {
      groups: this.#groups,
      requirements: narrowed,
      verified: this.#verified,
      pod: profile.hostPortsAmongPodsOnly ? undefined : tried.pod,
      requests,
      podRequests: tried.requests,
      relaxesMinValues,
      fitRule: profile.typeFit,
    };
    const isPlain = narrowed === candidate && tried.volumeAlternatives.length === 0;
    const outcome =
      this.pods.length === 0 ? filterTypesOnce(question, isPlain ? tried.all : undefined) : filterTypes(question);
    if (isRefusal(outcome)) return outcome;
    let requirements = narrowed;
    for (const [key, reached] of outcome.relaxedMinValues) {
      requirements = requirements.replacing(requirements.get(key).withMinValues(reached));
    }
    const reserved = this.#reservable(outcome.kept, requirements);
    if (isRefusal(reserved)) return reserved;
    return {
      requirements,
      requests,
      kept: outcome.kept,
      reserved,
      minValuesRelaxed: outcome.relaxedMinValues.size > 0,
    };
  }

  /** Takes the pod as {@link tryAdd} found it possible (ADD-5). */
  add(tried: PodInPass, placement: ClaimPlacement): void {
    const { profile, topology } = this.around;
    const { pod } = tried;
    this.pods.push(tried);
    this.#requests = placement.requests;
    this.#requirements = placement.requirements;
    this.#verified = placement.requirements;
    const types = this.#typeCount;
    this.#groups = this.#groups.map((group, index) => {
      // The ports of a group belong to this NodeClaim alone once it has a pod.
      const ports = this.pods.length === 1 ? group.ports.copy() : group.ports;
      ports.add(pod);
      return { types: placement.kept[index] ?? [], overhead: group.overhead, ports };
    });
    this.#ports.add(pod);
    this.#typeCount = this.#groups.reduce((sum, group) => sum + group.types.length, 0);
    if (this.pods.length === 1 || this.#typeCount !== types) this.#ceiling = ceilingOf(this.#groups, profile);
    this.#isFull = this.#exceedsCeiling(this.around.smallestRequests);
    if (!profile.registersHostnameFirst) topology.registerHostname(this.hostname);
    topology.record(pod, this.template.nodePool.template.taints, placement.requirements, profile.wellKnownLabels);
    this.#hold(placement.reserved);
  }

  /** Requirements and requests of the finished NodeClaim (FIN-1 to FIN-3). */
  finalize(): { readonly requirements: Requirements; readonly requests: ResourceList } {
    let requirements = this.#requirements.without(HOSTNAME_LABEL);
    if (this.#reserved.length > 0) {
      const ids = this.#reserved.map(({ offering }) => offering.reservationId ?? '');
      requirements = requirements
        .replacing(Requirement.in(CAPACITY_TYPE_LABEL, ['reserved']))
        .and([Requirement.in(RESERVATION_ID_LABEL, ids)]);
    }
    // Groups without daemons have an empty list, so the outcome depends on the order of the groups (FIN-2).
    let daemons: ResourceList = {};
    for (const { types, overhead = {} } of this.#groups) {
      if (types.length === 0) continue;
      daemons = isEmptyResourceList(daemons) ? overhead : minResources(daemons, overhead);
    }
    return { requirements, requests: mergeResources(this.#requests, daemons) };
  }

  #exceedsCeiling(requests: ResourceList): boolean {
    if (this.#ceiling === undefined) return false;
    for (const name in requests) {
      if ((this.#requests[name] ?? 0) + (requests[name] ?? 0) > (this.#ceiling[name] ?? 0)) return true;
    }
    return false;
  }

  /** Every reserved offering that the NodeClaim could still use (RSV-2). */
  #reservable(kept: KeptTypes['kept'], requirements: Requirements): readonly OfferingView[] | Refusal {
    const { reservations, strictReservations, profile } = this.around;
    if (reservations === undefined || reservations.isEmpty) return [];
    const reservable: OfferingView[] = [];
    let matching = false;
    for (const types of kept) {
      for (const { available } of types) {
        for (const view of available) {
          const { capacityType, reservationId } = view.offering;
          if (capacityType !== 'reserved' || reservationId === undefined) continue;
          if (!profile.offeringMatches(view, requirements)) continue;
          matching = true;
          if (reservations.canReserve(this.hostname, reservationId)) reservable.push(view);
        }
      }
    }
    if (strictReservations && reservable.length === 0 && (matching || this.#reserved.length > 0)) {
      return refusal('reserved-capacity-exhausted');
    }
    return reservable;
  }

  #hold(reserved: readonly OfferingView[]): void {
    const { reservations } = this.around;
    if (reservations === undefined) return;
    const ids = new Set(reserved.map(({ offering }) => offering.reservationId ?? ''));
    for (const id of ids) reservations.reserve(this.hostname, id);
    for (const { offering } of this.#reserved) {
      const id = offering.reservationId ?? '';
      if (!ids.has(id)) reservations.release(this.hostname, id);
    }
    this.#reserved = reserved;
  }
}

function ceilingOf(groups: readonly CandidateTypes[], profile: SchedulingProfile): ResourceList | undefined {
  const allocatables: ResourceList[] = [];
  for (const { types } of groups) {
    for (const type of types) {
      const allocatable = profile.typeFit.allocatable(type);
      if (allocatable === undefined) return undefined;
      allocatables.push(allocatable);
    }
  }
  return maxResources(allocatables);
}
