import type { Baseline } from '../baseline/baseline.js';
import { withDaemonPods } from '../baseline/daemon-pods.js';
import type { NodeTemplate } from '../baseline/estimator.js';
import { type NodeGroup, templateNode } from '../baseline/node-group.js';
import type { InstanceType } from '../cloud/instance-type.js';
import type { DaemonSet, Namespace } from '../kubernetes/workloads.js';
import { ClusterAutoscalerController } from './cluster-autoscaler-controller.js';
import { ClusterAutoscalerView } from './cluster-autoscaler-view.js';
import type { DisruptionBudgetController } from './disruption-budget-controller.js';
import type { Ec2 } from './ec2.js';
import { NodeDrain } from './node-drain.js';
import { NodeGroupController } from './node-group-controller.js';
import { NodeGroupUpkeep } from './node-group-upkeep.js';
import type { NodeProvider } from './node-provider.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import { PRIORITY, type World } from './world.js';

/** What the baseline's controllers need of the cluster around them. */
export interface ClusterAround {
  readonly pods: PodLifecycle;
  readonly budgets: DisruptionBudgetController;
  readonly namespaces: readonly Namespace[];
  readonly daemonSets: () => readonly DaemonSet[];
}

/** Makes Cluster Autoscaler and the managed node groups under it; they start when the run does. */
export function installClusterAutoscaler(
  world: World,
  ec2: Ec2,
  { groups: declared, settings }: Extract<Baseline, { readonly kind: 'cluster-autoscaler' }>,
  { pods, budgets, namespaces, daemonSets }: ClusterAround,
): NodeProvider {
  for (const { nodeClass } of declared) ec2.applyNodeClass(nodeClass);
  const view = new ClusterAutoscalerView(world, namespaces);
  const groups = new NodeGroupController(world, pods, declared, ec2.prices);
  const drain = new NodeDrain(world, pods, () => budgets.budgets());
  const templates = new GroupTemplates(ec2, daemonSets);
  const autoscaler = new ClusterAutoscalerController(world, {
    settings,
    view,
    groups,
    drain,
    template: (group, zone) => templates.of(group, zone),
    budgets: () => budgets.budgets(),
  });
  world.kernel.at(0, PRIORITY.scenario, 'node groups and Cluster Autoscaler start', () => {
    groups.start();
    autoscaler.start();
  });
  return new NodeGroupUpkeep(world, groups, drain);
}

/** Empty nodes of groups, made anew only when a DaemonSet changes. A group is taken for its first type (kubernetes.md §7.2). */
class GroupTemplates {
  readonly #ec2: Ec2;
  readonly #daemonSets: () => readonly DaemonSet[];
  readonly #types = new Map<NodeGroup, InstanceType | undefined>();
  readonly #templates = new Map<string, { readonly sets: readonly DaemonSet[]; readonly template: NodeTemplate }>();

  constructor(ec2: Ec2, daemonSets: () => readonly DaemonSet[]) {
    this.#ec2 = ec2;
    this.#daemonSets = daemonSets;
  }

  /** @param zone undefined: the group's first */
  of(group: NodeGroup, zone = group.zones[0]): NodeTemplate | undefined {
    const sets = this.#daemonSets();
    const key = `${group.name}/${zone ?? ''}`;
    const known = this.#templates.get(key);
    if (known?.sets === sets) return known.template;
    const type = this.#typeOf(group);
    const offering = type?.offerings.find(
      (candidate) => candidate.zone === zone && candidate.capacityType === group.capacityType,
    );
    if (type === undefined || offering === undefined) return undefined;
    const template = withDaemonPods(templateNode(group, type, offering, `template-${group.name}`), sets);
    this.#templates.set(key, { sets, template });
    return template;
  }

  #typeOf(group: NodeGroup): InstanceType | undefined {
    if (!this.#types.has(group)) {
      const [first = ''] = group.instanceTypes;
      this.#types.set(group, this.#ec2.managedType(first, group.nodeClass, group.kubelet));
    }
    return this.#types.get(group);
  }
}
