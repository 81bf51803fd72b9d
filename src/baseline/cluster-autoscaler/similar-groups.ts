import type { Node } from '../../kubernetes/node.js';
import type { NodeTemplate } from '../estimator.js';

/** Labels on which similar groups may differ (kubernetes.md §7.7). */
const IGNORED: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.ebs.csi.aws.com/zone',
  'topology.k8s.aws/zone-id',
  'alpha.eksctl.io/instance-id',
  'alpha.eksctl.io/nodegroup-name',
  'eks.amazonaws.com/nodegroup',
  'k8s.amazonaws.com/eniConfig',
  'lifecycle',
]);
const MEMORY_CAPACITY_TOLERANCE = 0.015;
const ALLOCATABLE_TOLERANCE = 0.05;

/** Whether two groups give the same nodes but for where they are (kubernetes.md §7.7). */
export function areSimilar({ node: a }: NodeTemplate, { node: b }: NodeTemplate): boolean {
  return sameLabels(a, b) && sameCapacity(a, b) && closeAllocatable(a, b);
}

function sameLabels(a: Node, b: Node): boolean {
  const keys = new Set([...Object.keys(a.metadata.labels), ...Object.keys(b.metadata.labels)]);
  return [...keys].every((key) => IGNORED.has(key) || a.metadata.labels[key] === b.metadata.labels[key]);
}

function sameCapacity(a: Node, b: Node): boolean {
  const [ours, theirs] = [a.status.capacity, b.status.capacity];
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].every((name) =>
    name === 'memory'
      ? isWithin(ours[name] ?? 0, theirs[name] ?? 0, MEMORY_CAPACITY_TOLERANCE)
      : ours[name] === theirs[name],
  );
}

function closeAllocatable(a: Node, b: Node): boolean {
  const [ours, theirs] = [a.status.allocatable, b.status.allocatable];
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].every((name) =>
    isWithin(ours[name] ?? 0, theirs[name] ?? 0, ALLOCATABLE_TOLERANCE),
  );
}

function isWithin(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(a, b);
}

/** A group among which new nodes are shared out. */
export interface SharedGroup {
  readonly name: string;
  readonly size: number;
  readonly maxSize: number;
}

/**
 * Shares new nodes out over similar groups, smallest first, one node at a time (kubernetes.md §7.7). A full group drops out; nodes
 * for which no group has room are left out.
 * @returns new nodes by group, groups that get none left out
 */
export function shareOut(groups: readonly SharedGroup[], nodes: number): ReadonlyMap<string, number> {
  const sorted = groups.map((group) => ({ ...group, next: group.size })).sort((a, b) => a.size - b.size);
  let first = 0;
  let index = 0;
  for (let left = nodes; left > 0 && first < sorted.length;) {
    const current = sorted[index];
    if (current === undefined) break;
    if (current.next < current.maxSize) {
      current.next++;
      left--;
    }
    if (current.next >= current.maxSize) {
      const front = sorted[first];
      sorted[first] = current;
      if (front !== undefined) sorted[index] = front;
      first++;
    }
    const after = sorted[index + 1];
    index = index >= first && after !== undefined && current.next > after.next ? index + 1 : first;
  }
  return new Map(sorted.flatMap(({ name, size, next }) => (next > size ? [[name, next - size] as const] : [])));
}
