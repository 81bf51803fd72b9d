import { ObjectCache } from '../../kernel/object-cache.js';
import type { Node } from '../../kubernetes/node.js';
import { controllerOf } from '../../kubernetes/object-meta.js';
import type { Pod, PodAffinityTerm } from '../../kubernetes/pod.js';
import type { ClusterSnapshot, StateNode } from '../cluster-snapshot.js';
import { isActive, isProvisionable, isTerminal } from '../pod-predicates.js';

/** What passes look for among all pods. */
interface PodIndex {
  /** Pods that wait for a node (POD-1), in list order. */
  readonly provisionable: readonly Pod[];
  /** The newest pod of each DaemonSet, by the DaemonSet's UID; of pods created together the first in list order. */
  readonly newestOfDaemonSets: ReadonlyMap<string, Pod>;
  /** Bound, neither terminal nor terminating, by namespace. */
  readonly activeByNamespace: () => ReadonlyMap<string, readonly Pod[]>;
  /** Bound, not terminal, with required pod anti-affinity. */
  readonly withAntiAffinity: readonly Pod[];
  /** Their terms; pods of one template share them. */
  readonly antiAffinityTerms: ReadonlySet<PodAffinityTerm>;
}

const indexes = new ObjectCache<readonly Pod[], PodIndex>();
const nodesCache = new ObjectCache<readonly StateNode[], ReadonlyMap<string, Node>>();

export function podIndex({ pods }: Pick<ClusterSnapshot, 'pods'>): PodIndex {
  let index = indexes.get(pods);
  if (index === undefined) {
    const watch = new PodWatch();
    for (const pod of pods) watch.set(pod, pod);
    index = watch.index(pods);
  }
  return index;
}

/** Every Node of the cluster by name, those that are going away included. */
export function nodesByName({ stateNodes }: ClusterSnapshot): ReadonlyMap<string, Node> {
  let nodes = nodesCache.get(stateNodes);
  if (nodes === undefined) {
    const byName = new Map<string, Node>();
    for (const { node } of stateNodes) if (node !== undefined) byName.set(node.metadata.name, node);
    nodes = byName;
    nodesCache.set(stateNodes, nodes);
  }
  return nodes;
}

/**
 * The index of a list of pods that changes: whoever keeps such a list tells of each change, and no pass has to look at all pods
 * again.
 */
export class PodWatch {
  readonly #unbound = new Map<unknown, Pod>();
  readonly #ofDaemonSets = new Map<unknown, Pod>();
  readonly #withTerms = new Map<unknown, Pod>();
  #newest: ReadonlyMap<string, Pod> | undefined;

  /** A new pod, or one that changed. `key`: what stays the same about the pod. */
  set(key: unknown, pod: Pod): void {
    if (isBound(pod)) this.#unbound.delete(key);
    else this.#unbound.set(key, pod);
    if (termsOf(pod).length > 0) this.#withTerms.set(key, pod);
    if (controllerOf(pod.metadata.ownerReferences)?.kind !== 'DaemonSet') return;
    this.#ofDaemonSets.set(key, pod);
    this.#newest = undefined;
  }

  delete(key: unknown): void {
    this.#unbound.delete(key);
    this.#withTerms.delete(key);
    if (this.#ofDaemonSets.delete(key)) this.#newest = undefined;
  }

  /** The index of the list as it is now, which is remembered with it. */
  index(pods: readonly Pod[]): PodIndex {
    const provisionable: Pod[] = [];
    for (const pod of this.#unbound.values()) if (isProvisionable(pod)) provisionable.push(pod);
    const withAntiAffinity: Pod[] = [];
    const antiAffinityTerms = new Set<PodAffinityTerm>();
    for (const pod of this.#withTerms.values()) {
      if (!isBound(pod) || isTerminal(pod)) continue;
      withAntiAffinity.push(pod);
      for (const term of termsOf(pod)) antiAffinityTerms.add(term);
    }
    let activeByNamespace: ReadonlyMap<string, readonly Pod[]> | undefined;
    const index: PodIndex = {
      provisionable,
      newestOfDaemonSets: (this.#newest ??= newestByController(this.#ofDaemonSets.values())),
      withAntiAffinity,
      antiAffinityTerms,
      // Only pods with constraints of their own ask for it.
      activeByNamespace: () => (activeByNamespace ??= groupActive(pods)),
    };
    indexes.set(pods, index);
    return index;
  }
}

const NO_TERMS: readonly PodAffinityTerm[] = [];

function termsOf({ spec }: Pod): readonly PodAffinityTerm[] {
  return spec.affinity?.podAntiAffinity?.required ?? NO_TERMS;
}

function isBound({ spec }: Pod): boolean {
  return spec.nodeName !== undefined && spec.nodeName !== '';
}

function newestByController(pods: Iterable<Pod>): ReadonlyMap<string, Pod> {
  const newest = new Map<string, Pod>();
  for (const pod of pods) {
    const uid = controllerOf(pod.metadata.ownerReferences)?.uid ?? '';
    const known = newest.get(uid);
    if (known === undefined || pod.metadata.creationTimeMs > known.metadata.creationTimeMs) newest.set(uid, pod);
  }
  return newest;
}

function groupActive(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const byNamespace = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (!isBound(pod) || !isActive(pod)) continue;
    const { namespace } = pod.metadata;
    const list = byNamespace.get(namespace);
    if (list === undefined) byNamespace.set(namespace, [pod]);
    else list.push(pod);
  }
  return byNamespace;
}
