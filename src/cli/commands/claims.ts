import { BadInput } from '../exit.js';
import { countOption, karpenterOption, onlyOnce, seedOption } from '../options.js';
import type { Command } from './command.js';
import { KEPT_RUNS_SETTINGS, RUN_SETTINGS, SECOND_RANGE_SETTING } from './run.js';

const OPTIONS = {
  seeds: { type: 'string', requiresArg: true, describe: 'Runs under different luck, 1 or more; default: 5' },
  ...SECOND_RANGE_SETTING,
  ...KEPT_RUNS_SETTINGS,
  gate: { type: 'boolean', describe: 'Exit 1 when a claim is contradicted' },
  seed: RUN_SETTINGS.seed,
  karpenter: RUN_SETTINGS.karpenter,
  set: RUN_SETTINGS.set,
  scale: RUN_SETTINGS.scale,
  json: { type: 'boolean', describe: 'Print one JSON object' },
} as const;

/** A banking day is a few seconds, and there are dozens of runs: the guide has its verdicts within minutes. */
const DEFAULT_SEEDS = 5;

/** `karpsim claims FILE`. */
export const claimsCommand: Command = {
  name: 'claims',
  optionNames: [...Object.keys(OPTIONS), 'no-second-range'],
  missingArgument: 'the file of claims is missing — try karpsim claims scenarios/banking/claims.yaml',
  declare(parser, ended) {
    parser.command(
      'claims <file>',
      'Check claims about cost, speed and availability by simulation: a verdict for each, with its evidence',
      (command) =>
        command
          .positional('file', {
            type: 'string',
            demandOption: true,
            describe: 'File of claims, or a scenario that has claims',
          })
          .options(OPTIONS)
          .example('$0 claims scenarios/banking/claims.yaml', "the guide's sentences")
          .example('$0 claims my-claims.yaml --gate --json', 'for a pipeline'),
      async (options) => {
        const { keptRunsOptions } = await import('../replication-options.js');
        const seeds = countOption('seeds', onlyOnce('seeds', options.seeds)) ?? DEFAULT_SEEDS;
        if (seeds === 0) throw new BadInput('--seeds: 0 runs say nothing (expected 1 or more) — try --seeds 10');
        const checked = {
          ...keptRunsOptions(options),
          scenario: options.file,
          seeds,
          secondRange: ![options['second-range']].flat().includes(false),
          gate: [options.gate].flat().includes(true),
          seed: seedOption(onlyOnce('seed', options.seed)),
          karpenter: karpenterOption(onlyOnce('karpenter', options.karpenter)),
          set: options.set ?? [],
          scale: options.scale ?? [],
          json: [options.json].flat().includes(true),
        };
        const { runClaims } = await import('../claims.js');
        ended(await runClaims(checked));
      },
    );
  },
};
