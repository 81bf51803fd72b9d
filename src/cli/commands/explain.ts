import { BadInput } from '../exit.js';
import { onlyOnce } from '../options.js';
import type { Command } from './command.js';

const OPTIONS = {
  node: { type: 'string', requiresArg: true, describe: 'Why this node stayed: at a moment, or over its whole life' },
  pod: {
    type: 'string',
    requiresArg: true,
    describe: 'Why this pod (namespace/name) waited, where it was planned, how often it moved',
  },
  nodepool: { type: 'string', requiresArg: true, describe: 'What held this NodePool back, and why its nodes stayed' },
  nodeclaim: { type: 'string', requiresArg: true, describe: 'What this NodeClaim was made for and what came of it' },
  churn: {
    type: 'boolean',
    describe: 'Loops: the same node bought again, pods moved about, HPA against consolidation',
  },
  at: {
    type: 'string',
    requiresArg: true,
    describe: 'Moment: 14:05, 14:05:30, +2h30m or RFC 3339; with --node or alone',
  },
  json: { type: 'boolean', describe: 'Print one JSON object' },
} as const;

/** The parser reads a lone - as a switch without a name. */
function runArgument(value: unknown): string {
  if (value === '') throw new BadInput(explainCommand.missingArgument);
  return value === true ? '-' : String(value);
}

/** `karpsim explain RUN`. */
export const explainCommand: Command = {
  name: 'explain',
  optionNames: Object.keys(OPTIONS),
  missingArgument: 'the run folder is missing — try karpsim explain reports/out/underutilization',
  declare(parser, ended) {
    parser.command(
      'explain <run>',
      'Say why a node, pod or NodePool of a saved run did what it did',
      (command) =>
        command
          .positional('run', {
            demandOption: true,
            describe:
              'Folder that karpsim run wrote; or a dump of a cluster, as for karpsim pack: why its nodes stay now',
          })
          .options(OPTIONS)
          .example('$0 explain reports/out/underutilization --at 03:00', 'every node at 3 o’clock, one line each')
          .example('$0 explain reports/out/underutilization --churn', 'what was done again and again'),
      async (options) => {
        const checked = {
          run: runArgument(options.run),
          node: onlyOnce('node', options.node),
          pod: onlyOnce('pod', options.pod),
          nodepool: onlyOnce('nodepool', options.nodepool),
          nodeclaim: onlyOnce('nodeclaim', options.nodeclaim),
          churn: [options.churn].flat().includes(true),
          at: onlyOnce('at', options.at),
          json: [options.json].flat().includes(true),
        };
        const { explain } = await import('../explain.js');
        ended(await explain(checked));
      },
    );
  },
};
