import { karpenterOption, onlyOnce } from '../options.js';
import type { Command } from './command.js';

const OPTIONS = {
  karpenter: {
    type: 'string',
    requiresArg: true,
    describe: 'Karpenter version, v1.14.1 or v0.32.0; default: as the scenario has it',
  },
  json: { type: 'boolean', describe: 'Print the diagnoses as one JSON object' },
} as const;

/** `karpsim doctor SCENARIO`. */
export const doctorCommand: Command = {
  name: 'doctor',
  optionNames: Object.keys(OPTIONS),
  missingArgument: 'the scenario file is missing — try karpsim doctor scenarios/traffic-spike.yaml',
  declare(parser, ended) {
    parser.command(
      'doctor <scenario>',
      'Say what a scenario lacks or assumes, worst first',
      (command) =>
        command
          .positional('scenario', { type: 'string', demandOption: true, describe: 'Scenario file' })
          .options(OPTIONS)
          .example('$0 doctor scenarios/mine/scenario.yaml', 'before you trust what it says'),
      async (options) => {
        const { doctor } = await import('../doctor.js');
        ended(
          doctor({
            scenario: options.scenario,
            karpenter: karpenterOption(onlyOnce('karpenter', options.karpenter)),
            json: [options.json].flat().includes(true),
          }),
        );
      },
    );
  },
};
