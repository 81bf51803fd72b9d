import type { NodeInfo } from './node-info.js';
import type { PodFacts } from './pod-facts.js';

/** How NodeResourcesFit ranks nodes (kubernetes.md §1.9). */
export type ScoringStrategy = 'LeastAllocated' | 'MostAllocated';

/** Score of one resource, 0–100, truncated: the free share, or the used one. */
function scoreResource(requested: number, allocatable: number, strategy: ScoringStrategy): number {
  if (strategy === 'MostAllocated') return Math.floor((Math.min(requested, allocatable) * 100) / allocatable);
  return requested > allocatable ? 0 : Math.floor(((allocatable - requested) * 100) / allocatable);
}

/** NodeResourcesFit, 0–100: mean over cpu and memory, with the non-zero requests of pods that give none (§1.7.1). */
export function scoreResourcesFit(facts: PodFacts, node: NodeInfo, strategy: ScoringStrategy): number {
  const { allocatableCpuMilli, allocatableMemoryBytes } = node;
  let sum = 0;
  let resources = 0;
  if (allocatableCpuMilli !== 0) {
    sum += scoreResource(node.nonZeroCpuMilli + facts.nonZeroCpuMilli, allocatableCpuMilli, strategy);
    resources++;
  }
  if (allocatableMemoryBytes !== 0) {
    sum += scoreResource(node.nonZeroMemoryBytes + facts.nonZeroMemoryBytes, allocatableMemoryBytes, strategy);
    resources++;
  }
  return resources === 0 ? 0 : Math.floor(sum / resources);
}

/** NodeResourcesBalancedAllocation, 0–100: how equal the fractions of cpu and memory in use are (§1.7.2). */
export function scoreBalancedAllocation(facts: PodFacts, node: NodeInfo): number {
  const { allocatableCpuMilli, allocatableMemoryBytes } = node;
  if (allocatableCpuMilli === 0 || allocatableMemoryBytes === 0) return 100;
  const cpu = Math.min(1, (node.usedCpuMilli + facts.cpuMilli) / allocatableCpuMilli);
  const memory = Math.min(1, (node.usedMemoryBytes + facts.memoryBytes) / allocatableMemoryBytes);
  return Math.trunc((1 - Math.abs((cpu - memory) / 2)) * 100);
}
