import { karpenterOption, onlyOnce } from '../options.js';
import type { Command } from './command.js';

const OPTIONS = {
  kind: {
    type: 'string',
    requiresArg: true,
    describe: 'provisioning, disruption, conditions, life, kubernetes, aws or validation; default: all that are there',
  },
  karpenter: { type: 'string', requiresArg: true, describe: 'Only recordings of this version, v1.14.1 or v0.32.0' },
  family: { type: 'string', requiresArg: true, describe: 'Only this family: a file of cases, such as spread-zone' },
  name: { type: 'string', requiresArg: true, describe: 'Only the case, row or story of this name' },
  json: { type: 'boolean', describe: 'Print passed, failed, rows and failures as one JSON object' },
  diff: { type: 'boolean', describe: 'Show the first differences side by side, and why; not with --json' },
} as const;

/** `karpsim conformance DIR`. */
export const conformanceCommand: Command = {
  name: 'conformance',
  optionNames: Object.keys(OPTIONS),
  missingArgument: 'the folder of recordings is missing — try karpsim conformance test/conformance',
  declare(parser, ended) {
    parser.command(
      'conformance <folder>',
      'Compare karpsim’s decisions with recordings of the real controllers',
      (command) =>
        command
          .positional('folder', { type: 'string', demandOption: true, describe: 'Folder with cases and recordings' })
          .options(OPTIONS)
          .example('$0 conformance test/conformance', 'everything that was recorded')
          .example('$0 conformance my-recordings --kind disruption --diff', 'where the two part, and why'),
      async (options) => {
        const checked = {
          folder: options.folder,
          kind: onlyOnce('kind', options.kind),
          karpenter: karpenterOption(onlyOnce('karpenter', options.karpenter)),
          family: onlyOnce('family', options.family),
          name: onlyOnce('name', options.name),
          json: [options.json].flat().includes(true),
          diff: [options.diff].flat().includes(true),
        };
        const { runConformance } = await import('../conformance.js');
        ended(await runConformance(checked));
      },
    );
  },
};
