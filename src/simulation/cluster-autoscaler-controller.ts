import { NodeGroupBackoff } from '../baseline/cluster-autoscaler/node-group-backoff.js';
import { podsToMove } from '../baseline/cluster-autoscaler/drain-blockers.js';
import { unschedulableSinceMs, withoutSchedulable } from '../baseline/cluster-autoscaler/pending-pods.js';
import {
  type ScaleDownCandidate,
  type ScaleDownLook,
  ScaleDownPlanner,
  type UnneededNode,
} from '../baseline/cluster-autoscaler/scale-down-planner.js';
import { type GroupState, planScaleUp, type ScaleUpPlan } from '../baseline/cluster-autoscaler/scale-up.js';
import type { ClusterAutoscalerSettings } from '../baseline/cluster-autoscaler/settings.js';
import { addTemplateCopy, type NodeTemplate } from '../baseline/estimator.js';
import type { NodeGroup } from '../baseline/node-group.js';
import type { RandomStream } from '../kernel/random-streams.js';
import type { Node } from '../kubernetes/node.js';
import type { Pod } from '../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../kubernetes/workloads.js';
import type { ClusterAutoscalerView } from './cluster-autoscaler-view.js';
import { objectKey } from './cluster-store.js';
import type { GroupInstance, NodeGroupController } from './node-group-controller.js';
import type { NodeDrain } from './node-drain.js';
import { isDeletionCandidate, markDeletionCandidate, withoutToBeDeleted, withToBeDeleted } from './node-marks.js';
import { epochNow, PRIORITY, type World } from './world.js';

/** One loop over a small cluster takes about so long, an assumption; the next begins that much later (kubernetes.md §7.1). */
const LOOP_MS = 100;
/** A loop waits for more while its oldest pod is so young (kubernetes.md §7.2). */
const POD_BUFFER_MS = 2000;
/** Nothing is done while more nodes than this, and than this share, are unready. */
const TOLERATED_UNREADY = 3;
const TOLERATED_UNREADY_SHARE = 0.45;
/** From the taint of a node that goes to its first evictions (node-delete-delay-after-taint). */
const AFTER_TAINT_MS = 5000;
const EVICT_FOR_MS = 2 * 60_000;
/** Soft taints that one loop changes at most. */
const TAINT_CHANGES = 10;

/** What the controller asks of its surroundings. */
export interface ClusterAutoscalerParts {
  readonly settings: ClusterAutoscalerSettings;
  readonly view: ClusterAutoscalerView;
  readonly groups: NodeGroupController;
  readonly drain: NodeDrain;
  /** An empty node of the group in a zone, DaemonSet pods and all. */
  readonly template: (group: NodeGroup, zone: string | undefined) => NodeTemplate | undefined;
  readonly budgets: () => readonly PodDisruptionBudget[];
}

/** Cluster Autoscaler's main loop (kubernetes.md §7.1): every ten seconds, one scale-up or a look at what is not needed. */
export class ClusterAutoscalerController {
  readonly #world: World;
  readonly #parts: ClusterAutoscalerParts;
  readonly #backoff = new NodeGroupBackoff();
  readonly #planner: ScaleDownPlanner;
  readonly #luck: RandomStream;
  /** Reasons as last logged, by pod and by node. */
  readonly #helpless = new Map<string, string>();
  readonly #stays = new Map<string, string>();
  #lastScaleUpMs: number | undefined;
  #lastFailureMs: number | undefined;
  #seenVersion = -1;
  #dueAgainMs = Infinity;

  constructor(world: World, parts: ClusterAutoscalerParts) {
    this.#world = world;
    this.#parts = parts;
    this.#planner = new ScaleDownPlanner(parts.settings);
    this.#luck = world.streams.stream('cluster-autoscaler/expander');
  }

  /** Begins to loop at a moment of its own. */
  start(): void {
    const phaseMs = this.#world.streams.stream('cluster-autoscaler/phase').int(this.#parts.settings.scanIntervalMs);
    this.#loopAfter(phaseMs);
  }

