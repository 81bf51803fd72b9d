import type { Argv } from 'yargs';
import type { ExitCode } from '../exit.js';

/** A command as the parser knows it; what it does is imported only when it is called. */
export interface Command {
  readonly name: string;
  /** Its options, without dashes: what a mistyped one may have meant. */
  readonly optionNames: readonly string[];
  /** Names of its subcommands, where it has any. */
  readonly subcommands?: readonly string[];
  /** What is said when a positional argument is missing. */
  readonly missingArgument: string;
  /** Adds the command to `parser`; `ended` takes the exit code of a call. */
  declare(parser: Argv, ended: (code: ExitCode) => void): void;
}
