import { onlyOnce } from '../options.js';
import type { Command } from './command.js';

const OPTIONS = {
  out: { type: 'string', requiresArg: true, describe: 'File to write; default: the CSV file with .latency.json' },
  json: { type: 'boolean', describe: 'Print one JSON object' },
} as const;

/** `karpsim calibrate latency FILE`. */
export const calibrateCommand: Command = {
  name: 'calibrate',
  optionNames: Object.keys(OPTIONS),
  subcommands: ['latency'],
  missingArgument: 'the file of observed launches is missing — try karpsim calibrate latency launches.csv',
  declare(parser, ended) {
    parser.command('calibrate', "Fit a model to observations of one's own", (calibrate) =>
      calibrate
        .command(
          'latency <file>',
          'Fit launch latency to observed launches, and save it for scenarios',
          (command) =>
            command
              .positional('file', {
                type: 'string',
                demandOption: true,
                describe: 'CSV output of LogParserForKarpenter, or a plain list of seconds',
              })
              .options(OPTIONS)
              .example('$0 calibrate latency launches.csv', 'writes launches.latency.json'),
          async (options) => {
            const checked = {
              file: options.file,
              out: onlyOnce('out', options.out),
              json: [options.json].flat().includes(true),
            };
            const { calibrateLatency } = await import('../calibrate-latency.js');
            ended(await calibrateLatency(checked));
          },
        )
        .demandCommand(1, 'calibrate needs what to calibrate: latency'),
    );
  },
};
