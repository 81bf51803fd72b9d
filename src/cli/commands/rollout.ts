import { durationOption, karpenterOption, onlyOnce, requiredOption, seedOption } from '../options.js';
import type { Command } from './command.js';
import { RUN_SETTINGS } from './run.js';

const { seed, karpenter, set } = RUN_SETTINGS;

const OPTIONS = {
  with: { type: 'string', requiresArg: true, describe: 'Manifest with the changed NodePools or EC2NodeClasses' },
  at: { type: 'string', requiresArg: true, describe: 'When it is applied: 14:00 (UTC), +2h30m or a full UTC time' },
  every: {
    type: 'string',
    requiresArg: true,
    describe: 'Length of a line of the timeline, such as 5m; default: about 20 lines',
  },
  seed,
  karpenter,
  set,
  json: { type: 'boolean', describe: 'Print one JSON object' },
} as const;

/** `karpsim rollout SCENARIO --with FILE --at TIME`. */
export const rolloutCommand: Command = {
  name: 'rollout',
  optionNames: Object.keys(OPTIONS),
  missingArgument:
    'the scenario file is missing — try karpsim rollout scenarios/traffic-spike.yaml --with nodepool.yaml --at 14:00',
  declare(parser, ended) {
    parser.command(
      'rollout <scenario>',
      'Show what happens while a changed NodePool takes effect in a running cluster',
      (command) =>
        command
          .positional('scenario', { type: 'string', demandOption: true, describe: 'Scenario file' })
          .options(OPTIONS)
          .example(
            '$0 rollout scenarios/traffic-spike.yaml --with nodepool.yaml --at 14:00',
            'drift, minute by minute',
          ),
      async (options) => {
        const checked = {
          scenario: options.scenario,
          with: requiredOption('with', onlyOnce('with', options.with), 'a manifest with the changed NodePool'),
          at: requiredOption('at', onlyOnce('at', options.at), 'a time of the run such as 14:00 or +2h30m'),
          stepMs: durationOption('every', onlyOnce('every', options.every)),
          seed: seedOption(onlyOnce('seed', options.seed)),
          karpenter: karpenterOption(onlyOnce('karpenter', options.karpenter)),
          json: [options.json].flat().includes(true),
          set: options.set ?? [],
        };
        const { runRollout } = await import('../rollout.js');
        ended(await runRollout(checked));
      },
    );
  },
};
