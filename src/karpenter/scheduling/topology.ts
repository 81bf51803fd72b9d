import { ObjectCache } from '../../kernel/object-cache.js';
import { matchesLabelSelector } from '../../kubernetes/label-selector.js';
import type { Node } from '../../kubernetes/node.js';
import type { Pod, PodAffinityTerm, TopologySpreadConstraint } from '../../kubernetes/pod.js';
import type { LabelSelector, LabelSelectorRequirement } from '../../kubernetes/selectors.js';
import type { Taint } from '../../kubernetes/taints.js';
import type { ClusterSnapshot } from '../cluster-snapshot.js';
import { labelRequirements } from '../requirements/label-requirements.js';
import { HOSTNAME_LABEL, NO_LABELS } from '../requirements/labels.js';
import type { BoundsReading } from '../requirements/requirement.js';
import type { Requirement } from '../requirements/requirement.js';
import type { Requirements } from '../requirements/requirements.js';
import type { StateNodeView } from '../state-node-view.js';
import { shuffled } from './shuffled.js';
import { podIndex, nodesByName } from './cluster-index.js';
import { TopologyGroup, type DomainChoice, type TopologyKind, type TopologyTerm } from './topology-group.js';
import type { TopologyIdentity } from './topology-identity.js';
import { nodeTakesPart, topologyNodeFilter, type TopologyNodeFilter } from './topology-node-filter.js';
import { offersDomain, type TopologyUniverse, type UniverseDomain } from './topology-universe.js';

/** What differs between the versions in topology (D26–D32). */
export interface TopologyPolicy extends DomainChoice {
  readonly identity: TopologyIdentity;
  /** nodeAffinityPolicy, nodeTaintsPolicy and matchLabelKeys are read; else affinity counts, taints do not (D27). */
  readonly readsConstraintPolicies: boolean;
  /** A node without any counted pod makes its domain known to a spread (D26). */
  readonly emptyNodesCount: boolean;
  /** (Anti-)affinity groups start with the domains that their first pod tolerates (D28). */
  readonly startsFromToleratedDomains: boolean;
  /** Spread filters are asked strictly of new NodeClaims too (D29). */
  readonly filtersClaimsStrictly: boolean;
}

/** What topology is built from. */
export interface TopologyInput {
  readonly snapshot: ClusterSnapshot;
  readonly destinations: readonly StateNodeView[];
  readonly universe: TopologyUniverse;
  readonly policy: TopologyPolicy;
  readonly reading: BoundsReading;
  readonly ignoresPreferences: boolean;
  /** UIDs of the pods of this pass: wherever they run now, they do not count. */
  readonly passPods: ReadonlySet<string>;
  readonly random: () => number;
}

/** The group that left a pod no domain. */
export interface TopologyRefusal {
  readonly group: TopologyGroup;
}

const UNBOUNDED_SKEW = 2 ** 31 - 1;
const NO_GROUPS: readonly TopologyGroup[] = [];

interface KnownTerm {
  readonly namespace: string;
  readonly identityOf: TopologyIdentity;
  readonly term: TopologyTerm;
  readonly identity: string;
}

/** Anti-affinity terms that depend on nothing but the namespace of their pod, which all pods of a template share. */
const knownTerms = new ObjectCache<PodAffinityTerm, KnownTerm>();

/** Spread and pod (anti-)affinity of one pass (scheduling.md §4.7–4.8, §6.4–6.5). */
export class Topology {
  readonly #direct = new Map<string, TopologyGroup>();
  readonly #inverse = new Map<string, TopologyGroup>();
  readonly #owned = new Map<string, readonly TopologyGroup[]>();
  readonly #universe = new Map<string, readonly UniverseDomain[]>();
  /** Groups that select a pod, by UID: labels do not change when a pod is relaxed, groups only ever grow in number. */
  readonly #directSelecting = new Map<string, { readonly seen: number; readonly groups: readonly TopologyGroup[] }>();
  readonly #inverseSelecting = new Map<string, { readonly seen: number; readonly groups: readonly TopologyGroup[] }>();

