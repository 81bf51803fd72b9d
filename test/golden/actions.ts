import { nominationWindowMs } from '../../src/simulation/nomination.js';
import { withCondition } from '../../src/simulation/pod-lifecycle.js';
import { epochNow, timestampNow, type World } from '../../src/simulation/world.js';
import type { Node } from '../../src/kubernetes/node.js';
import type { ResourceList } from '../../src/kubernetes/resource-list.js';
import type { Action } from './scene.js';

/** Sets a Deployment's replicas. */
export function scale(deployment: string, replicas: number): Action {
  return ({ workloads }) => {
    workloads.scale(deployment, replicas);
  };
}

/** `kubectl delete nodeclaim`. */
export function deleteNodeClaim(name: string): Action {
  return ({ karpenter }) => {
    karpenter.nodeClaims.delete(name, 'scenario');
  };
}

/** `kubectl delete pod --grace-period`. */
export function deletePod(name: string, graceSeconds: number): Action {
  return ({ pods }) => {
    pods.delete(`default/${name}`, 'scenario', graceSeconds);
  };
}

export function annotateNode(name: string, key: string, value: string): Action {
  return changeNode(name, (node) => ({
    ...node,
    metadata: { ...node.metadata, annotations: { ...node.metadata.annotations, [key]: value } },
  }));
}

export function annotatePod(name: string, key: string, value: string): Action {
  return ({ world: { store } }) => {
    const pod = store.pods.get(`default/${name}`);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    const annotations = { ...pod.metadata.annotations, [key]: value };
    store.pods.set(`default/${name}`, { ...pod, metadata: { ...pod.metadata, annotations } });
  };
}

/** The kubelet stops reporting, and the node lifecycle controller taints the node. */
export function nodeNotReady(name: string): Action {
  return changeNode(name, (node, world) => ({
    ...node,
    spec: {
      ...node.spec,
      taints: [...node.spec.taints, { key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoSchedule' }],
    },
    status: {
      ...node.status,
      conditions: withCondition(node.status.conditions, 'Ready', 'False', 'KubeletNotReady', timestampNow(world)),
    },
  }));
}

/** The node is back. */
export function nodeReady(name: string): Action {
  return changeNode(name, (node, world) => ({
    ...node,
    spec: { ...node.spec, taints: node.spec.taints.filter(({ key }) => key !== 'node.kubernetes.io/not-ready') },
    status: {
      ...node.status,
      conditions: withCondition(node.status.conditions, 'Ready', 'True', 'KubeletReady', timestampNow(world)),
    },
  }));
}

/** What the kubelet reports of a resource. */
export function allocatable(name: string, resources: ResourceList): Action {
  return changeNode(name, (node) => ({
    ...node,
    status: { ...node.status, allocatable: { ...node.status.allocatable, ...resources } },
  }));
}

function changeNode(name: string, change: (node: Node, world: World) => Node): Action {
  return ({ world }) => {
    const node = world.store.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name} at ${new Date(epochNow(world)).toISOString()}`);
    world.store.nodes.set(name, change(node, world));
  };
}

/** The NodePool's template was another when the NodeClaim was made. */
export function drift(nodeClaim: string): Action {
  return ({ world: { store } }) => {
    const claim = store.nodeClaims.get(nodeClaim);
    if (claim === undefined) throw new Error(`no NodeClaim ${nodeClaim}`);
    const annotations = { ...claim.metadata.annotations, 'karpenter.sh/nodepool-hash': 'of-an-older-template' };
    store.nodeClaims.set(nodeClaim, { ...claim, metadata: { ...claim.metadata, annotations } });
  };
}

/** A provisioning pass counts on the node for a pending pod (disruption.md §1.9). */
export function nominate(nodeClaim: string): Action {
  return ({ karpenter, world }) => {
    karpenter.state.nominate(nodeClaim, epochNow(world) + nominationWindowMs(world.settings));
  };
}

export function removeBudget(): Action {
  return ({ budgets, karpenter }) => {
    budgets.remove('default/pdb');
    karpenter.state.invalidate();
  };
}

/** What the provider shows from now on. */
export function makeAvailable(instanceType: string, available = true): Action {
  return ({ cloud }) => {
    cloud.setAvailable({ instanceType }, available);
  };
}

/** The cloud has no capacity of the type from now on, which Karpenter only learns by a launch. */
export function exhaust(instanceType: string): Action {
  return ({ cloud }) => {
    cloud.setExhausted({ instanceType }, true);
  };
}

/** The node dies without notice: its instance is gone, or runs on and is not heard of. */
export function failNode(name: string, failure: 'instance-gone' | 'unreachable'): Action {
  return ({ karpenter }) => {
    karpenter.failures.fail(name, failure);
  };
}
