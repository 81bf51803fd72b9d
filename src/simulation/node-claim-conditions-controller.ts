import type { EventHandle } from '../kernel/kernel.js';
import { findCondition, hasCondition } from '../karpenter/lifecycle/conditions.js';
import { withPodEvent } from '../karpenter/lifecycle/consolidatable.js';
import { updateDisruptionConditions } from '../karpenter/lifecycle/disruption-conditions.js';
import { type LifecycleProfile, lifecycleProfile } from '../karpenter/lifecycle/lifecycle-profile.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import { isOwnedByDaemonSet, isTerminal, isTerminating } from '../karpenter/pod-predicates.js';
import { NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import type { Pod } from '../kubernetes/pod.js';
import type { ClusterState } from './cluster-state.js';
import { epochNow, PRIORITY, type World } from './world.js';

const CONDITIONS = ['Consolidatable', 'Drifted', 'Empty', 'Expired'] as const;

interface Watched {
  readonly name: string;
  readonly label: string;
  readonly look: () => void;
  /** Something has happened to it at this instant. */
  isDirty: boolean;
  recheck: EventHandle | undefined;
}

/**
 * Keeps the conditions that make a node a candidate: Consolidatable and Drifted (v1.14.1), Empty, Expired and Drifted
 * (v0.32.0), and the pod events they are timed by (disruption.md §9).
 */
export class NodeClaimConditionsController {
  readonly #world: World;
  readonly #state: ClusterState;
  readonly #profile: LifecycleProfile;
  readonly #watched = new Map<string, Watched>();

  constructor(world: World, state: ClusterState) {
    this.#world = world;
    this.#state = state;
    this.#profile = lifecycleProfile(world.settings.version);
    const { store } = world;
    store.pods.subscribe(({ before, after }) => {
      const nodeName = after?.spec.nodeName ?? before?.spec.nodeName;
      if (nodeName === undefined) return;
      const claim = this.#claimOn(nodeName);
      if (claim === undefined) return;
      if (after !== undefined && isPodEvent(before, after)) this.#recordPodEvent(claim, nodeName);
      this.#markDirty(claim.metadata.name);
    });
    store.nodeClaims.subscribe(({ before, after }) => {
      if (after === undefined) {
        this.#forget(before?.metadata.name ?? '');
        return;
      }
      // A NodeClaim that was there before the run comes with conditions.
      if (before === undefined) this.#logChanges(undefined, after);
      if (conditionInputChanged(before, after)) this.#markDirty(after.metadata.name);
    });
    const all = (): void => {
      for (const claim of store.nodeClaims.values()) this.#markDirty(claim.metadata.name);
    };
    store.nodePools.subscribe(all);
    world.cloud.onNodeClassApplied?.(all);
  }

  #claimOn(nodeName: string): NodeClaim | undefined {
    const { store } = this.#world;
    const providerID = store.nodes.get(nodeName)?.spec.providerID;
    return providerID === undefined ? undefined : this.#state.claimOf(providerID);
  }

  #recordPodEvent(claim: NodeClaim, nodeName: string): void {
    if (this.#profile.version === 'v0.32.0') return;
    const recorded = withPodEvent(claim, epochNow(this.#world));
    if (recorded === claim) return;
    this.#world.log.append('PodEventRecorded', { node: nodeName });
    this.#world.store.nodeClaims.set(claim.metadata.name, recorded);
  }

  /** Several things that happen at one instant are looked at once, when all of them have happened. */
  #markDirty(name: string): void {
    let watched = this.#watched.get(name);
    if (watched === undefined) this.#watched.set(name, (watched = this.#watch(name)));
    if (watched.isDirty) return;
    watched.isDirty = true;
    const { kernel } = this.#world;
    kernel.at(kernel.now, PRIORITY.nodeClaimLifecycle, watched.label, watched.look);
  }

  #watch(name: string): Watched {
    const watched: Watched = {
      name,
      label: `conditions of ${name}`,
      look: () => {
        watched.isDirty = false;
        this.#update(watched);
      },
      isDirty: false,
      recheck: undefined,
    };
    return watched;
  }

  #update(watched: Watched): void {
    const { cloud, kernel, startTimeMs, store } = this.#world;
    const claim = store.nodeClaims.get(watched.name);
    const nodePool = store.nodePools.get(claim?.metadata.labels[NODEPOOL_LABEL] ?? '');
    const stateNode = claim === undefined ? undefined : this.#state.stateNode(claim);
    if (claim === undefined || nodePool === undefined || stateNode === undefined) return;
    const now = epochNow(this.#world);
    const input = {
      nodePool,
      settings: this.#world.settings,
      instanceTypes: cloud.instanceTypes(nodePool, kernel.now),
      providerReason: cloud.driftReason?.(claim),
    };
    const step = updateDisruptionConditions(claim, stateNode, input, now, this.#profile);
    if (step.nodeClaim !== claim) this.#write(claim, step.nodeClaim);
    if (watched.recheck !== undefined) kernel.cancel(watched.recheck);
    watched.recheck = undefined;
    if (step.recheckAtMs === undefined) return;
    const at = Math.max(step.recheckAtMs - startTimeMs, kernel.now);
    watched.recheck = kernel.at(at, PRIORITY.nodeClaimLifecycle, watched.label, () => {
      watched.recheck = undefined;
      this.#update(watched);
    });
  }

  #write(before: NodeClaim, after: NodeClaim): void {
    this.#world.store.nodeClaims.set(after.metadata.name, after);
    this.#logChanges(before, after);
  }

  #logChanges(before: NodeClaim | undefined, after: NodeClaim): void {
    const { name: nodeClaim } = after.metadata;
    const node = after.status.nodeName ?? '';
    for (const condition of CONDITIONS) {
      const status = hasCondition(after, condition);
      if (status === (before !== undefined && hasCondition(before, condition))) continue;
      const reason = findCondition(after.status.conditions, condition)?.reason ?? '';
      this.#world.log.append('ConditionChanged', { nodeClaim, node, condition, status, reason });
    }
  }

  #forget(name: string): void {
    const pending = this.#watched.get(name)?.recheck;
    if (pending !== undefined) this.#world.kernel.cancel(pending);
    this.#watched.delete(name);
  }
}

/** Bound, terminal while bound, terminating while bound: what `lastPodEventTime` records. DaemonSet pods do not count. */
function isPodEvent(before: Pod | undefined, after: Pod): boolean {
  if (after.spec.nodeName === undefined || isOwnedByDaemonSet(after)) return false;
  return (
    before?.spec.nodeName === undefined ||
    (isTerminal(after) && !isTerminal(before)) ||
    (isTerminating(after) && !isTerminating(before))
  );
}

/** The controller's own writes of its conditions are not worth another look. */
function conditionInputChanged(before: NodeClaim | undefined, after: NodeClaim): boolean {
  return (
    before === undefined ||
    before.status.lastPodEventTimeMs !== after.status.lastPodEventTimeMs ||
    before.status.providerID !== after.status.providerID ||
    before.metadata.annotations !== after.metadata.annotations ||
    hasCondition(before, 'Initialized') !== hasCondition(after, 'Initialized')
  );
}
