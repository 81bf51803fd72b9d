import { countOption, onlyOnce, timeOption } from '../options.js';
import type { Command } from './command.js';

const OPTIONS = {
  week: { type: 'boolean', describe: 'A whole week by the clock; without it one moment and what changes next' },
  nodes: { type: 'string', requiresArg: true, describe: 'Nodes that each NodePool has; default: 10' },
  from: {
    type: 'string',
    requiresArg: true,
    describe: 'Date or UTC time to begin at; default: now, with --week the Monday of this week',
  },
  json: { type: 'boolean', describe: 'Print one JSON object' },
} as const;

/** `karpsim budgets FILE...`. */
export const budgetsCommand: Command = {
  name: 'budgets',
  optionNames: Object.keys(OPTIONS),
  missingArgument: 'the file of NodePools is missing — try karpsim budgets scenarios/banking/nodepools.yaml --week',
  declare(parser, ended) {
    parser.command(
      'budgets <files..>',
      'Show when disruption budgets allow which disruptions, and of how many nodes',
      (command) =>
        command
          .positional('files', {
            type: 'string',
            array: true,
            demandOption: true,
            describe: 'Manifests with NodePools',
          })
          .options(OPTIONS)
          .example('$0 budgets nodepools.yaml --week --nodes 40', 'this week, for 40 nodes in each NodePool'),
      async (options) => {
        const week = [options.week].flat().includes(true);
        const fromMs = timeOption('from', onlyOnce('from', options.from));
        const checked = {
          files: options.files,
          nodes: countOption('nodes', onlyOnce('nodes', options.nodes)) ?? 10,
          week,
          // A week is whole days.
          fromMs: fromMs === undefined || !week ? fromMs : fromMs - (fromMs % 86_400_000),
          json: [options.json].flat().includes(true),
        };
        const { showBudgets } = await import('../budgets.js');
        ended(showBudgets(checked));
      },
    );
  },
};