  constructor(private readonly input: TopologyInput) {
    const nodes = nodesByName(input.snapshot);
    for (const pod of podIndex(input.snapshot).withAntiAffinity) {
      if (input.passPods.has(pod.metadata.uid)) continue;
      const node = nodes.get(pod.spec.nodeName ?? '');
      if (node !== undefined) this.#addInverse(pod, node.metadata.labels);
    }
  }

  /** (Re-)reads the constraints of a pod of the pass. Groups it no longer has lose it as owner (TOP-6). */
  update(pod: Pod): void {
    const { uid } = pod.metadata;
    const owned = this.#owned.get(uid);
    if (owned === undefined && hasNoTerms(pod)) return;
    for (const group of owned ?? NO_GROUPS) group.owners.delete(uid);
    this.#addInverse(pod, {});
    const groups = this.#termsOf(pod).map((term) => this.#directGroup(term, pod));
    for (const group of groups) group.owners.add(uid);
    this.#owned.set(uid, [...new Set(groups)]);
  }

  /** Makes a hostname known to every hostname group that exists now. */
  registerHostname(hostname: string): void {
    for (const group of this.#direct.values()) if (group.term.key === HOSTNAME_LABEL) group.register(hostname);
    for (const group of this.#inverse.values()) if (group.term.key === HOSTNAME_LABEL) group.register(hostname);
  }

  /**
   * Candidate requirements narrowed to the domains that every applicable group leaves (TOP-15); the same object when no
   * group applies. Groups all look at the candidate as it came, so their order does not matter.
   */
  narrow(pod: Pod, strict: Requirements, candidate: Requirements): Requirements | TopologyRefusal {
    const owned = this.#owned.get(pod.metadata.uid) ?? NO_GROUPS;
    const inverse = this.#inverseSelectingPod(pod);
    if (owned.length === 0 && inverse.length === 0) return candidate;
    const narrowed: Requirement[] = [];
    for (const groups of [owned, inverse]) {
      for (const group of groups) {
        const { key } = group.term;
        const domains = group.domainsFor(pod, strict.get(key), candidate.get(key));
        if (domains === undefined) return { group };
        narrowed.push(domains);
      }
    }
    return candidate.and(narrowed);
  }

  /** Counts a placed pod where its node may end up (TOP-20). */
  record(pod: Pod, taints: readonly Taint[], final: Requirements, allowUndefined: ReadonlySet<string>): void {
    const allow = this.input.policy.filtersClaimsStrictly ? NO_LABELS : allowUndefined;
    for (const group of this.#directSelectingPod(pod)) {
      const { kind, key, nodeFilter } = group.term;
      if (nodeFilter !== undefined && !nodeTakesPart(nodeFilter, taints, final, allow)) continue;
      const domains = final.get(key);
      if (kind === 'anti-affinity') for (const domain of domains.values) group.record(domain);
      else if (domains.onlyValue !== undefined) group.record(domains.onlyValue);
    }
    for (const group of this.#inverse.values()) {
      if (!group.owners.has(pod.metadata.uid)) continue;
      for (const domain of final.get(group.term.key).values) group.record(domain);
    }
  }

  #directSelectingPod(pod: Pod): readonly TopologyGroup[] {
    return groupsSelecting(pod, this.#direct, this.#directSelecting);
  }

  #inverseSelectingPod(pod: Pod): readonly TopologyGroup[] {
    return groupsSelecting(pod, this.#inverse, this.#inverseSelecting);
  }

  /** Required anti-affinity seen from the other side. Preferences are not enforced on others (TOP-11). */
  #addInverse(pod: Pod, nodeLabels: Readonly<Record<string, string>>): void {
    for (const affinityTerm of pod.spec.affinity?.podAntiAffinity?.required ?? []) {
      const { term, identity } = this.#inverseTerm(affinityTerm, pod);
      let group = this.#inverse.get(identity);
      if (group === undefined) {
        group = this.#newGroup(term, pod);
        this.#inverse.set(identity, group);
      }
      const domain = nodeLabels[term.key];
      if (domain !== undefined) group.record(domain);
      group.owners.add(pod.metadata.uid);
    }
  }

  #inverseTerm(affinityTerm: PodAffinityTerm, pod: Pod): Pick<KnownTerm, 'term' | 'identity'> {
    const { namespace } = pod.metadata;
    const { identity: identityOf } = this.input.policy;
    const known = knownTerms.get(affinityTerm);
    if (known?.namespace === namespace && known.identityOf === identityOf) return known;
    const term = this.#affinityTerm('anti-affinity', affinityTerm, pod);
    const found: KnownTerm = { namespace, identityOf, term, identity: identityOf(term) };
    if (affinityTerm.namespaceSelector === undefined) knownTerms.set(affinityTerm, found);
    return found;
  }

