import type { DisruptionCommand } from '../karpenter/disruption/disruption-method.js';
import type { ReplacementState } from '../karpenter/disruption/command-queue.js';
import { hasCondition, withCondition, withoutCondition } from '../karpenter/lifecycle/conditions.js';
import { type LifecycleProfile, lifecycleProfile } from '../karpenter/lifecycle/lifecycle-profile.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import type { ClusterState } from './cluster-state.js';
import { objectKey } from './cluster-store.js';
import type { NodeClaimController } from './node-claim-controller.js';
import type { TerminationController } from './termination-controller.js';
import { epochNow, type World } from './world.js';

/** A command under way: its candidates and replacements by NodeClaim name. */
export interface RunningCommand {
  readonly id: string;
  readonly candidates: readonly string[];
  readonly replacements: readonly string[];
  readonly startedMs: number;
}

/** What both versions do to carry out a command: taint, launch, mark, delete, roll back (disruption.md §7). */
export class CommandExecution {
  readonly #world: World;
  readonly #state: ClusterState;
  readonly #nodeClaims: NodeClaimController;
  readonly #termination: TerminationController;
  readonly #profile: LifecycleProfile;
  #count = 0;

  constructor(world: World, state: ClusterState, nodeClaims: NodeClaimController, termination: TerminationController) {
    this.#world = world;
    this.#state = state;
    this.#nodeClaims = nodeClaims;
    this.#termination = termination;
    this.#profile = lifecycleProfile(world.settings.version);
  }

  /** A name for a command, from its method and a running number. */
  name(command: DisruptionCommand): string {
    this.#count++;
    return `${command.method}-${this.#count}`;
  }

  /** Taints the candidates, creates the replacements, marks the candidates and logs the command. */
  begin(command: DisruptionCommand, id: string): RunningCommand {
    const { log, settings } = this.#world;
    const candidates = command.candidates.map((candidate) => candidate.nodeClaim.metadata.name);
    const taints = settings.version !== 'v0.32.0' || command.replacements.length > 0;
    if (taints) for (const name of candidates) this.#setDisrupting(name, command.reason);
    const replacements = command.replacements.map((plan) => this.#nodeClaims.create(plan, 'disruption'));
    for (const name of candidates) this.#state.setMarked(name, true);
    log.append('DisruptionCommand', {
      command: id,
      method: command.method,
      reason: command.reason,
      decision: replacements.length === 0 ? 'delete' : 'replace',
      nodes: command.candidates.map((candidate) => candidate.name),
      nodePools: [...new Set(command.candidates.map((candidate) => candidate.nodePool.metadata.name))],
      pods: command.candidates.flatMap((candidate) => candidate.pods.map((pod) => objectKey(pod.metadata))),
      replacements,
      savingsPerHour: command.savingsPerHour,
    });
    return { id, candidates, replacements, startedMs: epochNow(this.#world) };
  }

  /** State of a replacement. */
  replacementState(name: string): ReplacementState {
    const claim = this.#world.store.nodeClaims.get(name);
    if (claim === undefined) return 'gone';
    return hasCondition(claim, 'Initialized') ? 'initialized' : 'waiting';
  }

  /** Whether the NodeClaim's object is gone. */
  isGone(name: string): boolean {
    return this.#world.store.nodeClaims.get(name) === undefined;
  }

  /** Requests the deletion of the candidates. */
  deleteCandidates(command: RunningCommand): void {
    for (const name of command.candidates) this.#nodeClaims.delete(name, 'disruption');
  }

  /** Logs that a command has done its work. */
  succeed(command: RunningCommand): void {
    this.#world.log.append('DisruptionSucceeded', { command: command.id });
  }

  /** Gives a command up: the candidates go back to normal, replacements that exist live on. */
  fail(command: RunningCommand, reason: string): void {
    const { log } = this.#world;
    log.append('DisruptionFailed', { command: command.id, reason });
    for (const name of command.candidates) {
      this.#state.setMarked(name, false);
      const claim = this.#world.store.nodeClaims.get(name);
      if (claim !== undefined) this.#release(claim);
    }
  }

  /** Takes the taint off nodes that no command holds and that are not going away. */
  cleanUp(): void {
    for (const claim of this.#world.store.nodeClaims.values()) {
      const stateNode = this.#state.stateNode(claim);
      if (stateNode === undefined || stateNode.heldByCommand || stateNode.markedForDeletion) continue;
      if (claim.metadata.deletionTimeMs === undefined) this.#release(claim);
    }
  }

  #setDisrupting(nodeClaimName: string, reason: string): void {
    const { settings, store } = this.#world;
    const claim = store.nodeClaims.get(nodeClaimName);
    if (claim === undefined) return;
    const node = this.#state.nodeOf(claim);
    if (node !== undefined) this.#termination.setDisruptedTaint(node, true);
    if (settings.version === 'v0.32.0') return;
    const condition = { type: 'DisruptionReason', status: 'True', reason } as const;
    const now = epochNow(this.#world);
    store.nodeClaims.set(nodeClaimName, withCondition(claim, condition, now, this.#profile.conditionClock));
  }

  #release(claim: NodeClaim): void {
    const node = this.#state.nodeOf(claim);
    if (node !== undefined) this.#termination.setDisruptedTaint(node, false);
    const released = withoutCondition(claim, 'DisruptionReason');
    if (released !== claim) this.#world.store.nodeClaims.set(claim.metadata.name, released);
  }
}
