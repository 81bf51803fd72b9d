import type { DisruptionCommand } from '../karpenter/disruption/disruption-method.js';

/** Carries out what the disruption loop decided. */
export interface CommandExecutor {
  /** A name for a command, from its method and a running number. */
  name(command: DisruptionCommand): string;
  /** Takes the taint off nodes that no command holds any more; the loop does this at every poll. */
  cleanUp(): void;
  /**
   * Starts commands. `proceed` is called when the loop may go on: at once with v1.14.1, whose commands wait in a queue,
   * when the nodes are gone with v0.32.0.
   *
   * @param id name of the first command, if it has been proposed before.
   */
  start(commands: readonly DisruptionCommand[], id: string | undefined, proceed: () => void): void;
}
