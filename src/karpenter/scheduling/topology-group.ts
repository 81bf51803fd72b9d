import { matchesLabelSelector } from '../../kubernetes/label-selector.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { LabelSelector } from '../../kubernetes/selectors.js';
import { HOSTNAME_LABEL } from '../requirements/labels.js';
import { Requirement } from '../requirements/requirement.js';
import type { TopologyNodeFilter } from './topology-node-filter.js';

export type TopologyKind = 'spread' | 'affinity' | 'anti-affinity';

/** Rules of choosing a domain that differ between the versions. */
export interface DomainChoice {
  /**
   * A candidate with one hostname is judged by that name's count alone, known or not; else only registered hostnames are
   * eligible (D31).
   */
  readonly knowsEveryHostname: boolean;
  /** (Anti-)affinity offers only domains that the candidate admits; else the intersection comes afterwards (D32). */
  readonly looksAtCandidate: boolean;
}

/** What makes a group; pods with equal terms share one (TOP-5). */
export interface TopologyTerm {
  readonly kind: TopologyKind;
  readonly key: string;
  readonly namespaces: ReadonlySet<string>;
  /** Undefined selects no pod of this pass, though it counts every pod of the cluster (TOP-10). */
  readonly selector: LabelSelector | undefined;
  readonly maxSkew: number;
  readonly minDomains: number | undefined;
  /** Spread only; the others count on every node. */
  readonly nodeFilter: TopologyNodeFilter | undefined;
}

/** Pods per domain for one term, with the pods that have it as a rule (scheduling.md §4.8). */
export class TopologyGroup {
  readonly owners = new Set<string>();
  readonly #counts = new Map<string, number>();
  /** Known domains without any pod. */
  readonly #empty = new Set<string>();

  constructor(
    readonly term: TopologyTerm,
    private readonly choice: DomainChoice,
  ) {}

  /** Number of counted pods by domain. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Makes a domain known; its count stays. */
  register(domain: string): void {
    if (this.#counts.has(domain)) return;
    this.#counts.set(domain, 0);
    this.#empty.add(domain);
  }

  /** Counts one pod in a domain. */
  record(domain: string): void {
    this.#counts.set(domain, (this.#counts.get(domain) ?? 0) + 1);
    this.#empty.delete(domain);
  }

  /** The rule and the counts that it is judged by, for explanations. */
  describe(): Readonly<Record<string, string | number | readonly string[]>> {
    const { kind, key, maxSkew } = this.term;
    const rule = { constraint: kind, key, ...(kind === 'spread' ? { maxSkew } : {}) };
    if (key === HOSTNAME_LABEL) return rule;
    return { ...rule, counts: [...this.#counts].map(([domain, count]) => `${domain}=${count}`).sort() };
  }

  selects(pod: Pod): boolean {
    return (
      this.term.namespaces.has(pod.metadata.namespace) && matchesLabelSelector(this.term.selector, pod.metadata.labels)
    );
  }

  /**
   * Domains that the pod may go to on a candidate, as an In requirement; undefined when there is none.
   *
   * @param podDomains what the pod itself demands of the key
   * @param nodeDomains what the candidate admits, the pod's demands included
   */
  domainsFor(pod: Pod, podDomains: Requirement, nodeDomains: Requirement): Requirement | undefined {
    const hostname = this.#singleHostname(nodeDomains);
    if (hostname !== undefined) {
      if (!this.#admitsHost(pod, podDomains, hostname)) return undefined;
      return nodeDomains.negated ? Requirement.ofLabel(this.term.key, hostname) : nodeDomains;
    }
    const [domain, ...others] = this.#domainsFor(pod, podDomains, nodeDomains);
    if (domain === undefined) return undefined;
    return others.length === 0
      ? Requirement.ofLabel(this.term.key, domain)
      : Requirement.in(this.term.key, [domain, ...others]);
  }

  #domainsFor(pod: Pod, podDomains: Requirement, nodeDomains: Requirement): readonly string[] {
    switch (this.term.kind) {
      case 'spread':
        return this.#spread(pod, podDomains, nodeDomains);
      case 'affinity':
        return this.#affinity(pod, podDomains, nodeDomains);
      case 'anti-affinity':
        return this.#antiAffinity(podDomains, nodeDomains);
    }
  }

  #admitsHost(pod: Pod, podDomains: Requirement, hostname: string): boolean {
    const count = this.#count(hostname);
    switch (this.term.kind) {
      case 'spread':
        return count + Number(this.selects(pod)) <= this.term.maxSkew;
      case 'affinity':
        return podDomains.has(hostname) && (count > 0 || this.#startsGroup(pod, podDomains));
      case 'anti-affinity':
        return count === 0;
    }
  }

  #singleHostname(nodeDomains: Requirement): string | undefined {
    if (!this.choice.knowsEveryHostname || this.term.key !== HOSTNAME_LABEL) return undefined;
    const [hostname] = nodeDomains.values;
    return nodeDomains.values.size === 1 ? hostname : undefined;
  }

  #count(domain: string): number {
    return this.#counts.get(domain) ?? 0;
  }

  /**
   * The first of the emptiest domains within the skew, so a spread always pins (TOP-16). The reference goes through a map
   * here. Its small maps mostly keep the order of insertion, which is the order of listed values and of known domains.
   */
  #spread(pod: Pod, podDomains: Requirement, nodeDomains: Requirement): readonly string[] {
    const own = Number(this.selects(pod));
    const highest = this.term.maxSkew + this.#floor(podDomains) - own;
    let fewest = Infinity;
    let emptiest: string | undefined;
    for (const [domain, count] of this.#countsWithin(nodeDomains)) {
      if (count > highest || count >= fewest) continue;
      fewest = count;
      emptiest = domain;
    }
    return emptiest === undefined ? [] : [emptiest];
  }

