import { QUEUE_POLL_MS, queueStep } from '../karpenter/disruption/command-queue.js';
import type { DisruptionCommand } from '../karpenter/disruption/disruption-method.js';
import { nominationWindowMs } from './nomination.js';
import type { ClusterState } from './cluster-state.js';
import type { CommandExecution, RunningCommand } from './command-execution.js';
import type { CommandExecutor } from './command-executor.js';
import { epochNow, PRIORITY, type World } from './world.js';

/** v1.14.1: commands wait in a queue for their replacements while the loop goes on (disruption.md §7.2). */
export class QueueExecutor implements CommandExecutor {
  readonly #world: World;
  readonly #state: ClusterState;
  readonly #execution: CommandExecution;
  #heldCandidates = 0;

  constructor(world: World, state: ClusterState, execution: CommandExecution) {
    this.#world = world;
    this.#state = state;
    this.#execution = execution;
  }

  name(command: DisruptionCommand): string {
    return this.#execution.name(command);
  }

  cleanUp(): void {
    this.#execution.cleanUp();
  }

  start(commands: readonly DisruptionCommand[], id: string | undefined, proceed: () => void): void {
    commands.forEach((command, index) => {
      const name = (index === 0 ? id : undefined) ?? this.name(command);
      const running = this.#execution.begin(command, name);
      for (const candidate of running.candidates) this.#state.setHeld(candidate, true);
      this.#heldCandidates += running.candidates.length;
      const untilMs = epochNow(this.#world) + nominationWindowMs(this.#world.settings);
      for (const { nodeClaim } of command.destinations) {
        if (nodeClaim !== undefined) this.#state.nominate(nodeClaim.metadata.name, untilMs);
      }
      this.#look(running);
    });
    proceed();
  }

  #look(command: RunningCommand): void {
    const { kernel } = this.#world;
    const states = command.replacements.map((name) => this.#execution.replacementState(name));
    const step = queueStep(states, command.startedMs, epochNow(this.#world), this.#heldCandidates);
    if (step.deletesCandidates) this.#execution.deleteCandidates(command);
    if (step.outcome === 'waiting') {
      kernel.after(QUEUE_POLL_MS, PRIORITY.disruptionQueue, `disruption queue: ${command.id}`, () => {
        this.#look(command);
      });
      return;
    }
    this.#heldCandidates -= command.candidates.length;
    for (const name of command.candidates) this.#state.setHeld(name, false);
    if (step.outcome === 'succeeded') this.#execution.succeed(command);
    else this.#execution.fail(command, step.failure ?? 'timeout');
  }
}
