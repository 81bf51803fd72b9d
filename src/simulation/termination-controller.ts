import { changed } from '../kernel/copies.js';
import { hasCondition } from '../karpenter/lifecycle/conditions.js';
import { type DrainStep, drainStep } from '../karpenter/lifecycle/drain.js';
import { isReady } from '../karpenter/lifecycle/garbage-collection.js';
import { type LifecycleProfile, lifecycleProfile } from '../karpenter/lifecycle/lifecycle-profile.js';
import {
  drainBegun,
  drainCompleted,
  instanceTerminating,
  isDrainOver,
  terminatingNode,
  terminationTime,
  withDisruptedTaint,
  withoutDisruptedTaint,
  withTerminationTime,
} from '../karpenter/lifecycle/termination.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import { shuffled } from '../karpenter/scheduling/shuffled.js';
import type { RandomStream } from '../kernel/random-streams.js';
import type { Node } from '../kubernetes/node.js';
import type { Pod } from '../kubernetes/pod.js';
import type { ClusterState } from './cluster-state.js';
import { objectKey } from './cluster-store.js';
import type { EvictionQueue } from './eviction-queue.js';
import type { NodeClaimController } from './node-claim-controller.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import { epochNow, PRIORITY, timestampNow, type World } from './world.js';

/** After a failed launch the object goes this much later: the lifecycle worker is sleeping (disruption.md §1.4). */
const UNLAUNCHED_REMOVAL_MS = 1000;

/** A node that is being drained. */
interface Drain {
  readonly nodeClaimName: string;
  readonly nodeName: string;
  readonly label: string;
  readonly poll: () => void;
  last: Look | undefined;
}

/** One look at a draining node. */
interface Look {
  readonly pods: readonly Pod[];
  readonly claim: NodeClaim;
  readonly step: DrainStep;
}

/** Takes nodes down: taint, drain, terminate the instance, let the objects go (disruption.md §1.10–1.12). */
export class TerminationController {
  readonly #world: World;
  readonly #state: ClusterState;
  readonly #nodeClaims: NodeClaimController;
  readonly #pods: PodLifecycle;
  readonly #evictions: EvictionQueue;
  readonly #profile: LifecycleProfile;
  readonly #evictionOrder: RandomStream;
  /** NodeClaims whose instance has been told to terminate. */
  readonly #terminating = new Set<string>();
  /** Provider ids of instances that are gone without having been told to. */
  readonly #gone = new Set<string>();

  constructor(
    world: World,
    state: ClusterState,
    nodeClaims: NodeClaimController,
    pods: PodLifecycle,
    evictions: EvictionQueue,
  ) {
    this.#world = world;
    this.#state = state;
    this.#nodeClaims = nodeClaims;
    this.#pods = pods;
    this.#evictions = evictions;
    this.#profile = lifecycleProfile(world.settings.version);
    this.#evictionOrder = world.streams.stream('karpenter/eviction-order');
    nodeClaims.onDeleting((claim) => {
      this.#begin(claim);
    });
  }

