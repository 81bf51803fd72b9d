import { karpenterOption, namesOption, onlyOnce, regionOption } from '../options.js';
import type { Command } from './command.js';
import { RUN_SETTINGS } from './run.js';

const OPTIONS = {
  karpenter: {
    type: 'string',
    requiresArg: true,
    describe:
      'Karpenter version, v1.14.1 or v0.32.0; default: as the scenario has it, or the one that serves the NodePools',
  },
  region: { type: 'string', requiresArg: true, describe: 'Region of manifests; default: us-east-1' },
  zones: {
    type: 'string',
    requiresArg: true,
    describe: 'Zones of the subnets, with commas; default: all of the region but us-east-1e',
  },
  set: RUN_SETTINGS.set,
  json: { type: 'boolean', describe: 'Print one JSON object' },
} as const;

/** `karpsim limits FILE...`. */
export const limitsCommand: Command = {
  name: 'limits',
  optionNames: Object.keys(OPTIONS),
  missingArgument: 'the file is missing — try karpsim limits scenarios/traffic-spike.yaml',
  declare(parser, ended) {
    parser.command(
      'limits <files..>',
      'Price the limits of NodePools: the largest bill that they allow',
      (command) =>
        command
          .positional('files', {
            type: 'string',
            array: true,
            demandOption: true,
            describe: 'A scenario, or manifests with NodePools and EC2NodeClasses',
          })
          .options(OPTIONS)
          .example('$0 limits scenarios/traffic-spike.yaml', "a scenario's NodePools at its prices")
          .example('$0 limits nodepools.yaml nodeclasses.yaml --region us-east-1', 'manifests'),
      async (options) => {
        const checked = {
          files: options.files,
          karpenter: karpenterOption(onlyOnce('karpenter', options.karpenter)),
          region: regionOption(onlyOnce('region', options.region)),
          zones: namesOption('zones', options.zones),
          set: options.set ?? [],
          json: [options.json].flat().includes(true),
        };
        const { showLimits } = await import('../limits.js');
        ended(await showLimits(checked));
      },
    );
  },
};
