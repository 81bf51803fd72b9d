import type { Node } from '../../kubernetes/node.js';
import type { Pod, PodAffinityTerm } from '../../kubernetes/pod.js';
import type { ClusterSnapshot, StateNode } from '../cluster-snapshot.js';
import { isActive, isTerminal } from '../pod-predicates.js';

/** Bound pods that topology looks at. */
interface BoundPods {
  /** Neither terminal nor terminating, by namespace. */
  readonly activeByNamespace: ReadonlyMap<string, readonly Pod[]>;
  /** Not terminal, with required pod anti-affinity. */
  readonly withAntiAffinity: readonly Pod[];
  /** Their terms; pods of one template share them. */
  readonly antiAffinityTerms: ReadonlySet<PodAffinityTerm>;
}

const NO_TERMS: readonly PodAffinityTerm[] = [];

const boundPodsCache = new WeakMap<readonly Pod[], BoundPods>();
const nodesCache = new WeakMap<readonly StateNode[], ReadonlyMap<string, Node>>();

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
  const activeByNamespace = new Map<string, Pod[]>();
  const withAntiAffinity: Pod[] = [];
  const antiAffinityTerms = new Set<PodAffinityTerm>();
  for (const pod of pods) {
    if ((pod.spec.nodeName ?? '') === '') continue;
    if (isActive(pod)) {
      const { namespace } = pod.metadata;
      const list = activeByNamespace.get(namespace);
      if (list === undefined) activeByNamespace.set(namespace, [pod]);
      else list.push(pod);
    }
    const terms = pod.spec.affinity?.podAntiAffinity?.required ?? NO_TERMS;
    if (terms.length === 0 || isTerminal(pod)) continue;
    withAntiAffinity.push(pod);
    for (const term of terms) antiAffinityTerms.add(term);
  }
  return { activeByNamespace, withAntiAffinity, antiAffinityTerms };
}
