import type { Command } from './command.js';
import { KEPT_RUNS_SETTINGS, REPLICATION_SETTINGS, RUN_SETTINGS, SECOND_RANGE_SETTING } from './run.js';

const OPTIONS = {
  with: { type: 'string', requiresArg: true, describe: 'B is A with the NodePools or EC2NodeClasses of this file' },
  karpenter: {
    type: 'string',
    requiresArg: true,
    describe: 'Version of both, or of A and of B: v0.32.0,v1.14.1',
  },
  baseline: {
    type: 'string',
    requiresArg: true,
    describe: 'A is the scenario without Karpenter: static or cluster-autoscaler',
  },
  commitment: { type: 'string', requiresArg: true, describe: 'B pays for on-demand usage under savings-plan-1y' },
  seeds: { ...REPLICATION_SETTINGS.seeds, describe: 'How many seeds; default: 10' },
  precision: REPLICATION_SETTINGS.precision,
  ...SECOND_RANGE_SETTING,
  seed: { ...RUN_SETTINGS.seed, describe: 'First seed; default: as scenario A has it' },
  independent: { type: 'boolean', describe: 'Give A and B seeds of their own instead of the same luck' },
  'fail-if': {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Exit 1 when the whole interval is beyond a limit: cost>+5% or pending.p99>60s',
  },
  tolerance: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'How much service may differ before costs are not comparable: pending.p99=15s',
  },
  set: RUN_SETTINGS.set,
  scale: RUN_SETTINGS.scale,
  format: { type: 'string', requiresArg: true, describe: 'text, markdown or json; default: text' },
  json: { type: 'boolean', describe: 'Print one JSON object' },
  ...KEPT_RUNS_SETTINGS,
} as const;

/** `karpsim compare A B`. */
export const compareCommand: Command = {
  name: 'compare',
  optionNames: [...Object.keys(OPTIONS), 'no-second-range'],
  missingArgument:
    'the scenario file is missing — try karpsim compare scenarios/traffic-spike.yaml --with nodepool.yaml',
  declare(parser, ended) {
    parser.command(
      'compare <scenario> [other]',
      'Compare two scenarios, or a scenario with a changed one, under the same luck',
      (command) =>
        command
          .positional('scenario', { type: 'string', demandOption: true, describe: 'Scenario A' })
          .positional('other', { type: 'string', describe: 'Scenario B' })
          .options(OPTIONS)
          .example('$0 compare now.yaml then.yaml --seeds 30', 'differences with intervals')
          .example("$0 compare now.yaml --with nodepool.yaml --fail-if 'cost>+5%'", 'a change, before it is merged')
          .example('$0 compare now.yaml --karpenter v0.32.0,v1.14.1', 'an upgrade of Karpenter'),
      async (options) => {
        const { checkedCompareOptions } = await import('../compare-options.js');
        const checked = checkedCompareOptions(options);
        const { compareScenarios } = await import('../compare.js');
        ended(await compareScenarios(checked));
      },
    );
  },
};
