import type { Node } from '../node.js';
import type { Pod } from '../pod.js';
import { type AffinityTerm, matchesAllTerms, type NamespaceLabels, termMatches } from './affinity-terms.js';
import type { PodInfo } from './pod-info.js';
import { type Rejection, unresolvable, unschedulable } from './rejection.js';
import type { SchedulerCache } from './scheduler-cache.js';

const AFFINITY = unresolvable('InterPodAffinity', "node(s) didn't match pod affinity rules");
const ANTI_AFFINITY = unschedulable('InterPodAffinity', "node(s) didn't match pod anti-affinity rules");
const EXISTING = unschedulable('InterPodAffinity', "node(s) didn't satisfy existing pods anti-affinity rules");

/** Matching pods by topology key and domain; domains without any are absent. */
class DomainCounts {
  readonly #counts = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  add(node: Node, topologyKey: string, pods: number): void {
    const value = node.metadata.labels[topologyKey];
    if (value === undefined || pods === 0) return;
    const domains = this.#counts.get(topologyKey) ?? new Map<string, number>();
    const count = (domains.get(value) ?? 0) + pods;
    if (count === 0) domains.delete(value);
    else domains.set(value, count);
    if (domains.size === 0) this.#counts.delete(topologyKey);
    else this.#counts.set(topologyKey, domains);
  }

  at(node: Node, topologyKey: string): number {
    const value = node.metadata.labels[topologyKey];
    return value === undefined ? 0 : (this.#counts.get(topologyKey)?.get(value) ?? 0);
  }

  /** True when the node lies in any domain with pods. */
  touches(node: Node): boolean {
    for (const key of this.#counts.keys()) {
      if (this.at(node, key) > 0) return true;
    }
    return false;
  }

  clone(): DomainCounts {
    const copy = new DomainCounts();
    for (const [key, domains] of this.#counts) copy.#counts.set(key, new Map(domains));
    return copy;
  }
}

/** InterPodAffinity's filter for one pod: required terms of the pod, and required anti-affinity of the pods placed. */
export class InterPodAffinityFilter {
  private constructor(
    private readonly info: PodInfo,
    private readonly namespaceLabels: NamespaceLabels,
    private readonly affinity: DomainCounts,
    private readonly antiAffinity: DomainCounts,
    private readonly existing: DomainCounts,
  ) {}

  /** Undefined when no term of the pod or of the pods placed concerns it. */
  static forPod(info: PodInfo, cache: SchedulerCache): InterPodAffinityFilter | undefined {
    const { requiredAffinity, requiredAntiAffinity } = info.terms;
    const ownTerms = requiredAffinity.length + requiredAntiAffinity.length > 0;
    if (!ownTerms && !cache.anyRequiredAntiAffinity) return undefined;
    const filter = new InterPodAffinityFilter(
      info,
      cache.namespaceLabels,
      new DomainCounts(),
      new DomainCounts(),
      new DomainCounts(),
    );
    for (const node of cache.nodes) {
      if (node.podsWithRequiredAntiAffinity > 0) {
        for (const other of node.pods) filter.#countExisting(other, node.node, 1);
      }
      if (!ownTerms) continue;
      for (const [{ namespace, labels }, { total }] of node.classes) {
        filter.#countOwn(namespace, labels, node.node, total);
      }
    }
    return ownTerms || !filter.existing.isEmpty ? filter : undefined;
  }

  filter(node: Node): Rejection | undefined {
    if (!this.#satisfiesAffinity(node)) return AFFINITY;
    const refused = this.info.terms.requiredAntiAffinity.some(
      (term) => this.antiAffinity.at(node, term.topologyKey) > 0,
    );
    if (refused) return ANTI_AFFINITY;
    return this.existing.touches(node) ? EXISTING : undefined;
  }

  /** Counts a pod that is (delta 1) or is no longer (−1) on the node. */
  adjust(other: PodInfo, node: Node, delta: 1 | -1): void {
    this.#countExisting(other, node, delta);
    this.#countOwn(other.pod.metadata.namespace, other.pod.metadata.labels, node, delta);
  }

  clone(): InterPodAffinityFilter {
    return new InterPodAffinityFilter(
      this.info,
      this.namespaceLabels,
      this.affinity.clone(),
      this.antiAffinity.clone(),
      this.existing.clone(),
    );
  }

  #satisfiesAffinity(node: Node): boolean {
    const terms = this.info.terms.requiredAffinity;
    let podsExist = true;
    for (const { topologyKey } of terms) {
      if (node.metadata.labels[topologyKey] === undefined) return false;
      if (this.affinity.at(node, topologyKey) <= 0) podsExist = false;
    }
    // The first pod of a group that wants to be with itself must start somewhere.
    return podsExist || (this.affinity.isEmpty && this.#matchesAll(terms, this.info.pod));
  }

  #matchesAll(terms: readonly AffinityTerm[], pod: Pod): boolean {
    return matchesAllTerms(terms, pod.metadata.namespace, pod.metadata.labels, this.namespaceLabels);
  }

  #countExisting(other: PodInfo, node: Node, pods: number): void {
    const { namespace, labels } = this.info.pod.metadata;
    for (const term of other.terms.requiredAntiAffinity) {
      if (termMatches(term, namespace, labels, this.namespaceLabels)) this.existing.add(node, term.topologyKey, pods);
    }
  }

  #countOwn(namespace: string, labels: Readonly<Record<string, string>>, node: Node, pods: number): void {
    const { requiredAffinity, requiredAntiAffinity } = this.info.terms;
    if (matchesAllTerms(requiredAffinity, namespace, labels, this.namespaceLabels)) {
      for (const term of requiredAffinity) this.affinity.add(node, term.topologyKey, pods);
    }
    for (const term of requiredAntiAffinity) {
      if (termMatches(term, namespace, labels, this.namespaceLabels)) {
        this.antiAffinity.add(node, term.topologyKey, pods);
      }
    }
  }
}
