import { ObjectCache } from '../../kernel/object-cache.js';
import type { Node } from '../../kubernetes/node.js';
import type { Pod, PodAffinityTerm } from '../../kubernetes/pod.js';
import type { ClusterSnapshot, StateNode } from '../cluster-snapshot.js';
import { isActive, isTerminal } from '../pod-predicates.js';

/** Bound pods that topology looks at. */
interface BoundPods {
  /** Neither terminal nor terminating, by namespace. */
  readonly activeByNamespace: () => ReadonlyMap<string, readonly Pod[]>;
  /** Not terminal, with required pod anti-affinity. */
  readonly withAntiAffinity: readonly Pod[];
  /** Their terms; pods of one template share them. */
  readonly antiAffinityTerms: ReadonlySet<PodAffinityTerm>;
}

const NO_TERMS: readonly PodAffinityTerm[] = [];

const boundPodsCache = new ObjectCache<readonly Pod[], BoundPods>();
const nodesCache = new ObjectCache<readonly StateNode[], ReadonlyMap<string, Node>>();

export function boundPods({ pods }: ClusterSnapshot): BoundPods {
  let bound = boundPodsCache.get(pods);
  if (bound === undefined) {
    bound = indexPods(pods);
    boundPodsCache.set(pods, bound);
  }
  return bound;
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

function indexPods(pods: readonly Pod[]): BoundPods {
  let activeByNamespace: ReadonlyMap<string, readonly Pod[]> | undefined;
  const withAntiAffinity: Pod[] = [];
  const antiAffinityTerms = new Set<PodAffinityTerm>();
  for (const pod of pods) {
    const terms = pod.spec.affinity?.podAntiAffinity?.required ?? NO_TERMS;
    if (terms.length === 0 || (pod.spec.nodeName ?? '') === '' || isTerminal(pod)) continue;
    withAntiAffinity.push(pod);
    for (const term of terms) antiAffinityTerms.add(term);
  }
  return {
    withAntiAffinity,
    antiAffinityTerms,
    // Only pods with constraints of their own ask for it.
    activeByNamespace: () => (activeByNamespace ??= groupActive(pods)),
  };
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
