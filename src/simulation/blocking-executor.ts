import { awaitDeletion, awaitReplacement, type WaitStep } from '../karpenter/disruption/blocking-wait.js';
import type { DisruptionCommand } from '../karpenter/disruption/disruption-method.js';
import type { CommandExecution, RunningCommand } from './command-execution.js';
import type { CommandExecutor } from './command-executor.js';
import { PRIORITY, type World } from './world.js';

/**
 * v0.32.0: the loop itself waits until the replacements are ready and then until the nodes are gone, one after another
 * (disruption.md §7.1).
 */
export class BlockingExecutor implements CommandExecutor {
  readonly #world: World;
  readonly #execution: CommandExecution;

  constructor(world: World, execution: CommandExecution) {
    this.#world = world;
    this.#execution = execution;
  }

  name(command: DisruptionCommand): string {
    return this.#execution.name(command);
  }

  cleanUp(): void {
    this.#execution.cleanUp();
  }

  start(commands: readonly DisruptionCommand[], id: string | undefined, proceed: () => void): void {
    const [command] = commands;
    if (command === undefined) {
      proceed();
      return;
    }
    const running = this.#execution.begin(command, id ?? this.name(command));
    this.#awaitReplacements(running, 0, proceed);
  }

  #awaitReplacements(command: RunningCommand, index: number, proceed: () => void): void {
    const name = command.replacements[index];
    if (name === undefined) {
      this.#execution.deleteCandidates(command);
      this.#awaitDeletions(command, 0, proceed);
      return;
    }
    const startedMs = this.#world.kernel.now;
    const look = (count: number): WaitStep =>
      awaitReplacement(this.#execution.replacementState(name), count, this.#world.kernel.now - startedMs);
    this.#wait(command, look, 0, (done) => {
      if (done) {
        this.#awaitReplacements(command, index + 1, proceed);
        return;
      }
      this.#execution.fail(command, 'a replacement did not become ready');
      proceed();
    });
  }

  #awaitDeletions(command: RunningCommand, index: number, proceed: () => void): void {
    const name = command.candidates[index];
    if (name === undefined) {
      this.#execution.succeed(command);
      proceed();
      return;
    }
    const look = (count: number): WaitStep => awaitDeletion(this.#execution.isGone(name), count);
    this.#wait(command, look, 0, () => {
      this.#awaitDeletions(command, index + 1, proceed);
    });
  }

  #wait(
    command: RunningCommand,
    look: (count: number) => WaitStep,
    count: number,
    then: (done: boolean) => void,
  ): void {
    const step = look(count);
    if (step.kind !== 'wait') {
      then(step.kind === 'done');
      return;
    }
    this.#world.kernel.after(step.pauseMs, PRIORITY.disruption, `wait of ${command.id}`, () => {
      this.#wait(command, look, count + 1, then);
    });
  }
}