  #directGroup(term: TopologyTerm, pod: Pod): TopologyGroup {
    const identity = this.input.policy.identity(term);
    let group = this.#direct.get(identity);
    if (group === undefined) {
      group = this.#newGroup(term, pod);
      this.#countCluster(group);
      this.#direct.set(identity, group);
    }
    return group;
  }

  #newGroup(term: TopologyTerm, pod: Pod): TopologyGroup {
    const { policy } = this.input;
    const group = new TopologyGroup(term, policy);
    const onlyTolerated =
      term.nodeFilter === undefined ? policy.startsFromToleratedDomains : term.nodeFilter.honorsTaints;
    for (const [domain, taintLists] of this.#universeOf(term.key)) {
      if (!onlyTolerated || offersDomain(taintLists, pod.spec.tolerations)) group.register(domain);
    }
    return group;
  }

  /** Domains of a key that NodePools could create, in the order in which ties between them are decided. */
  #universeOf(key: string): readonly UniverseDomain[] {
    let domains = this.#universe.get(key);
    if (domains === undefined) {
      const { universe, random } = this.input;
      const known = universe.get(key);
      domains = [...(known?.domains ?? [])];
      if (known?.inAnyOrder === true) domains = shuffled(domains, random);
      this.#universe.set(key, domains);
    }
    return domains;
  }

  /** Counts what runs already, and makes the domains of existing nodes known (TOP-10). */
  #countCluster(group: TopologyGroup): void {
    const { snapshot, destinations, policy, passPods } = this.input;
    const { key, namespaces, selector, nodeFilter } = group.term;
    if (policy.emptyNodesCount) {
      for (const { stateNode, labels } of destinations) {
        const domain = labels[key];
        if (domain === undefined || stateNode.node === undefined) continue;
        if (nodeCounts(nodeFilter, stateNode.node)) group.register(domain);
      }
    }
    const nodes = nodesByName(snapshot);
    const activeByNamespace = podIndex(snapshot).activeByNamespace();
    for (const namespace of namespaces) {
      for (const pod of activeByNamespace.get(namespace) ?? []) {
        // An absent selector counts every pod here, although it selects none (TOP-10).
        if (selector !== undefined && !matchesLabelSelector(selector, pod.metadata.labels)) continue;
        if (passPods.has(pod.metadata.uid)) continue;
        const node = nodes.get(pod.spec.nodeName ?? '');
        if (node === undefined) continue;
        const domain = node.metadata.labels[key] ?? (key === HOSTNAME_LABEL ? node.metadata.name : undefined);
        if (domain !== undefined && nodeCounts(nodeFilter, node)) group.record(domain);
      }
    }
  }

  #termsOf(pod: Pod): TopologyTerm[] {
    const { ignoresPreferences } = this.input;
    const terms: TopologyTerm[] = [];
    for (const constraint of pod.spec.topologySpreadConstraints) {
      if (ignoresPreferences && constraint.whenUnsatisfiable !== 'DoNotSchedule') continue;
      terms.push(this.#spreadTerm(constraint, pod));
    }
    const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
    for (const [kind, affinity] of [['affinity', podAffinity] as const, ['anti-affinity', podAntiAffinity] as const]) {
      if (affinity === undefined) continue;
      // All preferred terms count at once, unlike preferred node affinity, where the heaviest alone does.
      const preferred = ignoresPreferences ? [] : affinity.preferred.map(({ term }) => term);
      for (const term of [...affinity.required, ...preferred]) terms.push(this.#affinityTerm(kind, term, pod));
    }
    return terms;
  }

  #spreadTerm(constraint: TopologySpreadConstraint, pod: Pod): TopologyTerm {
    const { readsConstraintPolicies } = this.input.policy;
    return {
      kind: 'spread',
      key: constraint.topologyKey,
      namespaces: new Set([pod.metadata.namespace]),
      selector: readsConstraintPolicies
        ? withMatchLabelKeys(constraint.labelSelector, constraint.matchLabelKeys, pod)
        : constraint.labelSelector,
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains,
      nodeFilter: topologyNodeFilter(pod, readsConstraintPolicies ? constraint : {}, this.input.reading),
    };
  }

  #affinityTerm(kind: TopologyKind, term: PodAffinityTerm, pod: Pod): TopologyTerm {
    return {
      kind,
      key: term.topologyKey,
      namespaces: this.#namespacesOf(term, pod),
      selector: term.labelSelector,
      maxSkew: UNBOUNDED_SKEW,
      minDomains: undefined,
      nodeFilter: undefined,
    };
  }

  /** Neither list nor selector: the pod's own; an empty selector: all namespaces (TOP-8). */
  #namespacesOf({ namespaces, namespaceSelector }: PodAffinityTerm, pod: Pod): ReadonlySet<string> {
    if (namespaceSelector === undefined)
      return new Set(namespaces.length === 0 ? [pod.metadata.namespace] : namespaces);
    const selected = this.input.snapshot.namespaces.filter(({ metadata }) =>
      matchesLabelSelector(namespaceSelector, metadata.labels),
    );
    return new Set([...namespaces, ...selected.map(({ metadata }) => metadata.name)]);
  }
}

