import type { NodeHistory } from './node-history.js';
import type { PodHistory } from './pod-history.js';

/** How full one node was while it was Ready. Integrals over time, in the unit named × milliseconds. */
export interface NodeUse {
  readonly readyMs: number;
  readonly allocatableCpuMilli: number;
  readonly allocatableMemoryBytes: number;
  readonly requestedCpuMilli: number;
  readonly requestedMemoryBytes: number;
  readonly pods: number;
}

/** How full the nodes that Karpenter manages, or a baseline in its place, were; every ratio is time-weighted and 0 when there was no such node. */
export interface Utilisation {
  /** Requests over allocatable, 0–1. */
  readonly cpu: number;
  readonly memory: number;
  /** Pods on an average node at an average moment. */
  readonly podsPerNode: number;
  /** Allocatable of all Ready nodes, mean over the run. */
  readonly meanAllocatable: { readonly cpuMilli: number; readonly memoryBytes: number };
}

/**
 * Use of every node that became Ready, by node name. A pod counts on its node from binding until it is gone, a node from Ready
 * until its instance is terminated. DaemonSet pods are left out: they are what a node costs, not what it is for.
 */
export function nodeUse(
  nodes: readonly NodeHistory[],
  pods: readonly PodHistory[],
  endMs: number,
): ReadonlyMap<string, NodeUse> {
  type Draft = { -readonly [K in keyof NodeUse]: number } & { readonly fromMs: number; readonly toMs: number };
  const uses = new Map<string, Draft>();
  for (const node of nodes) {
    if (node.readyMs === undefined || node.instance === undefined) continue;
    const { allocatable } = node.instance;
    const toMs = node.terminatingMs ?? endMs;
    const readyMs = Math.max(0, toMs - node.readyMs);
    uses.set(node.node, {
      fromMs: node.readyMs,
      toMs,
      readyMs,
      allocatableCpuMilli: (allocatable['cpu'] ?? 0) * readyMs,
      allocatableMemoryBytes: (allocatable['memory'] ?? 0) * readyMs,
      requestedCpuMilli: 0,
      requestedMemoryBytes: 0,
      pods: 0,
    });
  }
  for (const pod of pods) {
    if (pod.boundMs === undefined) continue;
    const use = uses.get(pod.node);
    if (use === undefined) continue;
    const sharedMs = Math.min(pod.goneMs ?? endMs, use.toMs) - Math.max(pod.boundMs, use.fromMs);
    if (sharedMs <= 0) continue;
    use.requestedCpuMilli += (pod.requests['cpu'] ?? 0) * sharedMs;
    use.requestedMemoryBytes += (pod.requests['memory'] ?? 0) * sharedMs;
    use.pods += sharedMs;
  }
  return uses;
}

/** Sums the use of all nodes that Karpenter manages, or a baseline in its place. */
export function utilisation(
  nodes: readonly NodeHistory[],
  uses: ReadonlyMap<string, NodeUse>,
  endMs: number,
): Utilisation {
  const sum = { readyMs: 0, cpu: 0, memory: 0, requestedCpu: 0, requestedMemory: 0, pods: 0 };
  for (const node of nodes) {
    const use = node.managed && node.standsForKarpenter === undefined ? undefined : uses.get(node.node);
    if (use === undefined) continue;
    sum.readyMs += use.readyMs;
    sum.cpu += use.allocatableCpuMilli;
    sum.memory += use.allocatableMemoryBytes;
    sum.requestedCpu += use.requestedCpuMilli;
    sum.requestedMemory += use.requestedMemoryBytes;
    sum.pods += use.pods;
  }
  return {
    cpu: ratio(sum.requestedCpu, sum.cpu),
    memory: ratio(sum.requestedMemory, sum.memory),
    podsPerNode: ratio(sum.pods, sum.readyMs),
    meanAllocatable: { cpuMilli: ratio(sum.cpu, endMs), memoryBytes: ratio(sum.memory, endMs) },
  };
}

/** a / b, 0 when there is nothing to divide by. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
