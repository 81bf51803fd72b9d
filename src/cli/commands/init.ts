import { BadInput } from '../exit.js';
import { onlyOnce } from '../options.js';
import type { Command } from './command.js';

const OPTIONS = {
  out: { type: 'string', requiresArg: true, describe: 'Folder of the scenario, such as scenarios/mine' },
  region: { type: 'string', requiresArg: true, describe: 'Region of the prices; default: us-east-1' },
} as const;

/** `karpsim init NODEPOOLS --out FOLDER`. */
export const initCommand: Command = {
  name: 'init',
  optionNames: Object.keys(OPTIONS),
  missingArgument: 'the file of NodePools is missing — try karpsim init nodepool.yaml --out scenarios/mine',
  declare(parser, ended) {
    parser.command(
      'init <nodepools>',
      'Write a commented starter scenario around a file of NodePools',
      (command) =>
        command
          .positional('nodepools', {
            type: 'string',
            demandOption: true,
            describe: 'Manifest with NodePools, v1 or v1beta1',
          })
          .options(OPTIONS)
          .example('$0 init nodepool.yaml --out scenarios/mine', 'three files to change'),
      async (options) => {
        const out = onlyOnce('out', options.out);
        if (out === undefined || out === '') throw new BadInput('--out is missing — try --out scenarios/mine');
        const { init } = await import('../init.js');
        const region = onlyOnce('region', options.region) ?? 'us-east-1';
        ended(await init({ nodePools: options.nodepools, out, region }));
      },
    );
  },
};
