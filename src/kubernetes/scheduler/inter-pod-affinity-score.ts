import { type AffinityTerm, termMatches } from './affinity-terms.js';
import type { NodeInfo } from './node-info.js';
import type { PodInfo } from './pod-info.js';
import type { SchedulerCache } from './scheduler-cache.js';

/** What a placed pod's required affinity to the incoming pod is worth (`hardPodAffinityWeight`). */
const REQUIRED_AFFINITY_WEIGHT = 1;

/** Points by topology key and domain. */
type DomainPoints = Map<string, Map<string, number>>;

function award(points: DomainPoints, node: NodeInfo, topologyKey: string, amount: number): void {
  const value = node.labels[topologyKey];
  if (value === undefined) return;
  const domains = points.get(topologyKey);
  if (domains === undefined) points.set(topologyKey, new Map([[value, amount]]));
  else domains.set(value, (domains.get(value) ?? 0) + amount);
}

function collectPoints(info: PodInfo, cache: SchedulerCache): DomainPoints {
  const points: DomainPoints = new Map();
  const { namespace, labels } = info.pod.metadata;
  const { preferredAffinity, preferredAntiAffinity } = info.terms;
  const { namespaceLabels } = cache;
  const speaksOfIncoming = (term: AffinityTerm): boolean => termMatches(term, namespace, labels, namespaceLabels);
  for (const node of cache.nodes) {
    if (preferredAffinity.length + preferredAntiAffinity.length > 0) {
      for (const [labelClass, { total }] of node.classes) {
        const matches = (term: AffinityTerm): boolean =>
          termMatches(term, labelClass.namespace, labelClass.labels, namespaceLabels);
        for (const term of preferredAffinity) {
          if (matches(term)) award(points, node, term.topologyKey, term.weight * total);
        }
        for (const term of preferredAntiAffinity) {
          if (matches(term)) award(points, node, term.topologyKey, -term.weight * total);
        }
      }
    }
    if (node.podsWithAffinity === 0) continue;
    for (const { terms } of node.pods) {
      for (const term of terms.requiredAffinity) {
        if (speaksOfIncoming(term)) award(points, node, term.topologyKey, REQUIRED_AFFINITY_WEIGHT);
      }
      for (const term of terms.preferredAffinity) {
        if (speaksOfIncoming(term)) award(points, node, term.topologyKey, term.weight);
      }
      for (const term of terms.preferredAntiAffinity) {
        if (speaksOfIncoming(term)) award(points, node, term.topologyKey, -term.weight);
      }
    }
  }
  return points;
}

/**
 * InterPodAffinity, 0–100 for each feasible node: preferred terms of the pod, and terms of the pods placed that speak of
 * it (kubernetes.md §1.7.4). Writes into `scores`; false when no term says anything.
 */
export function scoreInterPodAffinity(
  info: PodInfo,
  feasible: readonly NodeInfo[],
  cache: SchedulerCache,
  scores: Float64Array,
): boolean {
  const ownTerms = info.terms.preferredAffinity.length + info.terms.preferredAntiAffinity.length > 0;
  if (!ownTerms && !cache.anyAffinity) return false;
  const points = collectPoints(info, cache);
  if (points.size === 0) return false;
  let smallest = Infinity;
  let largest = -Infinity;
  feasible.forEach(({ labels }, i) => {
    let sum = 0;
    for (const [key, domains] of points) {
      const value = labels[key];
      if (value !== undefined) sum += domains.get(value) ?? 0;
    }
    scores[i] = sum;
    smallest = Math.min(smallest, sum);
    largest = Math.max(largest, sum);
  });
  const spread = largest - smallest;
  for (let i = 0; i < feasible.length; i++) {
    scores[i] = spread > 0 ? Math.trunc(100 * (((scores[i] ?? 0) - smallest) / spread)) : 0;
  }
  return true;
}