function hasNoTerms({ spec: { topologySpreadConstraints, affinity } }: Pod): boolean {
  return (
    topologySpreadConstraints.length === 0 &&
    affinity?.podAffinity === undefined &&
    affinity?.podAntiAffinity === undefined
  );
}

function nodeCounts(filter: TopologyNodeFilter | undefined, node: Node): boolean {
  if (filter === undefined) return true;
  return nodeTakesPart(filter, node.spec.taints, labelRequirements(node.metadata.labels), NO_LABELS);
}

function groupsSelecting(
  pod: Pod,
  all: ReadonlyMap<string, TopologyGroup>,
  cache: Map<string, { readonly seen: number; readonly groups: readonly TopologyGroup[] }>,
): readonly TopologyGroup[] {
  if (all.size === 0) return NO_GROUPS;
  const known = cache.get(pod.metadata.uid);
  if (known?.seen === all.size) return known.groups;
  const groups = [...all.values()].filter((group) => group.selects(pod));
  cache.set(pod.metadata.uid, { seen: all.size, groups });
  return groups;
}

/** The pod's values of the listed labels narrow the selector; labels that it lacks are left out (TOP-7). */
function withMatchLabelKeys(
  selector: LabelSelector | undefined,
  keys: readonly string[],
  pod: Pod,
): LabelSelector | undefined {
  if (selector === undefined || keys.length === 0) return selector;
  const added: LabelSelectorRequirement[] = [];
  for (const key of keys) {
    const value = pod.metadata.labels[key];
    if (value !== undefined) added.push({ key, operator: 'In', values: [value] });
  }
  return { matchLabels: selector.matchLabels, matchExpressions: [...selector.matchExpressions, ...added] };
}
