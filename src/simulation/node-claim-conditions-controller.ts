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

/**
 * Keeps the conditions that make a node a candidate: Consolidatable and Drifted (v1.14.1), Empty, Expired and Drifted
 * (v0.32.0), and the pod events they are timed by (disruption.md §9).
 */
export class NodeClaimConditionsController {
  readonly #world: World;
  readonly #state: ClusterState;
  readonly #profile: LifecycleProfile;
  readonly #rechecks = new Map<string, EventHandle>();
  readonly #dirty = new Set<string>();

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
    if (this.#dirty.has(name)) return;
    this.#dirty.add(name);
    const { kernel } = this.#world;
    kernel.at(kernel.now, PRIORITY.nodeClaimLifecycle, `conditions of ${name}`, () => {
      this.#dirty.delete(name);
      this.#update(name);
    });
  }

  #update(name: string): void {
    const { cloud, kernel, startTimeMs, store } = this.#world;
    const claim = store.nodeClaims.get(name);
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
    const pending = this.#rechecks.get(name);
    if (pending !== undefined) kernel.cancel(pending);
    this.#rechecks.delete(name);
    if (step.recheckAtMs === undefined) return;
    const at = Math.max(step.recheckAtMs - startTimeMs, kernel.now);
    const recheck = kernel.at(at, PRIORITY.nodeClaimLifecycle, `conditions of ${name}`, () => {
      this.#rechecks.delete(name);
      this.#update(name);
    });
    this.#rechecks.set(name, recheck);
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
    const pending = this.#rechecks.get(name);
    if (pending !== undefined) this.#world.kernel.cancel(pending);
    this.#rechecks.delete(name);
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
