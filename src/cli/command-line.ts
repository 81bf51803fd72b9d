import yargs from 'yargs';
import { closestName } from '../kubernetes/manifest/closest-name.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { karpenterOption, onlyOnce, seedOption } from './options.js';
import { packageVersion } from './package-info.js';

const OPTIONS = {
  seed: {
    type: 'string',
    requiresArg: true,
    describe: 'Luck of the run, a whole number; default: as the scenario has it',
  },
  karpenter: {
    type: 'string',
    requiresArg: true,
    describe: 'Karpenter version, v1.14.1 or v0.32.0; default: as the scenario has it',
  },
  json: { type: 'boolean', describe: 'Print the summary as one JSON object' },
  out: { type: 'string', requiresArg: true, describe: 'Folder of the run; default: reports/out/<scenario>' },
  set: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'path=value: change a field of the scenario or of a manifest for this run',
  },
} as const;

const COMMANDS = ['run', 'start'];
const OPTION_NAMES = [...Object.keys(OPTIONS), 'help', 'version'];

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
    .command(
      'run <scenario>',
      'Simulate a scenario; print the answer and write a run folder',
      (command) =>
        command
          .positional('scenario', { type: 'string', demandOption: true, describe: 'Scenario file' })
          .options(OPTIONS)
          .example('$0 run scenarios/traffic-spike.yaml --seed 7', 'other luck, same traffic')
          .example('$0 run my.yaml --set NodePool/general.spec.disruption.consolidateAfter=5m', 'a changed NodePool'),
      async (options) => {
        const checked = {
          scenario: options.scenario,
          seed: seedOption(onlyOnce('seed', options.seed)),
          karpenter: karpenterOption(onlyOnce('karpenter', options.karpenter)),
          json: [options.json].flat().includes(true),
          out: onlyOnce('out', options.out),
          set: options.set ?? [],
        };
        const { runScenario } = await import('./run.js');
        code = await runScenario(checked);
      },
    )
    .command(
      'start',
      'Simulate both shipped scenarios and print their answers',
      (command) => command,
      async () => {
        const { start } = await import('./start.js');
        code = await start();
      },
    )
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
      throw new BadInput(explained(message ?? error?.message ?? 'bad arguments'));
    });
  try {
    await parser.parseAsync();
    return code;
  } catch (error) {
    return report(error);
  }
}

/** A refusal of the parser in our words, with what was probably meant. */
function explained(message: string): string {
  const [, withoutValue] = /^Not enough arguments following: (.+)$/.exec(message) ?? [];
  if (withoutValue !== undefined) return `--${withoutValue} needs a value — try karpsim --help`;
  if (message.startsWith('Not enough non-option arguments')) {
    return 'the scenario file is missing — try karpsim run scenarios/traffic-spike.yaml';
  }
  const [, kind, names] = /^Unknown (argument|command)s?: (.+)$/.exec(message) ?? [];
  const known = kind === 'command' ? COMMANDS : OPTION_NAMES.map((name) => `--${name}`);
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
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `karpsim: a bug in karpsim stopped this run; nothing was written.\n${text}\n` +
      `Please report it with these lines, the command line, the scenario and its manifests (karpsim ${packageVersion()}, Node ${process.version}).\n`,
  );
  return EXIT.bug;
}
