import { BadInput } from '../exit.js';
import { karpenterOption, namesOption, onlyOnce, seedOption } from '../options.js';
import type { Command } from './command.js';

const OPTIONS = {
  karpenter: {
    type: 'string',
    requiresArg: true,
    describe: 'Karpenter version, v1.14.1 or v0.32.0; default: the one that serves the NodePools',
  },
  region: { type: 'string', requiresArg: true, describe: 'Region; default: us-east-1' },
  zones: {
    type: 'string',
    requiresArg: true,
    describe: 'Zones of the subnets, with commas; default: all of the region but us-east-1e',
  },
  types: {
    type: 'string',
    requiresArg: true,
    describe: 'Instance types on offer: names with commas, or a file of names; default: the whole catalogue',
  },
  seed: { type: 'string', requiresArg: true, describe: 'Luck where Karpenter leaves a choice open; default: 1' },
  json: { type: 'boolean', describe: 'Print the decision as one JSON object' },
} as const;

/** The parser reads a lone - as a switch without a name. */
function clusterArgument(value: unknown): string {
  if (value === '') throw new BadInput(packCommand.missingArgument);
  return value === true ? '-' : String(value);
}

/** `karpsim pack CLUSTER`. */
export const packCommand: Command = {
  name: 'pack',
  optionNames: Object.keys(OPTIONS),
  missingArgument: 'the cluster is missing — try karpsim pack scenarios/banking/cluster.yaml',
  declare(parser, ended) {
    parser.command(
      'pack <cluster>',
      'One scheduling pass over a cluster: which pods go where, what would be launched, what cannot be placed and why',
      (command) =>
        command
          .positional('cluster', {
            demandOption: true,
            describe: 'Manifests or a dump: a file, a folder, or - for standard input',
          })
          .options(OPTIONS)
          .example('$0 pack scenarios/banking/cluster.yaml', 'the shipped example')
          .example('kubectl get nodes,nodeclaims,nodepools,pods,… -A -o json | $0 pack -', 'a cluster as it runs'),
      async (options) => {
        const checked = {
          cluster: clusterArgument(options.cluster),
          karpenter: karpenterOption(onlyOnce('karpenter', options.karpenter)),
          region: onlyOnce('region', options.region),
          zones: namesOption('zones', options.zones),
          types: options.types === '' ? '' : onlyOnce('types', options.types),
          seed: seedOption(onlyOnce('seed', options.seed)),
          json: [options.json].flat().includes(true),
        };
        const { pack } = await import('../pack.js');
        ended(await pack(checked));
      },
    );
  },
};
