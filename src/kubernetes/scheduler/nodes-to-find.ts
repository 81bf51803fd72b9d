const MIN_NODES = 100;

/**
 * How many feasible nodes end the search (adaptive `percentageOfNodesToScore`, kubernetes.md §1.5): all of them below
 * 100 nodes, then a share that falls from 50 % to 5 %.
 */
export function numFeasibleNodesToFind(nodeCount: number): number {
  if (nodeCount < MIN_NODES) return nodeCount;
  const percentage = Math.max(50 - Math.trunc(nodeCount / 125), 5);
  return Math.max(Math.trunc((nodeCount * percentage) / 100), MIN_NODES);
}
