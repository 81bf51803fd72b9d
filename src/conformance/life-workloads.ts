import { podFromTemplate } from '../kubernetes/controllers/pod-from-template.js';
import { daemonSetOwner } from '../kubernetes/controllers/daemon-set.js';
import { isPodActive } from '../kubernetes/pod-conditions.js';
import type { ControllerScale } from '../kubernetes/pod-disruption-budget.js';
import { podRequests } from '../kubernetes/pod-requests.js';
import type { Pod } from '../kubernetes/pod.js';
import type { DaemonSet, Deployment } from '../kubernetes/workloads.js';
import { objectKey } from '../simulation/cluster-store.js';
import type { PodLifecycle } from '../simulation/pod-lifecycle.js';
import { PRIORITY, timestampNow, type World } from '../simulation/world.js';
import { isAdmitted, readyNodes } from './life-scheduler.js';

interface DeploymentState {
  deployment: Deployment;
  /** Pods it has had. */
  serial: number;
}

/** Deployments and DaemonSets of the recorded stories: the former act at once, the latter when the scheduler ticks. */
export class StoryWorkloads {
  readonly daemonSets: readonly DaemonSet[];
  readonly #world: World;
  readonly #pods: PodLifecycle;
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #scaleListeners: (() => void)[] = [];
  #dirty = false;

  constructor(world: World, pods: PodLifecycle, daemonSets: readonly DaemonSet[]) {
    this.#world = world;
    this.#pods = pods;
    this.daemonSets = daemonSets;
    world.store.pods.subscribe(() => {
      this.#markDirty();
    });
  }

  /** Told whenever a Deployment's wanted size changes. */
  onScale(listener: () => void): void {
    this.#scaleListeners.push(listener);
  }

  apply(deployment: Deployment): void {
    this.#deployments.set(deployment.metadata.name, { deployment, serial: 0 });
    this.#changed();
  }

  /** Sets a Deployment's replicas. */
  scale(name: string, replicas: number): void {
    const state = this.#deployments.get(name);
    if (state === undefined) throw new Error(`no deployment ${name}`);
    state.deployment = { ...state.deployment, replicas };
    this.#changed();
  }

  /** Size of the Deployment behind an owner reference. */
  scaleOf(ownerUid: string): ControllerScale | undefined {
    for (const { deployment } of this.#deployments.values()) {
      const { uid } = deployment.metadata;
      if (uid === ownerUid) return { uid, replicas: deployment.replicas };
    }
    return undefined;
  }

  /** The DaemonSet controller's part of a tick: a pod, bound from the start, on every ready node that lacks one. */
  syncDaemonSets(): void {
    const { store } = this.#world;
    for (const set of this.daemonSets) {
      const owner = daemonSetOwner(set);
      for (const node of readyNodes(store.nodes.values())) {
        const { name } = node.metadata;
        const pod = this.#newPod(set, `${set.metadata.name}-${name}`, owner);
        const isThere = store
          .podsOn(name)
          .some(({ metadata }) => metadata.ownerReferences.some(({ uid }) => uid === owner.uid));
        if (node.metadata.deletionTimeMs !== undefined || isThere || !isAdmitted(node, pod)) continue;
        const bound = { ...pod, spec: { ...pod.spec, nodeName: name } };
        this.#pods.create(bound, objectKey(set.metadata), podRequests(bound));
      }
    }
  }

  #changed(): void {
    for (const listener of this.#scaleListeners) listener();
    this.#markDirty();
  }

  /** Everything that happens at an instant is looked at together, within it. */
  #markDirty(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    const { kernel } = this.#world;
    kernel.at(kernel.now, PRIORITY.workloads, 'deployments', () => {
      this.#dirty = false;
      for (const state of this.#deployments.values()) this.#sync(state);
    });
  }

  /** The newest pods go first. */
  #sync(state: DeploymentState): void {
    const { deployment } = state;
    const { name, uid } = deployment.metadata;
    const active = [...this.#world.store.pods.values()].filter(
      (pod) => isPodActive(pod) && pod.metadata.ownerReferences.some((owner) => owner.uid === uid),
    );
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid, controller: true };
    for (let count = active.length; count < deployment.replicas; count++) {
      state.serial++;
      const pod = this.#newPod(deployment, `${name}-${String(state.serial).padStart(4, '0')}`, owner);
      this.#pods.create(pod, objectKey(deployment.metadata), podRequests(pod));
    }
    for (const pod of active.slice(deployment.replicas)) this.#pods.delete(objectKey(pod.metadata), 'replicaset');
  }

  #newPod(workload: Deployment | DaemonSet, name: string, owner: Parameters<typeof podFromTemplate>[1]['owner']): Pod {
    const { namespace } = workload.metadata;
    const creationTimeMs = timestampNow(this.#world);
    const uid = this.#world.names.uid();
    return podFromTemplate(workload.template, { name, namespace, uid, owner, creationTimeMs });
  }
}
