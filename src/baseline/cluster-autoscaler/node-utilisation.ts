import type { Node } from '../../kubernetes/node.js';
import { isPodFinished } from '../../kubernetes/pod-conditions.js';
import { podRequests } from '../../kubernetes/pod-requests.js';
import type { Pod } from '../../kubernetes/pod.js';

/** The larger of CPU and memory requests over allocatable, DaemonSet pods counted (kubernetes.md §7.8). */
export function nodeUtilisation(node: Node, pods: readonly Pod[]): number {
  const share = (resource: 'cpu' | 'memory'): number => {
    const allocatable = node.status.allocatable[resource] ?? 0;
    if (allocatable === 0) return 0;
    const running = pods.filter((pod) => !isPodFinished(pod));
    return running.reduce((sum, pod) => sum + (podRequests(pod)[resource] ?? 0), 0) / allocatable;
  };
  return Math.max(share('cpu'), share('memory'));
}
