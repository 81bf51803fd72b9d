import { subtractResources, resourcesFit } from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { toleratesTaint } from '../../kubernetes/tolerations.js';
import { HOSTNAME_LABEL, NO_LABELS } from '../requirements/labels.js';
import { Requirement } from '../requirements/requirement.js';
import { Requirements } from '../requirements/requirements.js';
import type { StateNodeView } from '../state-node-view.js';
import { HostPortUsage } from './host-ports.js';
import { incompatibilityDetail, shortageDetail } from './refusal-details.js';
import { refusal, type Refusal } from './scheduling-errors.js';
import type { PodInPass } from './pod-in-pass.js';
import type { Topology } from './topology.js';
import type { VolumeUsage } from './volume-usage.js';

const requirementsCache = new WeakMap<StateNodeView, Requirements>();

/** A tracked node and the pods that this pass puts on it (scheduling.md §4.6, §6.2). */
export class ExistingNode {
  readonly pods: PodInPass[] = [];
  readonly #remaining: Record<string, number>;
  readonly #ports: HostPortUsage;
  #requirements: Requirements;

  /**
   * @param expectedDaemons requests of the daemon pods that belong on the node, running or not
   * @param volumeUsage undefined when the node has no limits to look at
   * @param guarded only pods that are pending, or whose node goes away anyway, may come (EX-5)
   */
  constructor(
    readonly view: StateNodeView,
    expectedDaemons: ResourceList,
    private readonly volumeUsage: VolumeUsage | undefined,
    readonly guarded: boolean,
    private readonly topology: Topology,
    daemonsNeedListedResources: boolean,
  ) {
    this.#remaining = remainingResources(view, expectedDaemons, daemonsNeedListedResources);
    this.#ports = new HostPortUsage(view.runningPods);
    this.#requirements = requirementsOf(view);
    topology.registerHostname(view.hostname);
  }

  /** Requirements of the node with the pod on it; undefined when it cannot take the pod (ADD-1). */
  tryAdd(tried: PodInPass): Requirements | undefined {
    const { pod, requests, all, strict, volumeAlternatives, volumes } = tried;
    if (volumes === undefined) return undefined;
    if (!resourcesFit(requests, this.#remaining)) return undefined;
    if (!this.view.taints.every((taint) => toleratesTaint(pod.spec.tolerations, taint))) return undefined;
    if (this.volumeUsage?.exceedsLimits(volumes) === true) return undefined;
    if (this.#ports.conflictsWith(pod)) return undefined;
    if (!this.#requirements.isCompatible(all, NO_LABELS)) return undefined;
    const base = this.#requirements.and(all);
    if (volumeAlternatives.length === 0) return this.#narrow(tried, strict, base);
    for (const alternative of volumeAlternatives) {
      if (!base.isCompatible(alternative, NO_LABELS)) continue;
      const narrowed = this.#narrow(tried, strict, base.and(alternative));
      if (narrowed !== undefined) return narrowed;
    }
    return undefined;
  }

  #narrow({ pod }: PodInPass, strict: Requirements, candidate: Requirements): Requirements | undefined {
    const narrowed = this.topology.narrow(pod, strict, candidate);
    if (narrowed === candidate) return candidate;
    if (!(narrowed instanceof Requirements)) return undefined;
    return candidate.isCompatible(narrowed, NO_LABELS) ? narrowed : undefined;
  }

  /** Why {@link tryAdd} says no, first things first; undefined when it does not. */
  refusalOf(tried: PodInPass): Refusal | undefined {
    const { pod, requests, all, strict, volumeAlternatives, volumes } = tried;
    if (volumes === undefined) return refusal('unknown-volumes');
    const taint = this.view.taints.find((candidate) => !toleratesTaint(pod.spec.tolerations, candidate));
    if (taint !== undefined) return refusal('untolerated-taint', () => ({ ...taint }));
    if (!this.#requirements.isCompatible(all, NO_LABELS)) {
      return refusal('incompatible-requirements', () => incompatibilityDetail(this.#requirements, all, NO_LABELS));
    }
    if (!resourcesFit(requests, this.#remaining)) {
      return refusal('insufficient-resources', () => shortageDetail(requests, this.#remaining));
    }
    if (this.volumeUsage?.exceedsLimits(volumes) === true) return refusal('volume-limits');
    if (this.#ports.conflictsWith(pod)) return refusal('host-port-conflict');
    const base = this.#requirements.and(all);
    let last: Refusal | undefined;
    for (const alternative of volumeAlternatives.length === 0 ? [Requirements.EMPTY] : volumeAlternatives) {
      last = this.#refusalOn(tried, strict, base, alternative);
      if (last === undefined) return undefined;
    }
    return last;
  }

  #refusalOn(
    { pod }: PodInPass,
    strict: Requirements,
    base: Requirements,
    alternative: Requirements,
  ): Refusal | undefined {
    if (!base.isCompatible(alternative, NO_LABELS)) {
      return refusal('incompatible-volumes', () => incompatibilityDetail(base, alternative, NO_LABELS));
    }
    const candidate = base.and(alternative);
    const narrowed = this.topology.narrow(pod, strict, candidate);
    if (!(narrowed instanceof Requirements)) {
      return refusal('unsatisfiable-topology', () => narrowed.group.describe());
    }
    return candidate.isCompatible(narrowed, NO_LABELS)
      ? undefined
      : refusal('incompatible-requirements', () => incompatibilityDetail(candidate, narrowed, NO_LABELS));
  }

  /** Puts the pod on the node, with the requirements that {@link tryAdd} found (ADD-2). */
  add(tried: PodInPass, requirements: Requirements): void {
    const { pod, requests, volumes } = tried;
    this.pods.push(tried);
    for (const name in requests) this.#remaining[name] = (this.#remaining[name] ?? 0) - (requests[name] ?? 0);
    this.#requirements = requirements;
    this.topology.record(pod, this.view.taints, requirements, NO_LABELS);
    this.#ports.add(pod);
    if (volumes !== undefined) this.volumeUsage?.add(volumes);
  }
}

/** Initialized nodes first, then by name; the order of a whole pass (EX-4). */
export function compareExistingNodes(a: ExistingNode, b: ExistingNode): number {
  if (a.view.initialized !== b.view.initialized) return a.view.initialized ? -1 : 1;
  return a.view.name < b.view.name ? -1 : a.view.name > b.view.name ? 1 : 0;
}

/** What the node has left once the daemon pods that it still lacks have come (EX-3). */
function remainingResources(
  { available, daemonRequests }: StateNodeView,
  expectedDaemons: ResourceList,
  daemonsNeedListedResources: boolean,
): Record<string, number> {
  const missing: Record<string, number> = {};
  for (const name in expectedDaemons) {
    missing[name] = Math.max(0, (expectedDaemons[name] ?? 0) - (daemonRequests[name] ?? 0));
  }
  const remaining = { ...subtractResources(available, missing) };
  if (daemonsNeedListedResources) {
    for (const name in missing) if (!(name in available)) remaining[name] = 0 - (missing[name] ?? 0);
  }
  return remaining;
}

function requirementsOf(view: StateNodeView): Requirements {
  let requirements = requirementsCache.get(view);
  if (requirements === undefined) {
    requirements = Requirements.fromLabels(view.labels).and([Requirement.in(HOSTNAME_LABEL, [view.hostname])]);
    requirementsCache.set(view, requirements);
  }
  return requirements;
}
