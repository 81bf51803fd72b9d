import type { Node } from '../node.js';
import type { Pod, TopologySpreadConstraint } from '../pod.js';
import type { LabelSelector } from '../selectors.js';
import { untoleratedTaint } from '../tolerations.js';
import { isEmptyLabelSelector, matchesLabelSelector } from '../label-selector.js';
import type { ClassMatcher } from './label-classes.js';
import { matchesRequiredNodeAffinity } from './node-filters.js';
import type { NodeInfo } from './node-info.js';
import type { SchedulerCache } from './scheduler-cache.js';

export const HOSTNAME_LABEL = 'kubernetes.io/hostname';

/** A spread constraint with its defaults and its selector resolved. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly honorsNodeAffinity: boolean;
  readonly honorsNodeTaints: boolean;
  readonly matcher: ClassMatcher;
  /** An empty selector counts no pods although it matches the pod itself (countPodsMatchSelector). */
  readonly countsNothing: boolean;
}

/** What a pod that declares no constraints gets (kubernetes.md §1.7.3). */
const SYSTEM_DEFAULTS: readonly { readonly topologyKey: string; readonly maxSkew: number }[] = [
  { topologyKey: HOSTNAME_LABEL, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
];

function newMatcher(pod: Pod, selectors: readonly (LabelSelector | undefined)[]): ClassMatcher {
  return { namespace: pod.metadata.namespace, selectors, classes: [], version: -1 };
}

function compile(constraint: TopologySpreadConstraint, pod: Pod): SpreadConstraint {
  const pinned: Record<string, string> = {};
  for (const key of constraint.matchLabelKeys) {
    const value = pod.metadata.labels[key];
    if (value !== undefined) pinned[key] = value;
  }
  const selectors: (LabelSelector | undefined)[] = [constraint.labelSelector];
  if (Object.keys(pinned).length > 0) selectors.push({ matchLabels: pinned, matchExpressions: [] });
  return {
    topologyKey: constraint.topologyKey,
    maxSkew: constraint.maxSkew,
    minDomains: constraint.minDomains ?? 1,
    honorsNodeAffinity: (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor',
    honorsNodeTaints: constraint.nodeTaintsPolicy === 'Honor',
    matcher: newMatcher(pod, selectors),
    countsNothing: selectors.every(isEmptyLabelSelector),
  };
}

/** The pod's own constraints of one kind. */
export function declaredConstraints(
  pod: Pod,
  kind: TopologySpreadConstraint['whenUnsatisfiable'],
): readonly SpreadConstraint[] {
  return pod.spec.topologySpreadConstraints
    .filter((constraint) => constraint.whenUnsatisfiable === kind)
    .map((constraint) => compile(constraint, pod));
}

/** The system's default constraints for a pod without any of its own; none when no Service or owner selects it. */
export function defaultConstraints(pod: Pod, cache: SchedulerCache): readonly SpreadConstraint[] {
  const selectors = cache.defaultSpreadSelectors(pod);
  if (selectors.every(isEmptyLabelSelector)) return [];
  const matcher = newMatcher(pod, selectors);
  return SYSTEM_DEFAULTS.map(({ topologyKey, maxSkew }) => ({
    topologyKey,
    maxSkew,
    minDomains: 1,
    honorsNodeAffinity: true,
    honorsNodeTaints: false,
    matcher,
    countsNothing: false,
  }));
}

/** True when pods on the node count for the constraint (its node inclusion policies). */
export function includesNode(constraint: SpreadConstraint, pod: Pod, node: Node): boolean {
  if (constraint.honorsNodeAffinity && !matchesRequiredNodeAffinity(pod.spec, node)) return false;
  return !constraint.honorsNodeTaints || untoleratedTaint(pod.spec.tolerations, node.spec.taints) === undefined;
}

/** True when the node has the topology labels of all constraints. */
export function hasAllTopologies(constraints: readonly SpreadConstraint[], node: Node): boolean {
  return constraints.every(({ topologyKey }) => node.metadata.labels[topologyKey] !== undefined);
}

/** Pods on the node that the constraint counts: selected, and not being deleted. */
export function countMatching(constraint: SpreadConstraint, node: NodeInfo, cache: SchedulerCache): number {
  if (constraint.countsNothing) return 0;
  return node.livePods(cache.labelClasses.matching(constraint.matcher));
}

/** True when the constraint's selector selects a pod with these labels. */
export function selectsLabels(constraint: SpreadConstraint, labels: Readonly<Record<string, string>>): boolean {
  return constraint.matcher.selectors.every((selector) => matchesLabelSelector(selector, labels));
}
