import { matchesLabelSelector } from '../label-selector.js';
import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '../pod.js';
import type { LabelSelector, LabelSelectorRequirement } from '../selectors.js';

type Labels = Readonly<Record<string, string>>;

/** Labels of a namespace; unknown namespaces have none. */
export type NamespaceLabels = (namespace: string) => Labels;

/** A pod (anti-)affinity term with its owner's namespace and `matchLabelKeys` resolved. */
export interface AffinityTerm {
  readonly topologyKey: string;
  readonly namespaces: readonly string[];
  readonly namespaceSelector: LabelSelector | undefined;
  readonly selector: LabelSelector | undefined;
  /** 1–100 for a preferred term, 0 for a required one. */
  readonly weight: number;
}

/** The four kinds of terms of a pod. */
export interface AffinityTerms {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
}

const NO_TERMS: AffinityTerms = {
  requiredAffinity: [],
  requiredAntiAffinity: [],
  preferredAffinity: [],
  preferredAntiAffinity: [],
};

function requirementsFromKeys(
  keys: readonly string[],
  operator: 'In' | 'NotIn',
  labels: Labels,
): LabelSelectorRequirement[] {
  const requirements: LabelSelectorRequirement[] = [];
  for (const key of keys) {
    const value = labels[key];
    if (value !== undefined) requirements.push({ key, operator, values: [value] });
  }
  return requirements;
}

/** Adds `matchLabelKeys` and `mismatchLabelKeys` to the selector, as the API server does when the pod is created. */
function selectorOf(term: PodAffinityTerm, pod: Pod): LabelSelector | undefined {
  const selector = term.labelSelector;
  if (selector === undefined || term.matchLabelKeys.length + term.mismatchLabelKeys.length === 0) return selector;
  const { labels } = pod.metadata;
  return {
    matchLabels: selector.matchLabels,
    matchExpressions: [
      ...selector.matchExpressions,
      ...requirementsFromKeys(term.matchLabelKeys, 'In', labels),
      ...requirementsFromKeys(term.mismatchLabelKeys, 'NotIn', labels),
    ],
  };
}

function compile(term: PodAffinityTerm, pod: Pod, weight: number): AffinityTerm {
  const ownNamespace = term.namespaces.length === 0 && term.namespaceSelector === undefined;
  return {
    topologyKey: term.topologyKey,
    namespaces: ownNamespace ? [pod.metadata.namespace] : term.namespaces,
    namespaceSelector: term.namespaceSelector,
    selector: selectorOf(term, pod),
    weight,
  };
}

/** The pod's terms, ready to be matched. */
export function affinityTerms(pod: Pod): AffinityTerms {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return NO_TERMS;
  const required = (terms: readonly PodAffinityTerm[] | undefined) => (terms ?? []).map((t) => compile(t, pod, 0));
  const preferred = (terms: readonly WeightedPodAffinityTerm[] | undefined) =>
    (terms ?? []).map(({ term, weight }) => compile(term, pod, weight));
  return {
    requiredAffinity: required(podAffinity?.required),
    requiredAntiAffinity: required(podAntiAffinity?.required),
    preferredAffinity: preferred(podAffinity?.preferred),
    preferredAntiAffinity: preferred(podAntiAffinity?.preferred),
  };
}

/** True when a pod of that namespace with those labels is what the term speaks of. */
export function termMatches(
  term: AffinityTerm,
  namespace: string,
  labels: Labels,
  namespaceLabels: NamespaceLabels,
): boolean {
  const inNamespace =
    term.namespaces.includes(namespace) || matchesLabelSelector(term.namespaceSelector, namespaceLabels(namespace));
  return inNamespace && matchesLabelSelector(term.selector, labels);
}

/** True when there are terms and the pod satisfies every one of them. */
export function matchesAllTerms(
  terms: readonly AffinityTerm[],
  namespace: string,
  labels: Labels,
  namespaceLabels: NamespaceLabels,
): boolean {
  return terms.length > 0 && terms.every((term) => termMatches(term, namespace, labels, namespaceLabels));
}
