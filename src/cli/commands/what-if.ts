import { didYouMean } from '../../kubernetes/manifest/closest-name.js';
import { BadInput } from '../exit.js';
import { countOption, karpenterOption, onlyOnce, seedOption } from '../options.js';
import type { Command } from './command.js';
import { KEPT_RUNS_SETTINGS, RUN_SETTINGS } from './run.js';

const OPTIONS = {
  seeds: {
    type: 'string',
    requiresArg: true,
    describe: 'Runs under different luck of each side, 1 or more; default: 3',
  },
  set: RUN_SETTINGS.set,
  scale: RUN_SETTINGS.scale,
  without: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Switch a factor off: spot, consolidation, packing, elasticity or disturbance',
  },
  ...KEPT_RUNS_SETTINGS,
  seed: RUN_SETTINGS.seed,
  karpenter: RUN_SETTINGS.karpenter,
  json: { type: 'boolean', describe: 'Print one JSON object' },
} as const;

const DEFAULT_SEEDS = 3;
const FACTORS = ['elasticity', 'packing', 'spot', 'consolidation', 'disturbance'] as const;

/** `karpsim what-if SCENARIO`. */
export const whatIfCommand: Command = {
  name: 'what-if',
  optionNames: Object.keys(OPTIONS),
  missingArgument: 'the scenario is missing — try karpsim what-if scenarios/what-if/spot-drought.yaml',
  declare(parser, ended) {
    parser.command(
      'what-if <scenario>',
      'What a change does: cost, waiting, lost requests, and which service suffers',
      (command) =>
        command
          .positional('scenario', {
            type: 'string',
            demandOption: true,
            describe: 'A scenario that extends another; or any, with --set, --scale or --without',
          })
          .options(OPTIONS)
          .example('$0 what-if scenarios/what-if/spot-drought.yaml', 'two hours without spot')
          .example('$0 what-if my.yaml --scale traffic=2x', 'twice the traffic')
          .example('$0 what-if my.yaml --without spot', 'on-demand alone'),
      async (options) => {
        const { keptRunsOptions } = await import('../replication-options.js');
        const seeds = countOption('seeds', onlyOnce('seeds', options.seeds)) ?? DEFAULT_SEEDS;
        if (seeds === 0) throw new BadInput('--seeds: 0 runs say nothing (expected 1 or more) — try --seeds 3');
        const checked = {
          ...keptRunsOptions(options),
          scenario: options.scenario,
          seeds,
          set: options.set ?? [],
          scale: options.scale ?? [],
          without: (options.without ?? []).map(factorOption),
          seed: seedOption(onlyOnce('seed', options.seed)),
          karpenter: karpenterOption(onlyOnce('karpenter', options.karpenter)),
          json: [options.json].flat().includes(true),
        };
        const { runWhatIf } = await import('../what-if.js');
        ended(await runWhatIf(checked));
      },
    );
  },
};

function factorOption(value: string): (typeof FACTORS)[number] {
  const factor = FACTORS.find((known) => known === value);
  if (factor !== undefined) return factor;
  const hint = didYouMean(value, FACTORS) ?? 'try --without spot';
  throw new BadInput(`--without: there is no factor "${value}" (expected ${FACTORS.join(', ')}) — ${hint}`);
}
