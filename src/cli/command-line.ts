import yargs from 'yargs';
import { closestName } from '../kubernetes/manifest/closest-name.js';
import { budgetsCommand } from './commands/budgets.js';
import { calibrateCommand } from './commands/calibrate.js';
import { compareCommand } from './commands/compare.js';
import { claimsCommand } from './commands/claims.js';
import type { Command } from './commands/command.js';
import { conformanceCommand } from './commands/conformance.js';
import { doctorCommand } from './commands/doctor.js';
import { explainCommand } from './commands/explain.js';
import { limitsCommand } from './commands/limits.js';
import { importCommand } from './commands/import.js';
import { initCommand } from './commands/init.js';
import { packCommand } from './commands/pack.js';
import { pricingCommand } from './commands/pricing.js';
import { rolloutCommand } from './commands/rollout.js';
import { runCommand } from './commands/run.js';
import { startCommand } from './commands/start.js';
import { waterfallCommand } from './commands/waterfall.js';
import { whatIfCommand } from './commands/what-if.js';
import { problemLines } from '../report/problem-lines.js';
import { toCaller } from './caller-folder.js';
import { BadFiles, BadInput, EXIT, type ExitCode } from './exit.js';
import { packageVersion } from './package-info.js';

/** In the order of `karpsim --help`. */
const COMMANDS: readonly Command[] = [
  runCommand,
  explainCommand,
  compareCommand,
  claimsCommand,
  waterfallCommand,
  whatIfCommand,
  rolloutCommand,
  budgetsCommand,
  limitsCommand,
  packCommand,
  importCommand,
  initCommand,
  doctorCommand,
  pricingCommand,
  calibrateCommand,
  conformanceCommand,
  startCommand,
];

/**
 * Parses the arguments, runs the command and says how it went. Commands are imported when they are called, so that `--version`
 * and `--help` answer at once.
 */
export async function runCommandLine(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const parser = yargs([...args])
    .scriptName('karpsim')
    .locale('en')
    .parserConfiguration({ 'dot-notation': false, 'camel-case-expansion': false })
    .usage('$0 <command>\n\nRuns a Kubernetes cluster with Karpenter in virtual time.')
    .demandCommand(1, 'a command is missing')
    .strictCommands()
    .strict()
    .help()
    .alias('help', 'h')
    .version(packageVersion())
    .epilogue('Exit codes: 0 done, 1 a gate failed, 2 bad input, 3 a bug in karpsim.')
    .wrap(100)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new BadInput(explained(message ?? error?.message ?? 'bad arguments', args));
    });
  for (const command of COMMANDS) {
    command.declare(parser, (ended) => {
      code = ended;
    });
  }
  try {
    await parser.parseAsync();
    return code;
  } catch (error) {
    return report(error);
  }
}

/** A refusal of the parser in our words, with what was probably meant. */
function explained(message: string, args: readonly string[]): string {
  const called = COMMANDS.find(({ name }) => args.includes(name));
  const [, withoutValue] = /^Not enough arguments following: (.+)$/.exec(message) ?? [];
  if (withoutValue !== undefined) return `--${withoutValue} needs a value — try karpsim --help`;
  if (called !== undefined && message.startsWith('Not enough non-option arguments')) return called.missingArgument;
  const [, kind, names] = /^Unknown (argument|command)s?: (.+)$/.exec(message) ?? [];
  const known =
    kind === 'command'
      ? COMMANDS.map(({ name }) => name)
      : [...(called?.optionNames ?? []), 'help', 'version'].map((name) => `--${name}`);
  if (kind === 'command' && called?.subcommands !== undefined) {
    const name = names?.split(', ')[0] ?? '';
    const meant = closestName(name, called.subcommands);
    return `${called.name} knows no "${name}" (expected ${called.subcommands.join(', ')})${meant === undefined ? '' : ` — did you mean ${meant}?`}`;
  }
  for (const name of names?.split(', ') ?? []) {
    const meant = closestName(kind === 'command' ? name : `--${name}`, known);
    if (meant !== undefined) return `${message} — did you mean ${meant}?`;
  }
  return `${message} — try karpsim --help`;
}

/** Our own refusals are one sentence; anything else is a bug and keeps its stack. */
function report(error: unknown): ExitCode {
  if (error instanceof BadInput) {
    process.stderr.write(`karpsim: ${error.message}\n`);
    return EXIT.badInput;
  }
  if (error instanceof BadFiles) {
    process.stderr.write(problemLines(error.problems, toCaller));
    return EXIT.badInput;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `karpsim: a bug in karpsim stopped this run; nothing was written.\n${text}\n` +
      `Please report it with these lines, the command line, the scenario and its manifests (karpsim ${packageVersion()}, Node ${process.version}).\n`,
  );
  return EXIT.bug;
}
