import type { Command } from './command.js';

/** `karpsim start`. */
export const startCommand: Command = {
  name: 'start',
  optionNames: [],
  missingArgument: 'an argument is missing — try karpsim start',
  declare(parser, ended) {
    parser.command(
      'start',
      'Simulate both shipped scenarios and print their answers',
      (command) => command,
      async () => {
        const { start } = await import('../start.js');
        ended(await start());
      },
    );
  },
};
