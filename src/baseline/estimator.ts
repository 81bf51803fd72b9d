import type { Node } from '../kubernetes/node.js';
import { podRequests } from '../kubernetes/pod-requests.js';
import type { Pod } from '../kubernetes/pod.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { ClusterSnapshot } from './cluster-snapshot.js';

/** Pods that schedulers cannot tell apart: one owner, one spec. */
export interface PodGroup {
  readonly pods: readonly Pod[];
}

/** A node as a group would start it, with the DaemonSet pods that would run there. */
export interface NodeTemplate {
  readonly node: Node;
  readonly daemonPods: readonly Pod[];
}

/** What an estimate needs, and what it would put where. */
export interface Estimate {
  /** Nodes that hold a pod. */
  readonly nodes: number;
  readonly pods: readonly Pod[];
}

/** New nodes that one estimate may add (max-nodes-per-scaleup). */
const MAX_NEW_NODES = 1000;

/** Name of the n-th copy of a template. */
function copyName(name: string, index: number): string {
  return `${name}-${index}`;
}

/** A copy of a template under another name. */
function copyOfTemplate({ node, daemonPods }: NodeTemplate, name: string): NodeTemplate {
  const labels = { ...node.metadata.labels, 'kubernetes.io/hostname': name };
  return {
    node: { ...node, metadata: { ...node.metadata, name, uid: name, labels } },
    daemonPods: daemonPods.map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, name: `${pod.metadata.name}-${name}`, uid: `${pod.metadata.uid}/${name}` },
    })),
  };
}

/** Adds a copy of a template, its DaemonSet pods running, to a snapshot. */
export function addTemplateCopy(snapshot: ClusterSnapshot, template: NodeTemplate, name: string): void {
  const copy = copyOfTemplate(template, name);
  snapshot.addNode(copy.node);
  for (const pod of copy.daemonPods) snapshot.place(pod, name);
}

/**
 * How many nodes of one shape the pods need: first fit, most demanding group first (kubernetes.md §7.3). Filters only, no
 * scores; the nodes that are there already are not packed, but their pods count for spread and affinity. The snapshot is as
 * before when it returns.
 *
 * Within a group, pods go round the new nodes from where the last one was put until one does not fit; the rest only try the node
 * added last, and a new one when that is full. A pod that does not fit on an empty new node ends its group.
 */
export function estimateNodes(
  snapshot: ClusterSnapshot,
  groups: readonly PodGroup[],
  template: NodeTemplate,
  maxNodes = MAX_NEW_NODES,
): Estimate {
  const mark = snapshot.fork();
  const packing = new Packing(snapshot, template, maxNodes);
  for (const { pods } of byDemand(groups, template.node.status.allocatable)) packing.add(pods);
  snapshot.revert(mark);
  return { nodes: packing.usedNodes, pods: packing.placed };
}

/** Groups by the share of a node that one of their pods asks for, largest first; equals keep their order. */
function byDemand(groups: readonly PodGroup[], allocatable: ResourceList): readonly PodGroup[] {
  const share = (requested: number | undefined, of: number | undefined): number =>
    requested === undefined || of === undefined || of === 0 ? 0 : requested / of;
  const scored = groups.flatMap((group) => {
    const [sample] = group.pods;
    if (sample === undefined) return [];
    const requests = podRequests(sample);
    const score = share(requests['cpu'], allocatable['cpu']) + share(requests['memory'], allocatable['memory']);
    return [{ group, score }];
  });
  return scored.sort((a, b) => b.score - a.score).map(({ group }) => group);
}

class Packing {
  readonly placed: Pod[] = [];
  readonly #names: string[] = [];
  readonly #used = new Set<string>();
  #lastIndex = -1;

  constructor(
    private readonly snapshot: ClusterSnapshot,
    private readonly template: NodeTemplate,
    private readonly maxNodes: number,
  ) {}

  get usedNodes(): number {
    return this.#used.size;
  }

  add(pods: readonly Pod[]): void {
    let next = 0;
    while (next < pods.length && this.#placeRoundRobin(pods[next])) next++;
    for (const pod of pods.slice(next)) if (!this.#placeOnLast(pod)) return;
  }

  #placeRoundRobin(pod: Pod | undefined): boolean {
    if (pod === undefined) return false;
    const fits = this.snapshot.filters(pod);
    if (fits === undefined) return false;
    const count = this.#names.length;
    for (let step = 1; step <= count; step++) {
      const index = (this.#lastIndex + step) % count;
      const name = this.#names[index] ?? '';
      const node = this.snapshot.node(name);
      if (node === undefined || !fits(node)) continue;
      this.#lastIndex = index;
      this.#place(pod, name);
      return true;
    }
    return false;
  }

  /** False: nothing more of the group can be placed. */
  #placeOnLast(pod: Pod): boolean {
    const last = this.#names.at(-1);
    if (last !== undefined) {
      if (this.#fitsOn(pod, last)) {
        this.#place(pod, last);
        return true;
      }
      if (!this.#used.has(last)) return false;
    }
    if (this.#names.length >= this.maxNodes) return false;
    const name = copyName(this.template.node.metadata.name, this.#names.length);
    addTemplateCopy(this.snapshot, this.template, name);
    this.#names.push(name);
    if (!this.#fitsOn(pod, name)) return false;
    this.#place(pod, name);
    return true;
  }

  #fitsOn(pod: Pod, name: string): boolean {
    const node = this.snapshot.node(name);
    return node !== undefined && this.snapshot.filters(pod)?.(node) === true;
  }

  #place(pod: Pod, name: string): void {
    this.snapshot.place(pod, name);
    this.#used.add(name);
    this.placed.push(pod);
  }
}
