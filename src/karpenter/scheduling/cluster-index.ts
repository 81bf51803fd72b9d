import { ObjectCache } from '../../kernel/object-cache.js';
import type { Node } from '../../kubernetes/node.js';
import type { OwnerReference } from '../../kubernetes/object-meta.js';
import type { Pod, PodAffinityTerm } from '../../kubernetes/pod.js';
import type { ClusterSnapshot, StateNode } from '../cluster-snapshot.js';
import { isActive, isProvisionable, isTerminal } from '../pod-predicates.js';

/** What passes look for among all pods, found in one go: the list is another one after every change of a pod. */
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
    index = indexPods(pods);
    indexes.set(pods, index);
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

function indexPods(pods: readonly Pod[]): PodIndex {
  let activeByNamespace: ReadonlyMap<string, readonly Pod[]> | undefined;
  const provisionable: Pod[] = [];
  const newestOfDaemonSets = new Map<string, Pod>();
  const withAntiAffinity: Pod[] = [];
  const antiAffinityTerms = new Set<PodAffinityTerm>();
  for (const pod of pods) {
    const controller = controllerOf(pod);
    if (controller?.kind === 'DaemonSet') {
      const known = newestOfDaemonSets.get(controller.uid);
      if (known === undefined || pod.metadata.creationTimeMs > known.metadata.creationTimeMs) {
        newestOfDaemonSets.set(controller.uid, pod);
      }
    }
    const { nodeName, affinity } = pod.spec;
    if (nodeName === undefined || nodeName === '') {
      if (isProvisionable(pod)) provisionable.push(pod);
      continue;
    }
    const terms = affinity?.podAntiAffinity?.required;
    if (terms === undefined || terms.length === 0 || isTerminal(pod)) continue;
    withAntiAffinity.push(pod);
    for (const term of terms) antiAffinityTerms.add(term);
  }
  return {
    provisionable,
    newestOfDaemonSets,
    withAntiAffinity,
    antiAffinityTerms,
    // Only pods with constraints of their own ask for it.
    activeByNamespace: () => (activeByNamespace ??= groupActive(pods)),
  };
}

function controllerOf({ metadata }: Pod): OwnerReference | undefined {
  for (const owner of metadata.ownerReferences) if (owner.controller) return owner;
  return undefined;
}

function groupActive(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const byNamespace = new Map<string, Pod[]>();
  for (const pod of pods) {
    if ((pod.spec.nodeName ?? '') === '' || !isActive(pod)) continue;
    const { namespace } = pod.metadata;
    const list = byNamespace.get(namespace);
    if (list === undefined) byNamespace.set(namespace, [pod]);
    else list.push(pod);
  }
  return byNamespace;
}
