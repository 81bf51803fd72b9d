import { changed, withEntries } from '../kernel/copies.js';
import { allocatableOf } from '../cloud/allocatable.js';
import { launchedLabels } from '../cloud/catalogue/labels.js';
import { launchFailureReason } from '../cloud/launch/fleet-errors.js';
import { findCondition, hasCondition } from '../karpenter/lifecycle/conditions.js';
import { initializationBlocker, initialize } from '../karpenter/lifecycle/initialization.js';
import { backoffMs, launchedNodeClaim, launchFailedNodeClaim } from '../karpenter/lifecycle/launch.js';
import { type LifecycleProfile, lifecycleProfile } from '../karpenter/lifecycle/lifecycle-profile.js';
import { liveness } from '../karpenter/lifecycle/liveness.js';
import { sameTaint, UNREGISTERED_TAINT } from '../karpenter/lifecycle/markers.js';
import { nodeClaimFromPlan } from '../karpenter/lifecycle/node-claim-from-plan.js';
import { register } from '../karpenter/lifecycle/registration.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import {
  CAPACITY_TYPE_LABEL,
  HOSTNAME_LABEL,
  INSTANCE_TYPE_LABEL,
  NODEPOOL_LABEL,
  ZONE_LABEL,
} from '../karpenter/requirements/labels.js';
import type { PlannedNodeClaim } from '../karpenter/scheduling/scheduling-result.js';
import { NOT_READY_TAINT } from '../kubernetes/controllers/node-lifecycle.js';
import type { Node } from '../kubernetes/node.js';
import type { Taint } from '../kubernetes/taints.js';
import { objectKey } from './cluster-store.js';
import type { ClusterState } from './cluster-state.js';
import type { DeletionCause } from './event-log.js';
import { launchFailure } from './launch-failure.js';
import { becameReady } from './node-marks.js';
import type { LaunchedInstance, LaunchOutcome } from './surroundings.js';
import { epochNow, PRIORITY, timestampNow, type World } from './world.js';

/** Reasons of an Initialized condition that is not true although the node is Ready. */
const READY_BUT_WAITING: ReadonlySet<string> = new Set([
  'StartupTaintsExist',
  'KnownEphemeralTaintsExist',
  'ResourceNotRegistered',
]);

/** From NodeClaim to initialized node: launch, registration, initialization, liveness (disruption.md §1.4–1.7). */
export class NodeClaimController {
  readonly #world: World;
  readonly #state: ClusterState;
  readonly #profile: LifecycleProfile;
  readonly #launching = new Set<string>();
  /** No reconcile before this time: the controller sleeps after each status write. */
  readonly #pausedUntilMs = new Map<string, number>();
  /** What a Ready node waits for before it is initialized, as last logged. */
  readonly #waitsFor = new Map<string, string>();
  /** Their machine ended by itself: it joins no more. */
  readonly #withoutMachine = new Set<string>();
  readonly #launchListeners: ((claim: NodeClaim, instance: LaunchedInstance) => void)[] = [];
  readonly #finalizers: ((claim: NodeClaim) => void)[] = [];

  constructor(world: World, state: ClusterState) {
    this.#world = world;
    this.#state = state;
    this.#profile = lifecycleProfile(world.settings.version);
    // Whatever changes about a node may be what its initialization waits for.
    world.store.nodes.subscribe(({ before, after }) => {
      if (before === undefined || after === undefined) return;
      const claim = this.#state.claimOf(after.spec.providerID);
      if (claim === undefined || hasCondition(claim, 'Initialized')) return;
      world.kernel.at(world.kernel.now, PRIORITY.nodeClaimLifecycle, `reconcile ${claim.metadata.name}`, () => {
        this.#reconcile(claim.metadata.name);
      });
    });
  }

  /** Told when the cloud has started an instance for a NodeClaim. */
  onLaunched(listener: (claim: NodeClaim, instance: LaunchedInstance) => void): void {
    this.#launchListeners.push(listener);
  }

  /** Told once when a NodeClaim gets its deletion timestamp, and again when its pending launch has answered. */
  onDeleting(finalizer: (claim: NodeClaim) => void): void {
    this.#finalizers.push(finalizer);
  }

