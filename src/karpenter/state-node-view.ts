import { withEntries } from '../kernel/copies.js';
import { ObjectCache } from '../kernel/object-cache.js';
import type { Pod } from '../kubernetes/pod.js';
import { mergeResources } from '../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { Taint } from '../kubernetes/taints.js';
import type { StateNode } from './cluster-snapshot.js';
import { hasCondition } from './lifecycle/conditions.js';
import { isEphemeralTaintV0, isEphemeralTaintV1, sameTaint } from './lifecycle/markers.js';
import { isOwnedByDaemonSet, isTerminal } from './pod-predicates.js';
import { HOSTNAME_LABEL, INITIALIZED_LABEL, NODEPOOL_LABEL, REGISTERED_LABEL } from './requirements/labels.js';
import type { KarpenterVersion } from './settings.js';

/** What Karpenter reads out of a tracked node: NodeClaim and Node taken together (EX-1). */
export interface StateNodeView {
  readonly stateNode: StateNode;
  /** NodeClaim's name until registered, then the Node's. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostname: string;
  /** NodePool named by the label; undefined for a node of no NodePool. */
  readonly nodePoolName: string | undefined;
  readonly taints: readonly Taint[];
  readonly managed: boolean;
  readonly registered: boolean;
  readonly initialized: boolean;
  readonly markedForDeletion: boolean;
  readonly capacity: ResourceList;
  readonly allocatable: ResourceList;
  /** Allocatable minus the requests of all non-terminal pods. */
  readonly available: ResourceList;
  /** The part of the requests that belongs to DaemonSet pods. */
  readonly daemonRequests: ResourceList;
  /** Bound pods that are not terminal; they hold the node's resources, ports and volumes. */
  readonly runningPods: readonly Pod[];
}

/** What differs between the versions in reading a tracked node. */
interface StateNodePolicy {
  /** A NodePool label alone makes a node managed. */
  readonly managedByLabel: boolean;
  /** Being initialized counts as being registered when name, labels and taints are chosen. */
  readonly initializedActsRegistered: boolean;
  readonly isEphemeralTaint: (taint: Taint) => boolean;
  /** Ephemeral taints are overlooked on every node, not only on managed ones that are starting. */
  readonly alwaysOverlooksEphemeralTaints: boolean;
  /** Capacity counts the node itself, for the `nodes` limit. */
  readonly countsNodes: boolean;
  /** A NodeClaim whose instance is terminating is as good as deleted. */
  readonly terminatingMeansDeleting: boolean;
  readonly podRequests: (pod: Pod) => ResourceList;
}

const ONE_NODE: ResourceList = { nodes: 1 };

/** Reads tracked nodes as one version does. Views are cached by state node, which must therefore be immutable. */
export class StateNodeReader {
  readonly #views = new ObjectCache<StateNode, StateNodeView>();
  readonly #lists = new ObjectCache<readonly StateNode[], readonly StateNodeView[]>();
  readonly #active = new ObjectCache<readonly StateNode[], readonly StateNode[]>();
  readonly #policy: StateNodePolicy;

  constructor(version: KarpenterVersion, podRequests: (pod: Pod) => ResourceList) {
    const v0 = version === 'v0.32.0';
    this.#policy = {
      managedByLabel: v0,
      initializedActsRegistered: v0,
      isEphemeralTaint: v0 ? isEphemeralTaintV0 : isEphemeralTaintV1,
      alwaysOverlooksEphemeralTaints: v0,
      countsNodes: !v0,
      terminatingMeansDeleting: !v0,
      podRequests,
    };
  }

  /** What a list of nodes is read as, in the same order. */
  views(stateNodes: readonly StateNode[]): readonly StateNodeView[] {
    let views = this.#lists.get(stateNodes);
    if (views === undefined) {
      views = stateNodes.map((stateNode) => this.view(stateNode));
      this.#lists.set(stateNodes, views);
    }
    return views;
  }

  /** Nodes of a list that do not go away. */
  active(stateNodes: readonly StateNode[]): readonly StateNode[] {
    let active = this.#active.get(stateNodes);
    if (active === undefined) {
      active = this.views(stateNodes)
        .filter(({ markedForDeletion }) => !markedForDeletion)
        .map(({ stateNode }) => stateNode);
      this.#active.set(stateNodes, active);
    }
    return active;
  }

  view(stateNode: StateNode): StateNodeView {
    let view = this.#views.get(stateNode);
    if (view === undefined) {
      view = readStateNode(stateNode, this.#policy);
      this.#views.set(stateNode, view);
    }
    return view;
  }
}

