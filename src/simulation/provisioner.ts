import type { EventHandle } from '../kernel/kernel.js';
import type { InstanceType } from '../cloud/instance-type.js';
import { hasDoNotDisrupt, isProvisionable } from '../karpenter/pod-predicates.js';
import { Batcher, type ClosedBatch } from '../karpenter/scheduling/batcher.js';
import { provisioningPass, type ProvisioningPass } from '../karpenter/scheduling/provisioning-pass.js';
import type { SchedulingProfile } from '../karpenter/scheduling/scheduling-profile.js';
import type { PlannedNodeClaim, SchedulingError, SchedulingResult } from '../karpenter/scheduling/scheduling-result.js';
import { schedulingErrorMessage } from '../karpenter/scheduling/scheduling-error-message.js';
import { sameTaint } from '../karpenter/lifecycle/markers.js';
import { type LifecycleProfile, lifecycleProfile } from '../karpenter/lifecycle/lifecycle-profile.js';
import { NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import type { RandomStream } from '../kernel/random-streams.js';
import { mergeResources } from '../kubernetes/resource-arithmetic.js';
import type { Node } from '../kubernetes/node.js';
import type { Pod } from '../kubernetes/pod.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { Taint } from '../kubernetes/taints.js';
import type { ClusterState } from './cluster-state.js';
import { objectKey } from './cluster-store.js';
import type { NodeClaimController } from './node-claim-controller.js';
import { nominationWindowMs } from './nomination.js';
import { epochNow, PRIORITY, type World } from './world.js';

/** A pod that stays provisionable, or a node that stays disrupted, triggers again at this interval (BAT-3). */
const RETRIGGER_MS = 10_000;

/** Karpenter's provisioner: batches what wants capacity, lets the solver decide, creates the NodeClaims. */
export class Provisioner {
  readonly #world: World;
  readonly #state: ClusterState;
  readonly #nodeClaims: NodeClaimController;
  readonly #profile: SchedulingProfile;
  readonly #lifecycle: LifecycleProfile;
  readonly #batcher: Batcher;
  readonly #random: RandomStream;
  /** Decides what comes first of two things that fall on one instant. */
  readonly #ties: RandomStream;
  #tie = { atMs: -1, closesFirst: false };
  readonly #failures = new Map<string, string>();
  /** Machine that each waiting pod was last planned for, by pod UID. */
  readonly #nominated = new Map<string, string>();
  readonly #nodeTimers = new Map<string, EventHandle>();
  #timer: EventHandle | undefined;
  #lastClosedMs = -1;
  #started = false;
  #last:
    | {
        readonly version: number;
        readonly types: readonly (readonly InstanceType[])[];
        readonly pass: ProvisioningPass;
      }
    | undefined;

  constructor(world: World, state: ClusterState, nodeClaims: NodeClaimController) {
    this.#world = world;
    this.#state = state;
    this.#nodeClaims = nodeClaims;
    this.#profile = schedulingProfile(world.settings.version);
    this.#lifecycle = lifecycleProfile(world.settings.version);
    this.#batcher = new Batcher(world.settings, world.settings.version, world.kernel.now);
    this.#random = world.streams.stream('karpenter/provisioner');
    this.#ties = world.streams.stream('karpenter/provisioner-ties');
    const { store } = world;
    store.pods.subscribe(({ before, after }) => {
      const uid = (after ?? before)?.metadata.uid ?? '';
      if (after === undefined || after.spec.nodeName !== undefined) {
        this.#failures.delete(uid);
        this.#nominated.delete(uid);
      } else if (isProvisionable(after) && (before === undefined || !isProvisionable(before))) {
        this.#watchPod(objectKey(after.metadata), uid, true);
      }
    });
    // v0.32.0 is triggered by pods alone (D44).
    if (world.settings.version !== 'v0.32.0') {
      store.nodes.subscribe(({ before, after }) => {
        if (after === undefined) this.#forgetNode(before?.metadata.uid ?? '');
        else if (this.#isDisrupted(after.spec.taints)) this.#watchNode(after);
      });
    }
  }

  /** Begins to work: pods that wait already are seen now. */
  start(): void {
    this.#started = true;
    for (const pod of this.#world.store.pods.values()) {
      if (isProvisionable(pod)) this.#watchPod(objectKey(pod.metadata), pod.metadata.uid, true);
    }
  }

  #isDisrupted(taints: readonly Taint[]): boolean {
    return taints.some((taint) => sameTaint(taint, this.#lifecycle.disruptedTaint));
  }

  #watchPod(key: string, uid: string, isNew: boolean): void {
    if (!this.#started) return;
    const pod = this.#world.store.pods.get(key);
    if (pod?.metadata.uid !== uid || !isProvisionable(pod)) return;
    if (isNew) this.#triggerAnew(uid);
    else this.#trigger(uid);
    this.#world.kernel.after(RETRIGGER_MS, PRIORITY.retrigger, `trigger by ${key}`, () => {
      this.#watchPod(key, uid, false);
    });
  }

  /** Every write to a disrupted node triggers, and the time until it does so by itself counts from the last. */
  #watchNode({ metadata: { name, uid } }: Node): void {
    const { kernel, store } = this.#world;
    this.#trigger(uid);
    const waiting = this.#nodeTimers.get(uid);
    if (waiting !== undefined) kernel.cancel(waiting);
    const timer = kernel.after(RETRIGGER_MS, PRIORITY.retrigger, `trigger by ${name}`, () => {
      this.#nodeTimers.delete(uid);
      const node = store.nodes.get(name);
      if (node?.metadata.uid === uid && this.#isDisrupted(node.spec.taints)) this.#watchNode(node);
    });
    this.#nodeTimers.set(uid, timer);
  }

  /** A node that goes at the very instant at which it would trigger again may do either first. */
  #forgetNode(uid: string): void {
    const { kernel } = this.#world;
    const timer = this.#nodeTimers.get(uid);
    this.#nodeTimers.delete(uid);
    if (timer === undefined || !kernel.cancel(timer)) return;
    if (timer.timeMs > kernel.now || this.#ties.next() < 0.5) return;
    kernel.at(kernel.now, PRIORITY.retrigger, 'trigger by a node that goes', () => {
      this.#trigger(uid);
    });
  }

  /** A new trigger: at the very instant at which the window closes it may come before or after that. */
  #triggerAnew(element: string): void {
    const { kernel } = this.#world;
    if (this.#batcher.closesAtMs() !== kernel.now) {
      this.#trigger(element);
      return;
    }
    if (this.#tie.atMs !== kernel.now) this.#tie = { atMs: kernel.now, closesFirst: this.#ties.next() < 0.5 };
    if (!this.#tie.closesFirst) this.#trigger(element);
    else {
      kernel.at(kernel.now, PRIORITY.retrigger, 'trigger', () => {
        this.#trigger(element);
      });
    }
  }

  #trigger(element: string): void {
    const { kernel, log } = this.#world;
    const wasOpen = this.#batcher.closesAtMs() !== undefined;
    this.#batcher.trigger(element, kernel.now);
    if (!wasOpen && this.#batcher.closesAtMs() !== undefined) log.append('BatchOpened', {});
    this.#arm();
  }

  #arm(): void {
    const { kernel, settings } = this.#world;
    const dueMs = this.#batcher.closesAtMs();
    if (this.#timer !== undefined) {
      if (this.#timer.timeMs === dueMs) return;
      kernel.cancel(this.#timer);
      this.#timer = undefined;
    }
    if (dueMs === undefined) return;
    // The long timer of a window that opened when the one before closed is younger than those of the pods it holds.
    const openedAtMs = this.#batcher.openedAtMs();
    const isLatched = openedAtMs === this.#lastClosedMs && dueMs === openedAtMs + settings.batchMaxMs;
    const priority = isLatched ? PRIORITY.latchedBatch : PRIORITY.provisioner;
    this.#timer = kernel.at(dueMs, priority, 'batch window', () => {
      this.#timer = undefined;
      const batch = this.#batcher.close(kernel.now);
      if (batch !== undefined) this.#lastClosedMs = kernel.now;
      if (batch !== undefined) this.#onBatch(batch);
      this.#arm();
    });
  }

  #onBatch(batch: ClosedBatch): void {
    const { log } = this.#world;
    log.append('BatchClosed', { openedAtMs: batch.openedAtMs, by: batch.by });
    const unlaunched = this.#state.unlaunched();
    if (unlaunched.length > 0) {
      log.append('PassSkipped', { unlaunched });
      return;
    }
    const { result, pendingPods, deletingPods } = this.#pass();
    if (pendingPods + deletingPods === 0) return;
    log.append('SchedulingPass', {
      pendingPods,
      deletingPods,
      newNodeClaims: result.newNodeClaims.length,
      placedOnExisting: result.existingNodes.reduce((sum, { pods }) => sum + pods.length, 0),
      failed: result.errors.size,
      batchOpenedAtMs: batch.openedAtMs,
    });
    this.#apply(result);
  }

  /** Waiting pods trigger every ten seconds, and a quarter of the passes find all as the one before left it. */
  #pass(): ProvisioningPass {
    const snapshot = this.#state.snapshot();
    const version = this.#state.schedulingVersion;
    const types = snapshot.nodePools.map(({ metadata }) => snapshot.instanceTypes(metadata.name));
    const last = this.#last;
    if (last?.version === version && types.every((list, index) => list === last.types[index])) return last.pass;
    const draws: number[] = [];
    const draw = (): number => {
      const drawn = this.#random.next();
      draws.push(drawn);
      return drawn;
    };
    const pass = provisioningPass(snapshot, this.#world.settings, this.#profile, draw);
    // Draws differ from pass to pass, and time alone may free pods that nodes on their way out still keep.
    const timeMatters = pass.deletingPods > 0 || snapshot.pods.some(hasDoNotDisrupt);
    this.#last = draws.length > 0 || timeMatters ? undefined : { version, types, pass };
    return pass;
  }

  #apply(result: SchedulingResult): void {
    this.#reportFailures(result);
    const untilMs = epochNow(this.#world) + nominationWindowMs(this.#world.settings);
    for (const { stateNode, pods } of result.existingNodes) {
      const { nodeClaim, node } = stateNode;
      if (nodeClaim !== undefined) this.#state.nominate(nodeClaim.metadata.name, untilMs);
      const target = node?.metadata.name ?? nodeClaim?.metadata.name ?? '';
      for (const pod of pods) this.#logNomination(pod, nodeClaim?.metadata.name ?? target, target);
    }
    for (const plan of result.newNodeClaims) {
      if (this.#isOverLimit(plan)) continue;
      const name = this.#nodeClaims.create(plan, 'provisioner');
      for (const pod of plan.pods) this.#logNomination(pod, name, name);
    }
  }

  /** Every pass plans all waiting pods anew; only a pod's first plan and a change of machine are news. */
  #logNomination(pod: Pod, machine: string, target: string): void {
    const { uid } = pod.metadata;
    if (this.#nominated.get(uid) === machine) return;
    this.#nominated.set(uid, machine);
    this.#world.log.append('PodNominated', { pod: objectKey(pod.metadata), target });
  }

  /** The NodePool may have filled up since the pass began: what runs already must not exceed a limit (LIM-5). */
  #isOverLimit(plan: PlannedNodeClaim): boolean {
    const pool = this.#world.store.nodePools.get(plan.nodePoolName);
    if (pool === undefined) return true;
    const { limits } = pool;
    if (Object.keys(limits).length === 0) return false;
    const usage = this.#usage(plan.nodePoolName);
    return Object.keys(limits).some((resource) => (usage[resource] ?? 0) > (limits[resource] ?? 0));
  }

  #usage(nodePoolName: string): ResourceList {
    const capacities: ResourceList[] = [];
    for (const stateNode of this.#state.snapshot().stateNodes) {
      if (stateNode.nodeClaim?.metadata.labels[NODEPOOL_LABEL] !== nodePoolName) continue;
      const view = this.#profile.stateNodes.view(stateNode);
      if (!view.markedForDeletion) capacities.push(view.capacity);
    }
    return mergeResources(...capacities);
  }

  #reportFailures(result: SchedulingResult): void {
    if (result.errors.size === 0) return;
    for (const pod of this.#world.store.pods.values()) {
      const error = result.errors.get(pod.metadata.uid);
      if (error === undefined) continue;
      const message = schedulingErrorMessage(error);
      if (this.#failures.get(pod.metadata.uid) === message) continue;
      this.#failures.set(pod.metadata.uid, message);
      this.#world.log.append('FailedScheduling', {
        pod: objectKey(pod.metadata),
        code: error.code,
        message,
        limited: limitedNodePools(error),
      });
    }
  }
}

/** NodePools of which the error says that their limits leave no room. */
function limitedNodePools(error: SchedulingError): readonly string[] {
  const { code, nodePoolName, causes } = error;
  const isLimit = code === 'limits-exceeded' || code === 'node-limit-exhausted';
  const own = isLimit && nodePoolName !== undefined ? [nodePoolName] : [];
  return [...new Set([...own, ...causes.flatMap(limitedNodePools)])];
}
