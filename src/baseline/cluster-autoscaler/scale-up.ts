import type { Pod } from '../../kubernetes/pod.js';
import type { ClusterSnapshot } from '../cluster-snapshot.js';
import { addTemplateCopy, estimateNodes, type NodeTemplate, type PodGroup } from '../estimator.js';
import type { NodeGroup } from '../node-group.js';
import { chooseOption, type ExpansionOption, wasteOf } from './expander.js';
import { equivalenceGroups } from './pending-pods.js';
import type { ClusterAutoscalerSettings } from './settings.js';
import { areSimilar, shareOut } from './similar-groups.js';

/** A group as Cluster Autoscaler sees it now. */
export interface GroupState {
  readonly group: NodeGroup;
  /** Nodes that its Auto Scaling group is to have. */
  readonly target: number;
  readonly template: NodeTemplate;
  readonly backedOff: boolean;
}

/** Why a group is no option. */
export type GroupRefusal = 'backed-off' | 'max-size' | 'no-pod-fits';

/** What Cluster Autoscaler makes of the pods for which nodes are missing. */
export interface ScaleUpPlan {
  /** New nodes by group; empty when no group can take a pod. */
  readonly increases: ReadonlyMap<string, number>;
  /** The pods that the new nodes are for. */
  readonly pods: readonly Pod[];
  /** Pods that no group could take, whatever was chosen. */
  readonly helpless: readonly Pod[];
  /** All options, in the order of the groups; the chosen one is among them. */
  readonly options: readonly (ExpansionOption & { readonly waste: number })[];
  readonly refusals: ReadonlyMap<string, GroupRefusal>;
}

/**
 * Decides on one scale-up: exactly one option a loop, however many shapes are needed (kubernetes.md §7.2).
 * @param pods that fit nowhere, upcoming nodes included
 * @param snapshot the cluster, which is as before when this returns
 * @param random one draw in [0, 1)
 */
export function planScaleUp(
  pods: readonly Pod[],
  states: readonly GroupState[],
  snapshot: ClusterSnapshot,
  settings: ClusterAutoscalerSettings,
  random: () => number,
): ScaleUpPlan {
  const groups = equivalenceGroups(pods);
  const refusals = new Map<string, GroupRefusal>();
  const helped = new Set<Pod>();
  const options: (ExpansionOption & { readonly waste: number })[] = [];
  for (const { group, target, template, backedOff } of states) {
    const fitting = schedulableGroups(groups, template, snapshot);
    for (const { pods: able } of fitting) for (const pod of able) helped.add(pod);
    if (fitting.length === 0) refusals.set(group.name, 'no-pod-fits');
    else if (backedOff) refusals.set(group.name, 'backed-off');
    else if (target >= group.maxSize) refusals.set(group.name, 'max-size');
    else {
      const { nodes, pods: placed } = estimateNodes(snapshot, fitting, template);
      const option = { group, nodes, pods: placed, capacity: template.node.status.capacity };
      if (nodes > 0) options.push({ ...option, waste: wasteOf(option) });
    }
  }
  const helpless = pods.filter((pod) => !helped.has(pod));
  const best = chooseOption(options, settings.expanders, random);
  if (best === undefined) return { increases: new Map(), pods: [], helpless, options, refusals };
  return { increases: increasesOf(best, states, settings), pods: best.pods, helpless, options, refusals };
}

/** Groups whose sample pod passes all filters on an empty node of the shape. */
function schedulableGroups(
  groups: readonly PodGroup[],
  template: NodeTemplate,
  snapshot: ClusterSnapshot,
): readonly PodGroup[] {
  const mark = snapshot.fork();
  const { name } = template.node.metadata;
  addTemplateCopy(snapshot, template, name);
  const node = snapshot.node(name);
  const fitting = groups.filter(({ pods: [sample] }) => {
    const fits = sample === undefined ? undefined : snapshot.filters(sample);
    return node !== undefined && fits?.(node) === true;
  });
  snapshot.revert(mark);
  return fitting;
}

function increasesOf(
  best: ExpansionOption,
  states: readonly GroupState[],
  { balanceSimilarNodeGroups }: ClusterAutoscalerSettings,
): ReadonlyMap<string, number> {
  const chosen = states.find(({ group }) => group === best.group);
  const shared = states.filter(
    (state) =>
      state === chosen ||
      (balanceSimilarNodeGroups &&
        chosen !== undefined &&
        !state.backedOff &&
        areSimilar(state.template, chosen.template)),
  );
  return shareOut(
    shared.map(({ group, target }) => ({ name: group.name, size: target, maxSize: group.maxSize })),
    best.nodes,
  );
}
