import type { Node } from '../node.js';
import type { Pod } from '../pod.js';
import { untoleratedTaint } from '../tolerations.js';
import { affinityTerms, matchesAllTerms, type NamespaceLabels } from './affinity-terms.js';
import { HostPorts } from './host-ports.js';
import { matchesRequiredNodeAffinity } from './node-filters.js';
import { NodeInfo } from './node-info.js';
import { podFacts } from './pod-facts.js';
import type { FilterPlugin } from './rejection.js';
import { fitsEmptyNode } from './resources-fit.js';
import { declaredConstraints, hasAllTopologies, selectsLabels } from './topology-spread.js';

/** A node came (no `before`), changed, or went (no `after`). */
export interface NodeEvent {
  readonly kind: 'node';
  readonly before?: Node | undefined;
  readonly after?: Node | undefined;
}

/** A pod that occupies a node came, changed, or went; finished pods have gone. */
export interface PodEvent {
  readonly kind: 'pod';
  readonly before?: Pod | undefined;
  readonly after?: Pod | undefined;
}

/** A claim, volume, storage class or CSI node was added or changed. */
export interface StorageEvent {
  readonly kind: 'storage';
}

/** What may make a waiting pod schedulable. */
export type ClusterEvent = NodeEvent | PodEvent | StorageEvent;

/** True when the event may help a pod that this plugin refused (kubernetes.md §1.3). */
type Hint = (pod: Pod, event: ClusterEvent, namespaceLabels: NamespaceLabels) => boolean;

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage', 'pods'];

function fitsNode(pod: Pod, node: Node): boolean {
  return fitsEmptyNode(podFacts(pod), new NodeInfo(node));
}

function resourcesHint(pod: Pod, event: ClusterEvent): boolean {
  if (event.kind === 'pod') return event.after === undefined;
  if (event.kind !== 'node' || event.after === undefined || !fitsNode(pod, event.after)) return false;
  const { before, after } = event;
  if (before === undefined || !fitsNode(pod, before)) return true;
  const names = [...RESOURCES, ...podFacts(pod).scalar.map(([name]) => name)];
  return names.some((name) => (after.status.allocatable[name] ?? 0) > (before.status.allocatable[name] ?? 0));
}

/** A node condition that did not hold before and holds now. */
function nowHolds(event: ClusterEvent, holds: (node: Node) => boolean): boolean {
  if (event.kind !== 'node' || event.after === undefined || !holds(event.after)) return false;
  return event.before === undefined || !holds(event.before);
}

function portsHint(pod: Pod, event: ClusterEvent): boolean {
  if (event.kind === 'node') return event.before === undefined && event.after !== undefined;
  if (event.kind !== 'pod' || event.after !== undefined || event.before === undefined) return false;
  const freed = new HostPorts();
  freed.add(podFacts(event.before).hostPorts);
  return freed.conflictsWith(podFacts(pod).hostPorts);
}

function spreadHint(pod: Pod, event: ClusterEvent): boolean {
  if (event.kind === 'storage') return false;
  const constraints = declaredConstraints(pod).hard;
  if (event.kind === 'pod') {
    const { before, after } = event;
    const selected = (other: Pod): boolean[] =>
      constraints.map((constraint) => selectsLabels(constraint, other.metadata.labels));
    if ((after ?? before)?.metadata.namespace !== pod.metadata.namespace) return false;
    if (before === undefined || after === undefined) {
      const one = before ?? after;
      return one !== undefined && selected(one).includes(true);
    }
    const now = selected(after);
    return selected(before).some((was, i) => was !== now[i]);
  }
  const { before, after } = event;
  const matched = before !== undefined && hasAllTopologies(constraints, before);
  const matches = after !== undefined && hasAllTopologies(constraints, after);
  if (before === undefined || after === undefined || matched !== matches) return matched || matches;
  if (!matches) return false;
  const moved = constraints.some(
    ({ topologyKey }) => before.metadata.labels[topologyKey] !== after.metadata.labels[topologyKey],
  );
  return moved || before.spec.taints !== after.spec.taints;
}

function affinityHint(pod: Pod, event: ClusterEvent, namespaceLabels: NamespaceLabels): boolean {
  if (event.kind === 'storage') return false;
  const { requiredAffinity, requiredAntiAffinity } = affinityTerms(pod);
  if (event.kind === 'node') {
    const { before, after } = event;
    if (after === undefined) return false;
    if (before === undefined) {
      return (
        requiredAntiAffinity.length > 0 ||
        requiredAffinity.some(({ topologyKey }) => after.metadata.labels[topologyKey] !== undefined)
      );
    }
    return [...requiredAffinity, ...requiredAntiAffinity].some(
      ({ topologyKey }) => before.metadata.labels[topologyKey] !== after.metadata.labels[topologyKey],
    );
  }
  const matches = (terms: typeof requiredAffinity, other: Pod | undefined): boolean =>
    other !== undefined && matchesAllTerms(terms, other.metadata.namespace, other.metadata.labels, namespaceLabels);
  const { before, after } = event;
  return (
    (!matches(requiredAffinity, before) && matches(requiredAffinity, after)) ||
    (matches(requiredAntiAffinity, before) && !matches(requiredAntiAffinity, after))
  );
}

function volumeHint(_pod: Pod, event: ClusterEvent): boolean {
  if (event.kind === 'storage') return true;
  if (event.kind === 'pod') return event.after === undefined && (event.before?.spec.volumes.length ?? 0) > 0;
  return event.after !== undefined && event.before?.metadata.labels !== event.after.metadata.labels;
}

const HINTS: Readonly<Record<FilterPlugin, Hint>> = {
  NodeUnschedulable: (_pod, event) => nowHolds(event, (node) => !node.spec.unschedulable),
  NodeName: (pod, event) => nowHolds(event, (node) => node.metadata.name === pod.spec.nodeName),
  TaintToleration: (pod, event) =>
    nowHolds(event, (node) => untoleratedTaint(pod.spec.tolerations, node.spec.taints) === undefined),
  NodeAffinity: (pod, event) => nowHolds(event, (node) => matchesRequiredNodeAffinity(pod.spec, node)),
  NodePorts: portsHint,
  NodeResourcesFit: resourcesHint,
  VolumeRestrictions: volumeHint,
  NodeVolumeLimits: volumeHint,
  VolumeBinding: volumeHint,
  VolumeZone: volumeHint,
  PodTopologySpread: spreadHint,
  InterPodAffinity: affinityHint,
};

/** True when the event is worth another attempt for a pod that these plugins refused; any event is when none did. */
export function mayHelp(
  pod: Pod,
  plugins: ReadonlySet<FilterPlugin>,
  event: ClusterEvent,
  namespaceLabels: NamespaceLabels,
): boolean {
  if (plugins.size === 0) return true;
  for (const plugin of plugins) {
    if (HINTS[plugin](pod, event, namespaceLabels)) return true;
  }
  return false;
}