  /** The count that skew is measured from: a new hostname can always be made, so there it is 0. */
  #floor(podDomains: Requirement): number {
    if (this.term.key === HOSTNAME_LABEL) return 0;
    let lowest = Infinity;
    let supported = 0;
    for (const [domain, count] of this.#counts) {
      if (!podDomains.has(domain)) continue;
      supported++;
      if (count < lowest) lowest = count;
    }
    return this.term.minDomains !== undefined && supported < this.term.minDomains ? 0 : lowest;
  }

  /** Every domain with a counted pod; the first pod of a set that selects itself may go anywhere (TOP-17). */
  #affinity(pod: Pod, podDomains: Requirement, nodeDomains: Requirement): readonly string[] {
    const domains: string[] = [];
    for (const [domain, count] of this.choice.looksAtCandidate ? this.#countsWithin(nodeDomains) : this.#counts) {
      if (count > 0 && podDomains.has(domain)) domains.push(domain);
    }
    if (domains.length > 0 || !this.#startsGroup(pod, podDomains)) return domains;
    // One that the candidate admits too, and one that only the pod has to admit: mostly the same (ND-2).
    const both = podDomains.intersection(nodeDomains);
    const known = [...this.#counts.keys()];
    const fitting = known.find((domain) => both.has(domain));
    const viable = known.find((domain) => podDomains.has(domain));
    return [fitting, viable].filter((domain) => domain !== undefined);
  }

  #startsGroup(pod: Pod, podDomains: Requirement): boolean {
    if (!this.selects(pod)) return false;
    for (const [domain, count] of this.#counts) {
      if (count > 0 && podDomains.has(domain)) return false;
    }
    return true;
  }

  /** All domains without a counted pod, not one (TOP-18). */
  #antiAffinity(podDomains: Requirement, nodeDomains: Requirement): readonly string[] {
    const admits = (domain: string): boolean =>
      podDomains.has(domain) && (!this.choice.looksAtCandidate || nodeDomains.has(domain));
    if (this.choice.looksAtCandidate && nodeDomains.operator === 'In' && nodeDomains.values.size < this.#empty.size) {
      return [...nodeDomains.values].filter((domain) => this.#empty.has(domain) && admits(domain));
    }
    return [...this.#empty].filter(admits);
  }

  /** Known domains that the candidate admits. With few admitted names, those are looked up rather than all scanned. */
  *#countsWithin(nodeDomains: Requirement): Iterable<readonly [string, number]> {
    if (nodeDomains.operator === 'In') {
      for (const domain of nodeDomains.values) {
        const count = this.#counts.get(domain);
        if (count !== undefined) yield [domain, count];
      }
      return;
    }
    for (const entry of this.#counts) if (nodeDomains.has(entry[0])) yield entry;
  }
}
