import type { Node } from '../node.js';
import type { Pod, PodSpec, TopologySpreadConstraint } from '../pod.js';
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
  readonly matcher: ClassMatcher<NodeInfo>;
  /** An empty selector counts no pods although it matches the pod itself (countPodsMatchSelector). */
  readonly countsNothing: boolean;
}

/** What a pod that declares no constraints gets (kubernetes.md §1.7.3). */
const SYSTEM_DEFAULTS: readonly { readonly topologyKey: string; readonly maxSkew: number }[] = [
  { topologyKey: HOSTNAME_LABEL, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
];

function newMatcher(pod: Pod, selectors: readonly (LabelSelector | undefined)[]): ClassMatcher<NodeInfo> {
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

const declaredBySpec = new WeakMap<PodSpec, { readonly labels: object; readonly namespace: string } & Declared>();

interface Declared {
  readonly hard: readonly SpreadConstraint[];
  readonly soft: readonly SpreadConstraint[];
}

const NONE: Declared = { hard: [], soft: [] };

/** The pod's own constraints; pods that share spec and labels share the result. */
export function declaredConstraints(pod: Pod): Declared {
  const { topologySpreadConstraints } = pod.spec;
  if (topologySpreadConstraints.length === 0) return NONE;
  const { labels, namespace } = pod.metadata;
  const known = declaredBySpec.get(pod.spec);
  if (known?.labels === labels && known.namespace === namespace) return known;
  const ofKind = (kind: TopologySpreadConstraint['whenUnsatisfiable']): SpreadConstraint[] =>
    topologySpreadConstraints.filter((c) => c.whenUnsatisfiable === kind).map((c) => compile(c, pod));
  const declared = { labels, namespace, hard: ofKind('DoNotSchedule'), soft: ofKind('ScheduleAnyway') };
  declaredBySpec.set(pod.spec, declared);
  return declared;
}

interface Defaults {
  readonly labels: object;
  readonly owner: string | undefined;
  readonly version: number;
  readonly constraints: readonly SpreadConstraint[];
}

/** The system's default constraints, remembered for pods of one template. */
export class DefaultConstraints {
  readonly #bySpec = new WeakMap<PodSpec, Defaults>();
  readonly #cache: SchedulerCache;

  constructor(cache: SchedulerCache) {
    this.#cache = cache;
  }

  /** For a pod without constraints of its own; none when no Service or owner selects it. */
  of(pod: Pod): readonly SpreadConstraint[] {
    const { labels, ownerReferences } = pod.metadata;
    const owner = ownerReferences[0]?.uid;
    const version = this.#cache.selectorsVersion;
    const known = this.#bySpec.get(pod.spec);
    if (known?.labels === labels && known.owner === owner && known.version === version) return known.constraints;
    const constraints = this.#compile(pod);
    this.#bySpec.set(pod.spec, { labels, owner, version, constraints });
    return constraints;
  }

  #compile(pod: Pod): readonly SpreadConstraint[] {
    const selectors = this.#cache.defaultSpreadSelectors(pod);
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

/**
 * Calls back for every node with pods that the constraint counts: selected, and not being deleted. A node may come more
 * than once.
 */
export function forEachMatching(
  constraint: SpreadConstraint,
  cache: SchedulerCache,
  visit: (node: NodeInfo, pods: number) => void,
): void {
  if (constraint.countsNothing) return;
  for (const labelClass of cache.labelClasses.matching(constraint.matcher)) {
    for (const [node, { live }] of labelClass.nodes) {
      if (live > 0) visit(node, live);
    }
  }
}

/** True when the constraint's selector selects a pod with these labels. */
export function selectsLabels(constraint: SpreadConstraint, labels: Readonly<Record<string, string>>): boolean {
  return constraint.matcher.selectors.every((selector) => matchesLabelSelector(selector, labels));
}
