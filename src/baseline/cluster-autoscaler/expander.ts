import { podRequests } from '../../kubernetes/pod-requests.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { NodeGroup } from '../node-group.js';
import type { Expander } from './settings.js';

/** One group that could grow, and what that would do. */
export interface ExpansionOption {
  readonly group: NodeGroup;
  readonly nodes: number;
  /** Pods that the new nodes would take. */
  readonly pods: readonly Pod[];
  /** Of one node. */
  readonly capacity: ResourceList;
}

/**
 * Chooses one option by the expanders, left to right; a last uniform draw breaks what they leave (kubernetes.md §7.5).
 * @param random one draw in [0, 1), taken whatever is left
 */
export function chooseOption(
  options: readonly ExpansionOption[],
  expanders: readonly Expander[],
  random: () => number,
): ExpansionOption | undefined {
  const left = expanders.reduce((kept, expander) => KEEPS[expander](kept), options);
  return left[Math.floor(random() * left.length)];
}

const KEEPS: Readonly<Record<Expander, (options: readonly ExpansionOption[]) => readonly ExpansionOption[]>> = {
  random: (options) => options,
  'least-waste': (options) => lowest(options, wasteOf),
  'most-pods': (options) => lowest(options, ({ pods }) => -pods.length),
  'least-nodes': (options) => lowest(options, ({ nodes }) => nodes),
  // A group without priority stands for one that matches none of the ConfigMap's patterns.
  priority: (options) => {
    const named = options.filter(({ group }) => group.priority > 0);
    return named.length === 0 ? options : lowest(named, ({ group }) => -group.priority);
  },
};

/** Shares of CPU and memory that the new nodes would have left over, added up. */
export function wasteOf({ nodes, pods, capacity }: ExpansionOption): number {
  let waste = 0;
  for (const resource of ['cpu', 'memory'] as const) {
    const available = (capacity[resource] ?? 0) * nodes;
    const requested = pods.reduce((sum, pod) => sum + (podRequests(pod)[resource] ?? 0), 0);
    if (available > 0) waste += (available - requested) / available;
  }
  return waste;
}

function lowest(
  options: readonly ExpansionOption[],
  score: (option: ExpansionOption) => number,
): readonly ExpansionOption[] {
  const scores = options.map(score);
  const best = Math.min(...scores);
  return options.filter((_, index) => scores[index] === best);
}