  #loopAfter(delayMs: number): void {
    this.#world.kernel.after(delayMs, PRIORITY.provisioner, 'Cluster Autoscaler', () => {
      this.#runOnce();
      this.#loopAfter(LOOP_MS + this.#parts.settings.scanIntervalMs);
    });
  }

  #runOnce(): void {
    this.#handleFailedRequests();
    if (this.#isUnhealthy()) return;
    const { scaledUp, waiting } = this.#scaleUp();
    if (scaledUp) return;
    this.#lookForUnneeded();
    // Pods that are too young to order nodes may still need those that are there.
    if (!waiting) this.#deleteDue();
  }

  /** Requests that came to nothing are taken back, and nodes that never joined; either way the group is left alone for a while. */
  #handleFailedRequests(): void {
    const { groups, settings } = this.#parts;
    const { kernel } = this.#world;
    for (const group of groups.groups) {
      const lost = groups.instancesOf(group).filter(({ state, requestedMs }) => {
        const neverJoined = state === 'launched' && kernel.now - requestedMs > settings.maxNodeProvisionMs;
        return state === 'failed' || neverJoined;
      });
      if (lost.length === 0) continue;
      for (const instance of lost) {
        groups.withdraw(instance, instance.state === 'failed' ? 'insufficient-capacity' : 'never-joined');
      }
      const untilMs = this.#backoff.failed(group.name, kernel.now);
      this.#world.log.append('NodeGroupBackedOff', { nodeGroup: group.name, failed: lost.length, untilMs });
    }
  }

  #isUnhealthy(): boolean {
    const nodes = [...this.#world.store.nodes.values()];
    const unready = nodes.filter((node) => !isReady(node) && !this.#isStarting(node)).length;
    return unready > TOLERATED_UNREADY && unready > TOLERATED_UNREADY_SHARE * nodes.length;
  }

  #isStarting({ metadata }: Node): boolean {
    return this.#parts.groups.instanceOf(metadata.name)?.state === 'registered';
  }

  #scaleUp(): { readonly scaledUp: boolean; readonly waiting: boolean } {
    const { view } = this.#parts;
    const waitingPods = [...view.unschedulable, ...this.#podsOfDrainedNodes()];
    if (waitingPods.length === 0) return { scaledUp: false, waiting: false };
    const { snapshot } = view;
    const mark = snapshot.fork();
    try {
      this.#addUpcomingNodes();
      const helpless = withoutSchedulable(waitingPods, snapshot);
      if (helpless.length === 0) return { scaledUp: false, waiting: false };
      const pods = this.#oldEnough(helpless);
      if (pods.length === 0) return { scaledUp: false, waiting: true };
      const { settings } = this.#parts;
      const plan = planScaleUp(pods, this.#groupStates(), snapshot, settings, () => this.#luck.next());
      this.#logHelpless(pods, plan);
      this.#apply(plan, pods.length);
      return { scaledUp: plan.increases.size > 0, waiting: false };
    } finally {
      snapshot.revert(mark);
    }
  }

  /** Pods of nodes that are being drained will be made anew: they count as waiting already. */
  #podsOfDrainedNodes(): readonly Pod[] {
    const { groups } = this.#parts;
    return groups.instances
      .filter(({ state, nodeName }) => state === 'draining' && nodeName !== undefined)
      .flatMap(({ nodeName }) => podsToMove(this.#world.store.podsOn(nodeName ?? '')))
      .map((pod) => ({
        ...pod,
        metadata: { ...pod.metadata, uid: `${pod.metadata.uid}/anew` },
        spec: { ...pod.spec, nodeName: undefined },
      }));
  }

  /** None while the oldest of them is so young that more are to be expected. */
  #oldEnough(pods: readonly Pod[]): readonly Pod[] {
    const { newPodScaleUpDelayMs } = this.#parts.settings;
    const now = epochNow(this.#world);
    const old = pods.filter((pod) => now - pod.metadata.creationTimeMs >= newPodScaleUpDelayMs);
    const oldest = Math.min(...old.map(unschedulableSinceMs));
    return now - oldest < POD_BUFFER_MS ? [] : old;
  }

  /** Nodes that are requested and not Ready yet stand in the snapshot as empty nodes of their group. */
  #addUpcomingNodes(): void {
    const { groups, template, view } = this.#parts;
    for (const { name, state, group, launched } of groups.instances) {
      if (state !== 'requested' && state !== 'launched' && state !== 'registered') continue;
      const node = template(group, launched?.offering.zone);
      if (node !== undefined) addTemplateCopy(view.snapshot, node, `upcoming-${name}`);
    }
  }

  #groupStates(): readonly GroupState[] {
    const { groups, template } = this.#parts;
    return groups.groups.flatMap((group) => {
      const ready = groups.instancesOf(group).find(({ state }) => state === 'ready');
      const node = template(group, ready?.launched?.offering.zone);
      if (node === undefined) return [];
      const backedOff = this.#backoff.isBackedOff(group.name, this.#world.kernel.now);
      return [{ group, target: groups.target(group), template: node, backedOff }];
    });
  }

  #apply(plan: ScaleUpPlan, pending: number): void {
    if (plan.increases.size === 0) return;
    const { groups, settings } = this.#parts;
    this.#world.log.append('TriggeredScaleUp', {
      increases: Object.fromEntries(plan.increases),
      pods: plan.pods.map((pod) => objectKey(pod.metadata)),
      pending,
      expanders: settings.expanders,
      options: plan.options.map(({ group, nodes, pods, waste }) => ({
        nodeGroup: group.name,
        nodes,
        pods: pods.length,
        waste: Math.round(waste * 1e6) / 1e6,
      })),
      refused: Object.fromEntries(plan.refusals),
    });
    for (const [name, nodes] of plan.increases) {
      const group = groups.groups.find((one) => one.name === name);
      if (group !== undefined) groups.increase(group, nodes);
    }
    this.#lastScaleUpMs = epochNow(this.#world);
  }

  /** Pods that no group can take, ever or now; a pod whose turn is only in a later loop waits without a word. */
  #logHelpless(pods: readonly Pod[], { helpless, options, refusals }: ScaleUpPlan): void {
    const never = Object.fromEntries(this.#parts.groups.groups.map(({ name }) => [name, 'no-pod-fits']));
    const now = Object.fromEntries(refusals);
    const told = new Set<string>();
    const tell = (pod: Pod, reasons: Readonly<Record<string, string>>): void => {
      const key = objectKey(pod.metadata);
      const text = JSON.stringify(reasons);
      told.add(key);
      if (this.#helpless.get(key) === text) return;
      this.#helpless.set(key, text);
      this.#world.log.append('NotTriggerScaleUp', { pod: key, reasons });
    };
    for (const pod of helpless) tell(pod, never);
    if (options.length === 0) {
      for (const pod of pods) if (!told.has(objectKey(pod.metadata))) tell(pod, now);
    }
    for (const key of this.#helpless.keys()) if (!told.has(key)) this.#helpless.delete(key);
  }

  /** What was found stands as long as nothing changes and no node is due to be looked at again. */
  #lookForUnneeded(): void {
    const { budgets, settings, view } = this.#parts;
    const nowMs = epochNow(this.#world);
    if (view.version === this.#seenVersion && nowMs < this.#dueAgainMs) return;
    const rules = { skipNodesWithSystemPods: settings.skipNodesWithSystemPods, budgets: budgets(), nowMs };
    const look = this.#planner.look(this.#candidates(), view.snapshot, rules);
    this.#logLook(look);
    this.#markCandidates(look.unneeded);
    this.#seenVersion = view.version;
    this.#dueAgainMs = this.#planner.nextRecheckMs;
  }

  #candidates(): readonly ScaleDownCandidate[] {
    const { groups } = this.#parts;
    const { store } = this.#world;
    return groups.instances.flatMap(({ state, nodeName }) => {
      const node = state === 'ready' ? store.nodes.get(nodeName ?? '') : undefined;
      if (node === undefined) return [];
      return [{ node, pods: store.podsOn(node.metadata.name), ready: isReady(node) }];
    });
  }

  #logLook({ unneeded, stays }: ScaleDownLook): void {
    const { log } = this.#world;
    for (const { name, utilisation } of unneeded) {
      if (this.#stays.get(name) === '') continue;
      this.#stays.set(name, '');
      log.append('ScaleDownUnneeded', { node: name, utilisation: rounded(utilisation) });
    }
    for (const [name, { reason, utilisation, pod }] of stays) {
      if (this.#stays.get(name) === reason) continue;
      this.#stays.set(name, reason);
      log.append('ScaleDownBlocked', { node: name, reason, utilisation: rounded(utilisation), pod });
    }
  }

  /** Unneeded nodes carry a soft taint that steers new pods away from them. */
  #markCandidates(unneeded: readonly UnneededNode[]): void {
    const { store } = this.#world;
    const wanted = new Set(unneeded.map(({ name }) => name));
    let changes = 0;
    for (const { state, nodeName } of this.#parts.groups.instances) {
      const node = state === 'ready' ? store.nodes.get(nodeName ?? '') : undefined;
      if (node === undefined || isDeletionCandidate(node) === wanted.has(node.metadata.name)) continue;
      if (changes++ >= TAINT_CHANGES) return;
      store.nodes.set(node.metadata.name, markDeletionCandidate(node, wanted.has(node.metadata.name)));
    }
  }

  #deleteDue(): void {
    const { groups } = this.#parts;
    const removing = groups.instances.filter(({ state }) => state === 'draining');
    const clock = {
      nowMs: epochNow(this.#world),
      lastScaleUpMs: this.#lastScaleUpMs,
      lastFailureMs: this.#lastFailureMs,
    };
    const draining = removing.filter(({ nodeName }) => podsToMove(this.#world.store.podsOn(nodeName ?? '')).length > 0);
    const due = this.#planner.due(clock, {
      deleting: removing.length,
      draining: draining.length,
      groupOf: (node) => {
        const group = groups.instanceOf(node)?.group;
        if (group === undefined) return undefined;
        const leaving = removing.filter((instance) => instance.group === group).length;
        return { name: group.name, removable: groups.target(group) - leaving - group.minSize };
      },
    });
    for (const node of due) {
      const instance = groups.instanceOf(node.name);
      if (instance !== undefined) this.#delete(instance, node);
    }
  }

  #delete(instance: GroupInstance, { name, sinceMs, utilisation, pods }: UnneededNode): void {
    const { kernel, log, store } = this.#world;
    const node = store.nodes.get(name);
    if (node === undefined) return;
    this.#planner.forget(name);
    this.#stays.delete(name);
    log.append('ScaleDown', {
      node: name,
      nodeGroup: instance.group.name,
      utilisation: rounded(utilisation),
      unneededMs: epochNow(this.#world) - sinceMs,
      pods: pods.map((pod) => objectKey(pod.metadata)),
    });
    log.append('NodeClaimDeleting', { nodeClaim: instance.name, node: name, by: 'scale-down' });
    instance.state = 'draining';
    store.nodes.set(name, withToBeDeleted(node));
    log.append('NodeTainted', { node: name });
    kernel.after(AFTER_TAINT_MS, PRIORITY.termination, `drain of ${name}`, () => {
      this.#parts.drain.drain(name, EVICT_FOR_MS, (failure) => {
        if (failure === undefined) {
          log.append('NodeDrained', { node: name });
          this.#parts.groups.terminate(instance);
        } else this.#release(instance, name, failure);
      });
    });
  }

  /** The drain came to nothing: the node stays, and no node goes for a while. */
  #release(instance: GroupInstance, name: string, reason: string): void {
    const { log, store } = this.#world;
    const node = store.nodes.get(name);
    if (node === undefined || instance.state !== 'draining') return;
    this.#lastFailureMs = epochNow(this.#world);
    log.append('ScaleDownFailed', { node: name, reason });
    log.append('NodeUntainted', { node: name });
    instance.state = 'ready';
    store.nodes.set(name, withoutToBeDeleted(node));
  }
}

function isReady({ status }: Node): boolean {
  return status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True');
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
