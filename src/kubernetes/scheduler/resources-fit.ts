import type { NodeInfo } from './node-info.js';
import type { PodFacts } from './pod-facts.js';
import { type Rejection, unresolvable, unschedulable } from './rejection.js';

/**
 * NodeResourcesFit: the pod's requests against allocatable less what the node's pods request. A request larger than
 * allocatable can never fit, which is what preemption wants to know.
 */
export function filterResources(facts: PodFacts, node: NodeInfo): Rejection | undefined {
  const { cpuMilli, memoryBytes, ephemeralBytes, scalar } = facts;
  if (
    node.pods.length < node.allocatablePods &&
    (cpuMilli === 0 || cpuMilli <= node.allocatableCpuMilli - node.usedCpuMilli) &&
    (memoryBytes === 0 || memoryBytes <= node.allocatableMemoryBytes - node.usedMemoryBytes) &&
    (ephemeralBytes === 0 || ephemeralBytes <= node.allocatableEphemeralBytes - node.usedEphemeralBytes) &&
    scalar.length === 0
  ) {
    return undefined;
  }
  return describeMisfit(facts, node);
}

function describeMisfit(facts: PodFacts, node: NodeInfo): Rejection | undefined {
  const reasons: string[] = [];
  const beyondNode: string[] = [];
  if (node.pods.length + 1 > node.allocatablePods) reasons.push('Too many pods');
  const check = (name: string, wanted: number, allocatable: number, used: number): void => {
    if (wanted === 0 || wanted <= allocatable - used) return;
    reasons.push(`Insufficient ${name}`);
    if (wanted > allocatable) beyondNode.push(name);
  };
  check('cpu', facts.cpuMilli, node.allocatableCpuMilli, node.usedCpuMilli);
  check('memory', facts.memoryBytes, node.allocatableMemoryBytes, node.usedMemoryBytes);
  check('ephemeral-storage', facts.ephemeralBytes, node.allocatableEphemeralBytes, node.usedEphemeralBytes);
  for (const [name, amount] of facts.scalar) {
    check(name, amount, node.node.status.allocatable[name] ?? 0, node.usedScalar.get(name) ?? 0);
  }
  if (reasons.length === 0) return undefined;
  return beyondNode.length === 0
    ? unschedulable('NodeResourcesFit', ...reasons)
    : unresolvable('NodeResourcesFit', ...reasons);
}

/** True when the pod would fit the node if no other pod were on it (used to judge whether a new node may help). */
export function fitsEmptyNode(facts: PodFacts, node: NodeInfo): boolean {
  if (node.allocatablePods < 1) return false;
  return (
    facts.cpuMilli <= node.allocatableCpuMilli &&
    facts.memoryBytes <= node.allocatableMemoryBytes &&
    facts.ephemeralBytes <= node.allocatableEphemeralBytes &&
    facts.scalar.every(([name, amount]) => amount <= (node.node.status.allocatable[name] ?? 0))
  );
}