  /** Creates a NodeClaim and launches it. Returns its name. */
  create(plan: PlannedNodeClaim, by: 'provisioner' | 'disruption'): string {
    const { log, names, store } = this.#world;
    const name = names.generate(`${plan.nodePoolName}-`);
    log.append('NodeClaimCreated', {
      nodeClaim: name,
      nodePool: plan.nodePoolName,
      by,
      requests: plan.requests,
      instanceTypes: plan.instanceTypes.map((type) => type.name),
      pods: plan.pods.map((pod) => objectKey(pod.metadata)),
    });
    store.nodeClaims.set(name, nodeClaimFromPlan(plan, name, epochNow(this.#world), this.#profile));
    this.#launch(name);
    return name;
  }

  /**
   * Takes over a NodeClaim that was there before the run, at the stage of its life that its conditions tell. Its Node is
   * stored already, if it has one.
   *
   * @param running its instance; undefined before the launch, and for a type that the cloud does not know
   */
  adopt(claim: NodeClaim, running: LaunchedInstance | undefined): void {
    const { kernel, log, store } = this.#world;
    const { metadata, spec, status } = claim;
    const { name, labels, deletionTimeMs, ...rest } = metadata;
    const nodePool = labels[NODEPOOL_LABEL] ?? '';
    const instanceType = labels[INSTANCE_TYPE_LABEL] ?? '';
    const adopted = { ...claim, metadata: { ...rest, name, labels } };
    log.append('NodeClaimCreated', {
      nodeClaim: name,
      nodePool,
      by: 'start-state',
      requests: spec.requests,
      instanceTypes: instanceType === '' ? [] : [instanceType],
      pods: [],
    });
    if (status.providerID === undefined) {
      store.nodeClaims.set(name, adopted);
      this.#launch(name);
    } else {
      log.append('NodeClaimLaunched', {
        nodeClaim: name,
        nodePool,
        instanceType,
        zone: labels[ZONE_LABEL] ?? '',
        capacityType: labels[CAPACITY_TYPE_LABEL] ?? '',
        pricePerHour: running === undefined ? 0 : (running.pricePerHour ?? running.offering.price),
        allocatable: status.allocatable,
        ...(running?.extras === undefined ? {} : { extras: running.extras }),
      });
      this.#logStages(adopted, this.#world.store.nodes.get(status.nodeName ?? ''));
      store.nodeClaims.set(name, adopted);
      if (running !== undefined) this.#resume(adopted, running);
    }
    if (deletionTimeMs === undefined) return;
    kernel.at(kernel.now, PRIORITY.nodeClaimLifecycle, `deletion of ${name}`, () => {
      this.delete(name, 'scenario');
    });
  }

  /** How far a NodeClaim came before the run. */
  #logStages(claim: NodeClaim, node: Node | undefined): void {
    const { log } = this.#world;
    const { name, labels } = claim.metadata;
    if (node === undefined || !hasCondition(claim, 'Registered')) return;
    const nodeName = node.metadata.name;
    log.append('NodeRegistered', { node: nodeName, nodeClaim: name, nodePool: labels[NODEPOOL_LABEL] ?? '' });
    if (isNodeReady(node)) log.append('NodeReady', { node: nodeName });
    if (hasCondition(claim, 'Initialized')) log.append('NodeInitialized', { node: nodeName, nodeClaim: name });
  }

  /** Lets happen what was still to come of a machine. */
  #resume(claim: NodeClaim, instance: LaunchedInstance): void {
    const { kernel } = this.#world;
    for (const listener of this.#launchListeners) listener(claim, instance);
    if (hasCondition(claim, 'Initialized')) return;
    const node = this.#state.nodeOf(claim);
    if (node === undefined) {
      this.#join(claim, instance);
      return;
    }
    this.#reconcile(claim.metadata.name);
    const { name } = node.metadata;
    if (isNodeReady(node) || instance.readyAfterMs === undefined) return;
    kernel.after(instance.readyAfterMs, PRIORITY.cloud, `node ${name} ready`, () => {
      this.#nodeReady(name);
    });
  }

  /** Requests a NodeClaim's deletion; nothing happens if it is going away already. */
  delete(name: string, by: DeletionCause): void {
    const { log, store } = this.#world;
    const claim = store.nodeClaims.get(name);
    if (claim === undefined || claim.metadata.deletionTimeMs !== undefined) return;
    const deleting = changed(claim, {
      metadata: changed(claim.metadata, { deletionTimeMs: timestampNow(this.#world) }),
    });
    log.append('NodeClaimDeleting', { nodeClaim: name, node: claim.status.nodeName ?? '', by });
    store.nodeClaims.set(name, deleting);
    // A launch call cannot be taken back: the NodeClaim is finalized when it has answered.
    if (!this.#launching.has(name)) this.#finalize(deleting);
  }

  /** EC2 took the machine before it joined, and nobody was told: the NodeClaim waits for it until its registration timeout. */
  machineGone(name: string): void {
    this.#withoutMachine.add(name);
    this.#world.log.append('InstanceTerminating', { nodeClaim: name, node: '', reclaimed: true });
  }

  /** Removes the object, its finalizers done. */
  remove(name: string): void {
    const { log, store } = this.#world;
    const claim = store.nodeClaims.get(name);
    if (claim === undefined) return;
    log.append('NodeClaimDeleted', { nodeClaim: name });
    this.#pausedUntilMs.delete(name);
    this.#waitsFor.delete(name);
    this.#withoutMachine.delete(name);
    store.nodeClaims.delete(name);
  }

  #finalize(claim: NodeClaim): void {
    for (const finalizer of this.#finalizers) finalizer(claim);
  }

  #launch(name: string, failures = 0): void {
    const { cloud, kernel, log, store } = this.#world;
    const claim = store.nodeClaims.get(name);
    if (claim === undefined) return;
    const known = store.nodePools.get(claim.metadata.labels[NODEPOOL_LABEL] ?? '');
    const callMs = known === undefined ? 0 : cloud.launchCallMs(claim, known, kernel.now);
    this.#launching.add(name);
    kernel.after(callMs, PRIORITY.cloud, `launch of ${name}`, () => {
      this.#launching.delete(name);
      const current = store.nodeClaims.get(name);
      const pool = store.nodePools.get(claim.metadata.labels[NODEPOOL_LABEL] ?? '');
      if (current === undefined) return;
      const outcome: LaunchOutcome =
        pool === undefined ? { insufficientCapacity: 'the NodePool is gone' } : cloud.launch(current, pool, kernel.now);
      if ('launched' in outcome) {
        this.#launched(current, outcome.launched);
        return;
      }
      const nodePool = current.metadata.labels[NODEPOOL_LABEL] ?? '';
      const reason = launchFailure(outcome);
      const { codes = [] } = outcome;
      log.append('LaunchFailed', { nodeClaim: name, nodePool, reason, ...(codes.length > 0 && { codes }) });
      if (current.metadata.deletionTimeMs !== undefined) this.#finalize(current);
      else if ('insufficientCapacity' in outcome) this.delete(name, 'insufficient-capacity');
      else if ('nodeClassNotReady' in outcome && this.#profile.deletesWhenNodeClassNotReady) {
        this.delete(name, 'nodeclass-not-ready');
      } else this.#retryLaunch(current, codes.length === 0 ? reason : launchFailureReason(codes), failures);
    });
  }

  /**
   * A failed launch waits for nothing but its backoff: liveness is looked at after each attempt, in the same reconcile, and
   * never between two (disruption.md §1.4, §1.7).
   */
  #retryLaunch(claim: NodeClaim, reason: string, failures: number): void {
    const { kernel, store } = this.#world;
    const { name } = claim.metadata;
    const now = epochNow(this.#world);
    const failed = register(launchFailedNodeClaim(claim, reason, now, this.#profile), [], now, this.#profile).nodeClaim;
    store.nodeClaims.set(name, failed);
    if (liveness(failed, now, this.#profile).kind === 'timeout') {
      this.delete(name, 'liveness');
      return;
    }
    const delayMs = backoffMs(this.#profile.launchBackoffMs, failures);
    kernel.after(delayMs, PRIORITY.nodeClaimLifecycle, `launch of ${name} again`, () => {
      if (store.nodeClaims.get(name)?.metadata.deletionTimeMs === undefined) this.#launch(name, failures + 1);
    });
  }

  #launched(claim: NodeClaim, instance: LaunchedInstance): void {
    const { log, store } = this.#world;
    const { instanceType, offering, providerID } = instance;
    const allocatable = allocatableOf(instanceType);
    const result = {
      providerID,
      labels: launchedLabels(instanceType, offering),
      capacity: instanceType.capacity,
      allocatable,
    };
    const now = epochNow(this.#world);
    // Registration follows in the same reconcile: with v0.32.0 its timeout counts from here.
    const launched = register(launchedNodeClaim(claim, result, now, this.#profile), [], now, this.#profile).nodeClaim;
    log.append('NodeClaimLaunched', {
      nodeClaim: claim.metadata.name,
      nodePool: claim.metadata.labels[NODEPOOL_LABEL] ?? '',
      instanceType: instanceType.name,
      zone: offering.zone,
      capacityType: offering.capacityType,
      pricePerHour: instance.pricePerHour ?? offering.price,
      allocatable,
      ...(instance.extras === undefined ? {} : { extras: instance.extras }),
    });
    store.nodeClaims.set(claim.metadata.name, launched);
    for (const listener of this.#launchListeners) listener(launched, instance);
    if (launched.metadata.deletionTimeMs !== undefined) {
      this.#finalize(launched);
      return;
    }
    this.#pause(claim.metadata.name);
    this.#join(launched, instance);
  }

  /** The machine boots: its Node appears, becomes Ready, and loses its startup taints. */
  #join(claim: NodeClaim, instance: LaunchedInstance): void {
    const { kernel, names, store, region } = this.#world;
    const { name } = claim.metadata;
    this.#reconcile(name);
    if (instance.registerAfterMs === undefined) return;
    kernel.after(instance.registerAfterMs, PRIORITY.cloud, `node of ${name} joins`, () => {
      const current = store.nodeClaims.get(name);
      if (current === undefined || current.metadata.deletionTimeMs !== undefined) return;
      if (this.#withoutMachine.has(name)) return;
      const nodeName = names.nodeName(region, name);
      const node = joiningNode(current, instance, nodeName, names.uid(), this.#profile, timestampNow(this.#world));
      store.nodes.set(nodeName, node);
      this.#reconcile(name);
      if (instance.readyAfterMs === undefined) return;
      kernel.after(instance.readyAfterMs, PRIORITY.cloud, `node ${nodeName} ready`, () => {
        this.#nodeReady(nodeName);
        for (const taint of claim.spec.startupTaints) {
          const afterMs = instance.startupTaintAfterMs?.(taint);
          if (afterMs === undefined) continue;
          kernel.after(afterMs, PRIORITY.cloud, `startup taint ${taint.key} of ${nodeName}`, () => {
            this.#removeTaint(nodeName, taint);
          });
        }
      });
    });
  }

  #removeTaint(nodeName: string, gone: Taint): void {
    const { store } = this.#world;
    const node = store.nodes.get(nodeName);
    if (node === undefined) return;
    const taints = node.spec.taints.filter((taint) => !sameTaint(taint, gone));
    if (taints.length < node.spec.taints.length)
      store.nodes.set(nodeName, changed(node, { spec: changed(node.spec, { taints }) }));
  }

  #nodeReady(nodeName: string): void {
    const { log, store } = this.#world;
    const node = store.nodes.get(nodeName);
    if (node === undefined) return;
    log.append('NodeReady', { node: nodeName });
    store.nodes.set(nodeName, becameReady(node, timestampNow(this.#world)));
  }

  #reconcile(name: string): void {
    const { kernel, store } = this.#world;
    const pausedUntil = this.#pausedUntilMs.get(name) ?? 0;
    if (kernel.now < pausedUntil) {
      kernel.at(pausedUntil, PRIORITY.nodeClaimLifecycle, `reconcile ${name}`, () => {
        this.#reconcile(name);
      });
      return;
    }
    const claim = store.nodeClaims.get(name);
    if (claim === undefined || claim.metadata.deletionTimeMs !== undefined) return;
    const node = this.#state.nodeOf(claim);
    const nodes = node === undefined ? [] : [node];
    const now = epochNow(this.#world);
    // The steps of one reconcile are written together, and followed by one pause (disruption.md §1.4).
    const registered = register(claim, nodes, now, this.#profile);
    const seen = registered.node === undefined ? nodes : [registered.node];
    const initialized = initialize(registered.nodeClaim, seen, now, this.#profile);
    this.#logNotInitialized(claim, initialized.nodeClaim, seen);
    this.#write(claim, initialized.nodeClaim, initialized.node ?? registered.node);
    this.#checkLiveness(name);
  }

  #write(before: NodeClaim, after: NodeClaim, node: Node | undefined): void {
    const { log, store } = this.#world;
    const { name } = after.metadata;
    if (node !== undefined) store.nodes.set(node.metadata.name, node);
    if (after === before) return;
    if (hasCondition(after, 'Registered') && !hasCondition(before, 'Registered')) {
      const nodePool = after.metadata.labels[NODEPOOL_LABEL] ?? '';
      log.append('NodeRegistered', { node: after.status.nodeName ?? '', nodeClaim: name, nodePool });
    }
    if (hasCondition(after, 'Initialized') && !hasCondition(before, 'Initialized')) {
      log.append('NodeInitialized', { node: after.status.nodeName ?? '', nodeClaim: name });
    }
    this.#pause(name);
    store.nodeClaims.set(name, after);
  }

  /** That a node is not Ready yet is told by the absence of NodeReady; what a Ready node waits for is news. */
  #logNotInitialized(before: NodeClaim, after: NodeClaim, nodes: readonly Node[]): void {
    const reason = findCondition(after.status.conditions, 'Initialized')?.reason;
    if (reason === undefined || !READY_BUT_WAITING.has(reason)) return;
    const blocker = initializationBlocker(after, nodes, this.#profile);
    const waitsFor = blocker?.taint ?? blocker?.resource ?? '';
    const { name } = after.metadata;
    if (this.#waitsFor.get(name) === waitsFor) return;
    this.#waitsFor.set(name, waitsFor);
    this.#world.log.append('NodeNotInitialized', {
      node: after.status.nodeName ?? before.status.nodeName ?? '',
      nodeClaim: name,
      reason,
      waitsFor,
    });
  }

  #pause(name: string): void {
    this.#pausedUntilMs.set(name, this.#world.kernel.now + this.#profile.pauseAfterPatchMs);
  }

  #checkLiveness(name: string): void {
    const { kernel, store, startTimeMs } = this.#world;
    const claim = store.nodeClaims.get(name);
    if (claim === undefined || claim.metadata.deletionTimeMs !== undefined) return;
    const verdict = liveness(claim, epochNow(this.#world), this.#profile);
    if (verdict.kind === 'timeout') {
      this.delete(name, 'liveness');
    } else if (verdict.kind === 'wait' && findCondition(claim.status.conditions, 'Registered')?.status !== 'True') {
      kernel.at(
        Math.max(kernel.now, verdict.untilMs - startTimeMs),
        PRIORITY.nodeClaimLifecycle,
        `liveness of ${name}`,
        () => {
          this.#checkLiveness(name);
        },
      );
    }
  }
}

function isNodeReady({ status }: Node): boolean {
  return findCondition(status.conditions, 'Ready')?.status === 'True';
}

function joiningNode(
  claim: NodeClaim,
  instance: LaunchedInstance,
  name: string,
  uid: string,
  profile: LifecycleProfile,
  nowMs: number,
): Node {
  const unregistered = profile.version === 'v0.32.0' ? [] : [UNREGISTERED_TAINT];
  return {
    metadata: {
      name,
      namespace: '',
      uid,
      labels: withEntries(claim.metadata.labels, { [HOSTNAME_LABEL]: name }),
      annotations: {},
      ownerReferences: [],
      creationTimeMs: nowMs,
      deletionTimeMs: undefined,
    },
    spec: {
      providerID: instance.providerID,
      taints: [...unregistered, NOT_READY_TAINT, ...claim.spec.taints, ...claim.spec.startupTaints],
      unschedulable: false,
    },
    status: {
      capacity: claim.status.capacity,
      allocatable: claim.status.allocatable,
      conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', lastTransitionTimeMs: nowMs }],
    },
  };
}
