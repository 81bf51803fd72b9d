import { baselineOption, commitmentOption, karpenterOption, onlyOnce, seedOption } from '../options.js';
import { BadInput } from '../exit.js';
import type { Command } from './command.js';

/** Settings of a run that other commands take too. */
export const RUN_SETTINGS = {
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
  set: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'path=value: change a field of the scenario or of a manifest for this run',
  },
  scale: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'traffic=2x, or traffic.NAME=2x: a factor on the demand of all curves or of one',
  },
} as const;

/** How many threads do the runs of a command, and where finished ones are kept. */
export const KEPT_RUNS_SETTINGS = {
  workers: { type: 'string', requiresArg: true, describe: 'Threads; default: one for each core' },
  results: {
    type: 'string',
    requiresArg: true,
    describe: 'File of finished runs; default: below reports/out/, by command and scenario',
  },
  resume: { type: 'boolean', describe: 'Continue from the finished runs of an interrupted call' },
} as const;

/** How often a scenario is simulated. */
export const REPLICATION_SETTINGS = {
  seeds: {
    type: 'string',
    requiresArg: true,
    describe: 'Repeat the run under so many seeds; print means and intervals',
  },
  precision: {
    type: 'string',
    requiresArg: true,
    describe: 'Stop when an interval is as narrow as ±1%, say, of the cost; or METRIC=1%',
  },
} as const;

/** Whether what nobody knows exactly is tried, too. */
export const SECOND_RANGE_SETTING = {
  'second-range': {
    type: 'boolean',
    default: true,
    describe: 'Try what nobody knows exactly, too; --no-second-range leaves it out: fewer runs, verdicts of luck alone',
  },
} as const;

const OPTIONS = {
  seed: RUN_SETTINGS.seed,
  karpenter: RUN_SETTINGS.karpenter,
  json: { type: 'boolean', describe: 'Print the summary as one JSON object' },
  out: { type: 'string', requiresArg: true, describe: 'Folder of the run; default: reports/out/<scenario>' },
  set: RUN_SETTINGS.set,
  scale: RUN_SETTINGS.scale,
  ...REPLICATION_SETTINGS,
  ...KEPT_RUNS_SETTINGS,
  baseline: {
    type: 'string',
    requiresArg: true,
    describe:
      'Nodes from a baseline instead of Karpenter: static or cluster-autoscaler; all: Karpenter beside every one',
  },
  commitment: {
    type: 'string',
    requiresArg: true,
    describe: 'Commit to on-demand usage: savings-plan-1y, or none; default: as the scenario has it',
  },
  variants: {
    type: 'boolean',
    default: true,
    describe: 'Run the variants that the scenario declares, too; --no-variants leaves them out',
  },
} as const;

/** `karpsim run SCENARIO`. */
export const runCommand: Command = {
  name: 'run',
  optionNames: [...Object.keys(OPTIONS), 'no-variants'],
  missingArgument: 'the scenario file is missing — try karpsim run scenarios/traffic-spike.yaml',
  declare(parser, ended) {
    parser.command(
      'run <scenario>',
      'Simulate a scenario; print the answer and write a run folder',
      (command) =>
        command
          .positional('scenario', { type: 'string', demandOption: true, describe: 'Scenario file' })
          .options(OPTIONS)
          .example('$0 run scenarios/traffic-spike.yaml --seed 7', 'other luck, same traffic')
          .example('$0 run scenarios/traffic-spike.yaml --seeds 20', 'how much of it is luck')
          .example('$0 run scenarios/traffic-spike.yaml --baseline all', 'what Karpenter saves, and against what')
          .example('$0 run my.yaml --set NodePool/general.spec.disruption.consolidateAfter=5m', 'a changed NodePool'),
      async (options) => {
        const { keptRunsOptions, precisionOption, seedsOption } = await import('../replication-options.js');
        const seeds = seedsOption(onlyOnce('seeds', options.seeds));
        const ofSeeds = (['precision', 'results', 'resume'] as const).find((name) => options[name] !== undefined);
        if (seeds === undefined && ofSeeds !== undefined) {
          throw new BadInput(`--${ofSeeds} is about the runs of --seeds, which is not given — try --seeds 10`);
        }
        const checked = {
          scenario: options.scenario,
          seed: seedOption(onlyOnce('seed', options.seed)),
          karpenter: karpenterOption(onlyOnce('karpenter', options.karpenter)),
          json: [options.json].flat().includes(true),
          out: onlyOnce('out', options.out),
          set: options.set ?? [],
          scale: options.scale ?? [],
          baseline: baselineOption(onlyOnce('baseline', options.baseline)),
          commitment: commitmentOption(onlyOnce('commitment', options.commitment)),
          seeds,
          precision: precisionOption(onlyOnce('precision', options.precision)),
          ...keptRunsOptions(options),
          variants: ![options.variants].flat().includes(false),
        };
        const { runScenario } = await import('../run.js');
        ended(await runScenario(checked));
      },
    );
  },
};
