import type { NodeInfo } from './node-info.js';
import type { PodFacts } from './pod-facts.js';

/** How NodeResourcesFit ranks nodes (kubernetes.md §1.9). */
export type ScoringStrategy = 'LeastAllocated' | 'MostAllocated';

/** Score of one resource under LeastAllocated, 0–100, truncated. */
function leastAllocated(requested: number, allocatable: number): number {
  return requested > allocatable ? 0 : Math.floor(((allocatable - requested) * 100) / allocatable);
}

/** Score of one resource under MostAllocated, 0–100, truncated; more than all counts as all. */
function mostAllocated(requested: number, allocatable: number): number {
  return Math.floor((Math.min(requested, allocatable) * 100) / allocatable);
}

/** NodeResourcesFit, 0–100: mean over cpu and memory, with the non-zero requests of pods that give none (§1.7.1). */
export function scoreResourcesFit(facts: PodFacts, node: NodeInfo, strategy: ScoringStrategy): number {
  const score = strategy === 'LeastAllocated' ? leastAllocated : mostAllocated;
  const { allocatableCpuMilli, allocatableMemoryBytes } = node;
  let sum = 0;
  let weights = 0;
  if (allocatableCpuMilli !== 0) {
    sum += score(node.nonZeroCpuMilli + facts.nonZeroCpuMilli, allocatableCpuMilli);
    weights++;
  }
  if (allocatableMemoryBytes !== 0) {
    sum += score(node.nonZeroMemoryBytes + facts.nonZeroMemoryBytes, allocatableMemoryBytes);
    weights++;
  }
  return weights === 0 ? 0 : Math.floor(sum / weights);
}

/** NodeResourcesBalancedAllocation, 0–100: how equal the fractions of cpu and memory in use are (§1.7.2). */
export function scoreBalancedAllocation(facts: PodFacts, node: NodeInfo): number {
  const { allocatableCpuMilli, allocatableMemoryBytes } = node;
  let deviation = 0;
  if (allocatableCpuMilli !== 0 && allocatableMemoryBytes !== 0) {
    const cpu = Math.min(1, (node.usedCpuMilli + facts.cpuMilli) / allocatableCpuMilli);
    const memory = Math.min(1, (node.usedMemoryBytes + facts.memoryBytes) / allocatableMemoryBytes);
    deviation = Math.abs((cpu - memory) / 2);
  }
  return Math.trunc((1 - deviation) * 100);
}
