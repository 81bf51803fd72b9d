import { ObjectCache } from '../../kernel/object-cache.js';
import type { Node } from '../node.js';
import type { OwnerReference } from '../object-meta.js';
import { changedSpec, type Pod, type PodSpec } from '../pod.js';
import { scaledValue } from '../int-or-percent.js';
import { isPodFinished } from '../pod-conditions.js';
import { matchesRequiredNodeAffinity } from '../scheduler/node-filters.js';
import type { TaintEffect, Toleration } from '../taints.js';
import { untoleratedTaint } from '../tolerations.js';
import type { DaemonSet, PodTemplate } from '../workloads.js';

function exists(key: string, effect: TaintEffect): Toleration {
  return { key, operator: 'Exists', value: '', effect };
}

const AUTOMATIC: readonly Toleration[] = [
  exists('node.kubernetes.io/not-ready', 'NoExecute'),
  exists('node.kubernetes.io/unreachable', 'NoExecute'),
  exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
];
const HOST_NETWORK = exists('node.kubernetes.io/network-unavailable', 'NoSchedule');

const specs = new ObjectCache<DaemonSet, PodSpec>();

/** The template's spec with the tolerations that every daemon pod gets (kubernetes.md §2.4). */
function daemonSpec(set: DaemonSet): PodSpec {
  let spec = specs.get(set);
  if (spec === undefined) {
    const { spec: declared } = set.template;
    const added = declared.hostNetwork ? [...AUTOMATIC, HOST_NETWORK] : AUTOMATIC;
    spec = { ...declared, tolerations: [...declared.tolerations, ...added] };
    specs.set(set, spec);
  }
  return spec;
}

/** Whether a DaemonSet wants a pod on the node, and whether one that is there may stay. */
export interface DaemonVerdict {
  readonly shouldRun: boolean;
  readonly mayStay: boolean;
}

/** Judges one node by name, required affinity and taints. Cordoned and full nodes are no reason to leave one out. */
export function daemonVerdict(set: DaemonSet, node: Node): DaemonVerdict {
  const spec = daemonSpec(set);
  const { nodeName } = spec;
  if (nodeName !== undefined && nodeName !== '' && nodeName !== node.metadata.name) {
    return { shouldRun: false, mayStay: false };
  }
  if (!matchesRequiredNodeAffinity(spec, node)) return { shouldRun: false, mayStay: false };
  const { taints } = node.spec;
  if (untoleratedTaint(spec.tolerations, taints) === undefined) return { shouldRun: true, mayStay: true };
  return { shouldRun: false, mayStay: untoleratedTaint(spec.tolerations, taints, ['NoExecute']) === undefined };
}

/** The template for a daemon pod of that node: the default scheduler puts it there by an affinity to the node's name. */
export function daemonTemplate(set: DaemonSet, nodeName: string): PodTemplate {
  const spec = daemonSpec(set);
  const pinned = [
    { matchExpressions: [], matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [nodeName] }] },
  ];
  const preferred = spec.affinity?.nodeAffinity?.preferred ?? [];
  return {
    ...set.template,
    spec: changedSpec(spec, { affinity: { ...spec.affinity, nodeAffinity: { required: pinned, preferred } } }),
  };
}

/** The node that a daemon pod belongs to: where it runs, or where its affinity sends it. */
export function daemonPodNode(pod: Pod): string | undefined {
  const { nodeName, affinity } = pod.spec;
  if (nodeName !== undefined) return nodeName;
  const term = affinity?.nodeAffinity?.required?.[0];
  return term?.matchFields.find(({ key }) => key === 'metadata.name')?.values[0];
}

/** What one sync of a DaemonSet does. */
export interface DaemonSetPlan {
  /** Nodes that need a pod. */
  readonly create: readonly string[];
  readonly delete: readonly Pod[];
}

/**
 * One sync of a DaemonSet over all nodes: one live pod on every node that wants it. Pods of nodes that are gone are left
 * to the garbage collector.
 */
export function reconcileDaemonSet(set: DaemonSet, nodes: Iterable<Node>, pods: Iterable<Pod>): DaemonSetPlan {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const name = daemonPodNode(pod);
    if (name === undefined) continue;
    const known = byNode.get(name);
    if (known === undefined) byNode.set(name, [pod]);
    else known.push(pod);
  }
  const create: string[] = [];
  const surplus: Pod[] = [];
  for (const node of nodes) {
    const { shouldRun, mayStay } = daemonVerdict(set, node);
    const here = byNode.get(node.metadata.name) ?? [];
    const live = here.filter((pod) => pod.metadata.deletionTimeMs === undefined);
    // One that has failed, evicted by the kubelet for instance, makes room for its successor.
    if (mayStay) surplus.push(...live.filter(isPodFinished));
    if (shouldRun && here.length === 0) create.push(node.metadata.name);
    if (!mayStay) surplus.push(...live);
    else if (live.length > 1) surplus.push(...live.sort(oldestFirst).slice(1));
  }
  return { create, delete: surplus };
}

/**
 * Pods that a rolling update of a DaemonSet deletes now: outdated ones that are not available at once, others as maxUnavailable
 * lets them go (K34 pkg/controller/daemon/update.go: rollingUpdate).
 * @param isAvailable - Ready for `minReadySeconds`.
 */
export function outdatedDaemonPods(
  set: DaemonSet,
  nodes: Iterable<Node>,
  pods: Iterable<Pod>,
  isOutdated: (pod: Pod) => boolean,
  isAvailable: (pod: Pod) => boolean,
): readonly Pod[] {
  if (set.updateStrategy.type === 'OnDelete') return [];
  const live = new Map<string, Pod>();
  for (const pod of pods) {
    const name = daemonPodNode(pod);
    if (name !== undefined && pod.metadata.deletionTimeMs === undefined) live.set(name, pod);
  }
  const broken: Pod[] = [];
  const working: Pod[] = [];
  let wanted = 0;
  let unavailable = 0;
  for (const node of nodes) {
    if (!daemonVerdict(set, node).shouldRun) continue;
    wanted++;
    const pod = live.get(node.metadata.name);
    if (pod === undefined || !isAvailable(pod)) unavailable++;
    if (pod === undefined || !isOutdated(pod)) continue;
    (isAvailable(pod) ? working : broken).push(pod);
  }
  const most = scaledValue(set.updateStrategy.maxUnavailable, wanted, 'up');
  return [...broken, ...working.slice(0, Math.max(0, most - unavailable))];
}

function oldestFirst(a: Pod, b: Pod): number {
  return a.metadata.creationTimeMs - b.metadata.creationTimeMs;
}

/** Reference to the DaemonSet, for its pods' metadata. */
export function daemonSetOwner(set: DaemonSet): OwnerReference {
  const { name, uid } = set.metadata;
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid, controller: true };
}
