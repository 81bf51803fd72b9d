import { parseGoDuration } from '../../kubernetes/duration.js';
import { BadInput } from '../exit.js';
import { onlyOnce } from '../options.js';
import type { Command } from './command.js';

const OPTIONS = {
  out: { type: 'string', requiresArg: true, describe: 'Folder of the scenario, such as scenarios/mine' },
  redact: { type: 'boolean', describe: 'Pseudonyms for every name of your own, so that the scenario can be passed on' },
  usage: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'What pods use: kubectl top pods -A, a range query of Prometheus (JSON), or CSV; may be given twice',
  },
  utilisation: {
    type: 'string',
    requiresArg: true,
    describe: 'What pods use of their CPU requests where nothing tells, 0 to 1; default: 0.5',
  },
  duration: { type: 'string', requiresArg: true, describe: 'Length of the run; default: 1h' },
  region: { type: 'string', requiresArg: true, describe: 'Region of the prices; default: what the nodes say' },
  force: { type: 'boolean', describe: 'Replace the folder if it is there' },
  json: { type: 'boolean', describe: 'Print what was imported, left out and guessed as one JSON object' },
} as const;

/** `karpsim import DUMP --out FOLDER`. */
export const importCommand: Command = {
  name: 'import',
  optionNames: Object.keys(OPTIONS),
  missingArgument:
    'the dump is missing — try kubectl get nodes,pods,… -A -o yaml | karpsim import - --out scenarios/mine',
  declare(parser, ended) {
    parser.command(
      'import <dump>',
      'Make a scenario of a running cluster, from what kubectl prints',
      (command) =>
        command
          .positional('dump', { demandOption: true, describe: 'A dump: a file, a folder, or - for standard input' })
          .options(OPTIONS)
          .example(
            'kubectl get nodepools,ec2nodeclasses,nodeclaims,nodes,pods,deploy,rs,sts,ds,jobs,cronjobs,hpa,pdb,pvc,pv,sc,ns -A -o yaml > dump.yaml',
            'the dump',
          )
          .example('$0 import dump.yaml --out scenarios/mine', 'the scenario')
          .example('$0 import dump.yaml --usage top.txt --redact --out scenarios/mine', 'with usage, to be passed on'),
      async (options) => {
        const out = onlyOnce('out', options.out);
        if (out === undefined || out === '') throw new BadInput('--out is missing — try --out scenarios/mine');
        const utilisation = Number(onlyOnce('utilisation', options.utilisation) ?? '0.5');
        if (!(utilisation > 0 && utilisation <= 1)) {
          throw new BadInput(
            `--utilisation: ${String(options.utilisation)} is not a share between 0 and 1, such as 0.5`,
          );
        }
        const duration = onlyOnce('duration', options.duration) ?? '1h';
        if ((parseGoDuration(duration) ?? 0) === 0) {
          throw new BadInput(`--duration: ${duration} is not a duration such as 30m, 6h or 24h`);
        }
        const dump: unknown = options.dump;
        if (dump === '') throw new BadInput(importCommand.missingArgument);
        const { importCluster } = await import('../import.js');
        ended(
          await importCluster({
            // The parser reads a lone - as a switch without a name.
            dump: dump === true ? '-' : String(dump),
            out,
            redact: [options.redact].flat().includes(true),
            usage: options.usage ?? [],
            utilisation,
            duration,
            region: onlyOnce('region', options.region),
            force: [options.force].flat().includes(true),
            json: [options.json].flat().includes(true),
          }),
        );
      },
    );
  },
};
