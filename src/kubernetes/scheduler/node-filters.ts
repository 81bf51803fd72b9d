import { matchesNodeSelectorTerm, matchesNodeSelectorTerms } from '../node-selector.js';
import type { Node } from '../node.js';
import type { Pod, PodSpec } from '../pod.js';
import type { Taint } from '../taints.js';
import { toleratesTaint, untoleratedTaint } from '../tolerations.js';
import { type Rejection, unresolvable } from './rejection.js';

const CORDON: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

const UNSCHEDULABLE = unresolvable('NodeUnschedulable', 'node(s) were unschedulable');
const WRONG_NAME = unresolvable('NodeName', "node(s) didn't match the requested node name");
const TAINTED = unresolvable('TaintToleration', 'node(s) had untolerated taint(s)');
const WRONG_AFFINITY = unresolvable('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");

/** True when the node satisfies the pod's nodeSelector and required node affinity. */
export function matchesRequiredNodeAffinity(spec: PodSpec, node: Node): boolean {
  const { labels, name } = node.metadata;
  for (const key in spec.nodeSelector) {
    if (labels[key] !== spec.nodeSelector[key]) return false;
  }
  const required = spec.affinity?.nodeAffinity?.required;
  return required === undefined || matchesNodeSelectorTerms(required, labels, name);
}

/** True when the pod may run on the node in spite of a cordon. */
function toleratesCordon(pod: Pod, node: Node): boolean {
  return !node.spec.unschedulable || toleratesTaint(pod.spec.tolerations, CORDON);
}

/**
 * The filters that look at nothing but the pod's spec and the node object: cordon, node name, taints, node affinity, in
 * kube-scheduler's order (kubernetes.md §1.6).
 */
export function filterNodeObject(pod: Pod, node: Node): Rejection | undefined {
  if (!toleratesCordon(pod, node)) return UNSCHEDULABLE;
  const { nodeName } = pod.spec;
  if (nodeName !== undefined && nodeName !== '' && nodeName !== node.metadata.name) return WRONG_NAME;
  if (untoleratedTaint(pod.spec.tolerations, node.spec.taints) !== undefined) return TAINTED;
  return matchesRequiredNodeAffinity(pod.spec, node) ? undefined : WRONG_AFFINITY;
}

/** PreferNoSchedule taints of the node that the pod does not tolerate. */
export function countIntolerable(pod: Pod, node: Node): number {
  let count = 0;
  for (const taint of node.spec.taints) {
    if (taint.effect === 'PreferNoSchedule' && !toleratesTaint(pod.spec.tolerations, taint)) count++;
  }
  return count;
}

/** Sum of the weights of the pod's preferred node-affinity terms that the node satisfies. */
export function preferredNodeAffinity(pod: Pod, node: Node): number {
  let sum = 0;
  for (const { weight, preference } of pod.spec.affinity?.nodeAffinity?.preferred ?? []) {
    if (weight !== 0 && matchesNodeSelectorTerm(preference, node.metadata.labels, node.metadata.name)) sum += weight;
  }
  return sum;
}

/**
 * The only nodes worth looking at when every required term names nodes by `metadata.name` (PreFilter of NodeAffinity);
 * undefined when some term does not. An empty set: the terms contradict each other.
 */
export function nodeNamesByAffinity(pod: Pod): ReadonlySet<string> | undefined {
  const terms = pod.spec.affinity?.nodeAffinity?.required ?? [];
  if (terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of terms) {
    let ofTerm: readonly string[] | undefined;
    for (const { key, operator, values } of term.matchFields) {
      if (key !== 'metadata.name' || operator !== 'In') continue;
      ofTerm = ofTerm === undefined ? values : ofTerm.filter((name) => values.includes(name));
    }
    if (ofTerm === undefined) return undefined;
    for (const name of ofTerm) names.add(name);
  }
  return names;
}