function readStateNode(stateNode: StateNode, policy: StateNodePolicy): StateNodeView {
  const { node, nodeClaim } = stateNode;
  const managed =
    nodeClaim !== undefined || (policy.managedByLabel && (node?.metadata.labels[NODEPOOL_LABEL] ?? '') !== '');
  const registered = !managed || node?.metadata.labels[REGISTERED_LABEL] === 'true';
  const initialized = !managed || node?.metadata.labels[INITIALIZED_LABEL] === 'true';
  const nodeSpeaks = registered || (policy.initializedActsRegistered && initialized);
  const source = node === undefined || (nodeClaim !== undefined && !nodeSpeaks) ? nodeClaim : node;
  if (source === undefined) throw new Error('a state node needs a Node or a NodeClaim');
  const { name, labels, annotations } = source.metadata;
  const hostLabel = labels[HOSTNAME_LABEL] ?? '';
  const starting = !initialized && nodeClaim !== undefined;
  const capacity = starting
    ? fillZeros(node?.status.capacity, nodeClaim.status.capacity)
    : (node?.status.capacity ?? {});
  const allocatable = starting
    ? fillZeros(node?.status.allocatable, nodeClaim.status.allocatable)
    : (node?.status.allocatable ?? {});
  const usage = usageOf(allocatable, stateNode.pods, policy);
  return {
    stateNode,
    name,
    labels,
    annotations,
    hostname: hostLabel === '' ? name : hostLabel,
    nodePoolName: labels[NODEPOOL_LABEL],
    taints: visibleTaints(source.spec.taints, stateNode, !initialized && managed, policy),
    managed,
    registered,
    initialized,
    markedForDeletion: isMarkedForDeletion(stateNode, policy.terminatingMeansDeleting),
    capacity: policy.countsNodes ? countingNode(capacity) : capacity,
    allocatable,
    available: usage.available,
    daemonRequests: usage.daemonRequests,
    runningPods: usage.runningPods,
  };
}

const countingNodes = new WeakMap<ResourceList, ResourceList>();

/** Capacity with the node itself as one of its resources. */
function countingNode(capacity: ResourceList): ResourceList {
  let counting = countingNodes.get(capacity);
  if (counting === undefined) countingNodes.set(capacity, (counting = withEntries(capacity, ONE_NODE)));
  return counting;
}

interface NodeUsage {
  readonly allocatable: ResourceList;
  readonly podRequests: StateNodePolicy['podRequests'];
  readonly usage: Pick<StateNodeView, 'available' | 'daemonRequests' | 'runningPods'>;
}

/** By the list of pods, which outlasts most changes of node and NodeClaim. */
const usages = new ObjectCache<readonly Pod[], NodeUsage>();

/** What runs on the node, and what it leaves: allocatable minus requests, over the names of allocatable alone (QTY-3: Subtract). */
function usageOf(
  allocatable: ResourceList,
  pods: readonly Pod[],
  { podRequests }: StateNodePolicy,
): NodeUsage['usage'] {
  const known = usages.get(pods);
  if (known?.allocatable === allocatable && known.podRequests === podRequests) return known.usage;
  const available: Record<string, number> = { ...allocatable };
  const runningPods: Pod[] = [];
  const daemonRequests: ResourceList[] = [];
  for (const pod of pods) {
    if (isTerminal(pod)) continue;
    runningPods.push(pod);
    const requests = podRequests(pod);
    for (const name in requests) {
      const left = available[name];
      if (left !== undefined) available[name] = left - (requests[name] ?? 0);
    }
    if (isOwnedByDaemonSet(pod)) daemonRequests.push(requests);
  }
  const usage = { available, daemonRequests: mergeResources(...daemonRequests), runningPods };
  usages.set(pods, { allocatable, podRequests, usage });
  return usage;
}

/** The same list where every taint is seen, so that readers may go by its identity. */
function visibleTaints(
  taints: readonly Taint[],
  { nodeClaim }: StateNode,
  starting: boolean,
  policy: StateNodePolicy,
): readonly Taint[] {
  const startupTaints = starting ? (nodeClaim?.spec.startupTaints ?? []) : [];
  const overlooksEphemeral = starting || policy.alwaysOverlooksEphemeralTaints;
  const isVisible = (taint: Taint): boolean =>
    !(overlooksEphemeral && policy.isEphemeralTaint(taint)) &&
    !startupTaints.some((startup) => sameTaint(startup, taint));
  return taints.every(isVisible) ? taints : taints.filter(isVisible);
}

/** Node amounts, with zero or missing ones taken from the NodeClaim until the kubelet reports them. */
function fillZeros(reported: ResourceList | undefined, promised: ResourceList): ResourceList {
  if (reported === undefined) return promised;
  const filled: Record<string, number> = { ...reported };
  for (const name in promised) if ((filled[name] ?? 0) === 0) filled[name] = promised[name] ?? 0;
  return filled;
}

function isMarkedForDeletion(stateNode: StateNode, terminatingMeansDeleting: boolean): boolean {
  const { node, nodeClaim, markedForDeletion } = stateNode;
  if (markedForDeletion) return true;
  if (nodeClaim === undefined) return node?.metadata.deletionTimeMs !== undefined;
  return (
    nodeClaim.metadata.deletionTimeMs !== undefined ||
    (terminatingMeansDeleting && hasCondition(nodeClaim, 'InstanceTerminating'))
  );
}