  /** The cloud took the machine back: whatever still ran on it is lost with it. */
  reclaim(nodeClaimName: string): void {
    const claim = this.#world.store.nodeClaims.get(nodeClaimName);
    if (claim === undefined || this.#terminating.has(nodeClaimName)) return;
    this.#world.log.append('InstanceTerminating', {
      nodeClaim: nodeClaimName,
      node: claim.status.nodeName ?? '',
      reclaimed: true,
    });
    this.#removeObjects(nodeClaimName);
  }

  /** The cloud knows no such instance any more. */
  instanceGone(providerID: string): void {
    this.#gone.add(providerID);
  }

  /** Puts the taint of nodes that are going away on a node, or takes it off again. */
  setDisruptedTaint(node: Node, tainted: boolean): void {
    const { disruptedTaint } = this.#profile;
    this.#writeNode(
      node,
      tainted ? withDisruptedTaint(node, disruptedTaint) : withoutDisruptedTaint(node, disruptedTaint),
    );
  }

  #writeNode(before: Node, after: Node): void {
    if (after === before) return;
    const { log, store } = this.#world;
    const { name } = after.metadata;
    const { length } = before.spec.taints;
    if (after.spec.taints.length > length) log.append('NodeTainted', { node: name });
    if (after.spec.taints.length < length) log.append('NodeUntainted', { node: name });
    store.nodes.set(name, after);
  }

  #begin(deleted: NodeClaim): void {
    const { kernel, store } = this.#world;
    const { name } = deleted.metadata;
    const node = this.#state.nodeOf(deleted);
    if (node !== undefined && hasCondition(deleted, 'Registered')) {
      if (this.#letGo(name, node)) return;
      const claim = drainBegun(withTerminationTime(deleted), epochNow(this.#world), this.#profile);
      if (claim !== deleted) store.nodeClaims.set(name, claim);
      const deletionTimeMs = timestampNow(this.#world);
      const deleting = changed(node, { metadata: changed(node.metadata, { deletionTimeMs }) });
      this.#writeNode(node, terminatingNode(deleting, this.#profile));
      this.#startDrain(name, node.metadata.name);
    } else if (deleted.status.providerID === undefined) {
      kernel.after(UNLAUNCHED_REMOVAL_MS, PRIORITY.termination, `removal of ${name}`, () => {
        this.#nodeClaims.remove(name);
      });
    } else {
      this.#terminateInstance(name);
    }
  }

  /**
   * Whether the finalizer is dropped since there is no instance (disruption.md §1.11). v1.14.1 asks first, of a node that is not
   * Ready; v0.32.0 when pods remain, which it has begun to evict then.
   */
  #letGo(nodeClaimName: string, node: Node): boolean {
    if (!this.#gone.has(node.spec.providerID)) return false;
    if (this.#profile.version === 'v0.32.0') {
      const now = epochNow(this.#world);
      const { evict } = drainStep(this.#world.store.podsOn(node.metadata.name), undefined, now, this.#profile);
      for (const pod of evict) this.#evictions.add(objectKey(pod.metadata), node.metadata.name);
    } else if (isReady(node)) return false;
    this.#removeObjects(nodeClaimName, 'pods-stay');
    return true;
  }

  #startDrain(nodeClaimName: string, nodeName: string): void {
    const drain: Drain = {
      nodeClaimName,
      nodeName,
      label: `drain of ${nodeName}`,
      poll: () => {
        this.#drain(drain);
      },
      last: undefined,
    };
    this.#drain(drain);
  }

  #drain(drain: Drain): void {
    const { kernel, log, store } = this.#world;
    const { nodeClaimName, nodeName } = drain;
    const claim = store.nodeClaims.get(nodeClaimName);
    const node = store.nodes.get(nodeName);
    if (claim === undefined || node === undefined || this.#letGo(nodeClaimName, node)) return;
    const now = epochNow(this.#world);
    const pods = store.podsOn(nodeName);
    let look = drain.last;
    // Mostly nothing has changed since the last look, one poll ago.
    if (look?.pods !== pods || look.claim !== claim || now > look.step.holdsUntilMs) {
      look = { pods, claim, step: drainStep(pods, terminationTime(claim), now, this.#profile) };
      drain.last = look;
    }
    const { step } = look;
    for (const { pod, gracePeriodSeconds } of step.forceDelete) {
      this.#pods.delete(objectKey(pod.metadata), 'termination', gracePeriodSeconds);
    }
    for (const pod of this.#inEvictionOrder(step.evict)) this.#evictions.add(objectKey(pod.metadata), nodeName);
    if (step.drained && isDrainOver(claim, now, this.#profile)) {
      log.append('NodeDrained', { node: nodeName });
      store.nodeClaims.set(nodeClaimName, drainCompleted(claim, now, this.#profile));
      this.#terminateInstance(nodeClaimName);
      return;
    }
    kernel.after(this.#profile.termination.drainPollMs, PRIORITY.termination, drain.label, drain.poll);
  }

  /** v1.14.1 evicts in parallel: where a budget lets only some go, it is chance which. */
  #inEvictionOrder(pods: readonly Pod[]): readonly Pod[] {
    return this.#profile.termination.sequentialEvictions ? pods : shuffled(pods, () => this.#evictionOrder.next());
  }

  #terminateInstance(nodeClaimName: string): void {
    const { cloud, kernel, log, store } = this.#world;
    const claim = store.nodeClaims.get(nodeClaimName);
    const providerID = claim?.status.providerID;
    if (claim === undefined || providerID === undefined) return;
    const node = claim.status.nodeName ?? '';
    log.append('InstanceTerminating', { nodeClaim: nodeClaimName, node, reclaimed: false });
    this.#terminating.add(nodeClaimName);
    store.nodeClaims.set(nodeClaimName, instanceTerminating(claim, epochNow(this.#world), this.#profile));
    const { instancePollMs } = this.#profile.termination;
    // v0.32.0 does not wait for the instance; v1 notices its end at a multiple of its poll.
    const goneMs =
      instancePollMs === undefined ? 0 : Math.ceil(cloud.terminateMs(providerID) / instancePollMs) * instancePollMs;
    kernel.after(goneMs, PRIORITY.termination, `instance of ${nodeClaimName} gone`, () => {
      this.#removeObjects(nodeClaimName);
    });
  }

  /** Pods of a machine that was let go leave with it; those of one that died wait for the pod garbage collector. */
  #removeObjects(nodeClaimName: string, pods: 'pods-lost' | 'pods-stay' = 'pods-lost'): void {
    const { log, store } = this.#world;
    const claim = store.nodeClaims.get(nodeClaimName);
    if (claim === undefined) return;
    const node = this.#state.nodeOf(claim);
    if (node !== undefined) {
      const { name } = node.metadata;
      if (pods === 'pods-lost') for (const pod of store.podsOn(name)) this.#pods.lose(objectKey(pod.metadata));
      log.append('NodeDeleted', { node: name });
      this.#world.kubelet.forgetNode(name);
      store.nodes.delete(name);
    }
    this.#terminating.delete(nodeClaimName);
    this.#nodeClaims.remove(nodeClaimName);
  }
}
