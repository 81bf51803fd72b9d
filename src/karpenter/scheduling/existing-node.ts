import { resourcesFit } from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { toleratesTaint, toleratesTaints } from '../../kubernetes/tolerations.js';
import { NO_LABELS } from '../requirements/labels.js';
import { Requirements } from '../requirements/requirements.js';
import type { StateNodeView } from '../state-node-view.js';
import type { ExistingNodeBase } from './existing-node-base.js';
import type { HostPortUsage } from './host-ports.js';
import { incompatibilityDetail, shortageDetail } from './refusal-details.js';
import { refusal, type Refusal } from './scheduling-errors.js';
import type { PodInPass } from './pod-in-pass.js';
import type { Topology } from './topology.js';
import type { VolumeUsage } from './volume-usage.js';

/** A tracked node and the pods that this pass puts on it (scheduling.md §4.6, §6.2). */
export class ExistingNode {
  readonly view: StateNodeView;
  readonly pods: PodInPass[] = [];
  #remaining: ResourceList;
  #ports: HostPortUsage;
  #volumeUsage: VolumeUsage | undefined;
  #requirements: Requirements;

  /** @param guarded only pods that are pending, or whose node goes away anyway, may come (EX-5) */
  constructor(
    base: ExistingNodeBase,
    readonly guarded: boolean,
    private readonly topology: Topology,
  ) {
    this.view = base.view;
    this.#remaining = base.remaining;
    this.#ports = base.ports;
    this.#volumeUsage = base.volumeUsage;
    this.#requirements = base.requirements;
  }

  /** Requirements of the node with the pod on it; undefined when it cannot take the pod (ADD-1). */
  tryAdd(tried: PodInPass): Requirements | undefined {
    const { pod, requests, all, strict, volumeAlternatives, volumes } = tried;
    if (volumes === undefined) return undefined;
    if (!resourcesFit(requests, this.#remaining)) return undefined;
    if (!toleratesTaints(pod.spec.tolerations, this.view.taints)) return undefined;
    if (this.#volumeUsage?.exceedsLimits(volumes) === true) return undefined;
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
    if (this.#volumeUsage?.exceedsLimits(volumes) === true) return refusal('volume-limits');
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
    if (this.pods.length === 0) {
      // Until now the base was all there was to know.
      this.#ports = this.#ports.copy();
      this.#volumeUsage = this.#volumeUsage?.copy();
    }
    this.pods.push(tried);
    const remaining: Record<string, number> = { ...this.#remaining };
    for (const name in requests) remaining[name] = (remaining[name] ?? 0) - (requests[name] ?? 0);
    this.#remaining = remaining;
    this.#requirements = requirements;
    this.topology.record(pod, this.view.taints, requirements, NO_LABELS);
    this.#ports.add(pod);
    if (volumes !== undefined) this.#volumeUsage?.add(volumes);
  }
}
