import { disruptionMethods } from '../karpenter/disruption/disruption-methods.js';
import type { DisruptionCommand } from '../karpenter/disruption/disruption-method.js';
import { NODEPOOL_LABEL, INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../karpenter/requirements/labels.js';
import type { Node } from '../kubernetes/node.js';
import { podRequests } from '../kubernetes/pod-requests.js';
import type { ClusterObjects } from '../scenario/scenario-spec.js';
import type { StartState } from '../scenario/start-state.js';
import { applyObjects, type ObjectTakers } from './cluster-objects.js';
import type { ClusterState } from './cluster-state.js';
import { disruptionContext, type Karpenter } from './karpenter.js';
import { MANAGED_NODE_CLASS } from './managed-node-class.js';
import { groupOfNode } from './managed-node-groups.js';
import type { StandingGroups } from './standing-groups.js';
import { PRIORITY } from './world.js';

/** Labels by which EKS and eksctl name the group of a node that Karpenter does not manage. */
const NODE_GROUP_LABELS = ['eks.amazonaws.com/nodegroup', 'alpha.eksctl.io/nodegroup-name'];
const NO_GROUP = '(no node group)';

/**
 * Begins a run in the middle of a cluster's life. The order matters: NodePools before the NodeClaims that are judged by them,
 * pods before the workloads that would else make them anew, NodeClaims after pods, whose binding is no news to them.
 */
export function resume(
  start: StartState,
  cluster: ClusterObjects,
  takers: ObjectTakers,
  karpenter: Karpenter,
  standing: StandingGroups,
): void {
  const { world, ec2, pods, workloads } = takers;
  const { store } = world;
  const { nodePools, nodeClasses, namespaces, podDisruptionBudgets, jobs, ...rest } = cluster;
  const nothing = Object.fromEntries(Object.keys(cluster).map((key) => [key, []])) as unknown as ClusterObjects;
  applyObjects({ ...nothing, nodePools, nodeClasses, namespaces, podDisruptionBudgets, jobs }, takers, false);
  const claimed = new Set(start.nodeClaims.map(({ status }) => status.nodeName));
  for (const node of start.nodes) {
    if (!claimed.has(node.metadata.name)) takeOutsider(node, start.nodes, takers, standing);
    store.nodes.set(node.metadata.name, node);
  }
  const unpriced = new Set<string>();
  const claims = start.nodeClaims.map((claim) => {
    const pool = store.nodePools.get(claim.metadata.labels[NODEPOOL_LABEL] ?? '');
    const running = claim.status.providerID === undefined ? undefined : ec2.running(claim, pool);
    if (running === undefined && claim.status.providerID !== undefined) {
      unpriced.add(claim.metadata.labels[INSTANCE_TYPE_LABEL] ?? claim.metadata.name);
    }
    return { claim, running };
  });
  for (const { pod, service } of start.pods) pods.adopt(pod, service, podRequests(pod));
  for (const { claim, running } of claims) karpenter.nodeClaims.adopt(claim, running);
  applyObjects({ ...nothing, ...rest }, takers, false);
  for (const set of start.replicaSets) workloads.adoptReplicaSet(set);
  if (unpriced.size > 0) {
    const text = `the data has no price for nodes of ${[...unpriced].join(', ')}: they cost nothing in this run`;
    world.log.append('Note', { code: 'no-price', text });
  }
  world.kernel.at(world.kernel.now, PRIORITY.disruption, 'outlook', () => {
    logOutlook(takers, karpenter.state);
  });
}

/** A node that Karpenter does not manage: it is billed and stays, and the group that its label names replaces it when it is lost. */
function takeOutsider(
  node: Node,
  nodes: readonly Node[],
  { world, ec2 }: ObjectTakers,
  standing: StandingGroups,
): void {
  const { metadata, status } = node;
  const { labels, name } = metadata;
  const instanceType = labels[INSTANCE_TYPE_LABEL] ?? '';
  const zone = labels[ZONE_LABEL] ?? '';
  const capacityType = labels['eks.amazonaws.com/capacityType'] === 'SPOT' ? 'spot' : 'on-demand';
  const price = capacityType === 'spot' ? ec2.prices.spot(instanceType, zone) : ec2.prices.onDemand(instanceType);
  if (price === undefined) {
    const what =
      instanceType === ''
        ? 'names no instance type'
        : `is a ${instanceType} in ${zone}, for which the data has no price`;
    world.log.append('Note', { code: 'no-price', text: `node ${name} ${what}: it costs nothing in this run` });
  }
  const group = nodeGroupOf(node);
  if (group !== undefined && price !== undefined) {
    const zones = nodes.flatMap((other) =>
      nodeGroupOf(other) === group ? (other.metadata.labels[ZONE_LABEL] ?? []) : [],
    );
    standing.adopt(name, groupOfNode(node, { name: group, instanceType, capacityType }, [...new Set(zones)]), zone);
  }
  world.log.append('ManagedNodeJoined', {
    node: name,
    nodePool: group ?? NO_GROUP,
    instanceType: instanceType === '' ? '(unknown)' : instanceType,
    zone,
    capacityType,
    pricePerHour: price ?? 0,
    allocatable: status.allocatable,
    extras: price === undefined ? undefined : ec2.extras(instanceType, MANAGED_NODE_CLASS),
  });
}

function nodeGroupOf({ metadata }: Node): string | undefined {
  return NODE_GROUP_LABELS.map((label) => metadata.labels[label]).find((value) => value !== undefined);
}

/** What each disruption method makes of the cluster that the run begins with. */
function logOutlook({ world }: ObjectTakers, state: ClusterState): void {
  const context = disruptionContext(world, state, 'start-state/outlook')();
  for (const method of disruptionMethods(world.settings.version)) {
    const { candidates } = method.search(context);
    if (candidates.length === 0) continue;
    for (const command of method.compute(context, candidates).commands) {
      world.log.append('DisruptionOutlook', outlookOf(command));
    }
  }
}

function outlookOf({ method, reason, candidates, replacements, savingsPerHour }: DisruptionCommand) {
  return {
    method,
    reason,
    decision: replacements.length === 0 ? ('delete' as const) : ('replace' as const),
    nodes: candidates.map(({ name }) => name),
    pods: candidates.reduce((sum, { pods }) => sum + pods.length, 0),
    replacements: replacements.map(({ nodePoolName, instanceTypes }) => ({
      nodePool: nodePoolName,
      instanceTypes: instanceTypes.map(({ name }) => name),
    })),
    savingsPerHour,
  };
}
