import { didYouMean } from '../../kubernetes/manifest/closest-name.js';
import { BadInput } from '../exit.js';
import { countOption, karpenterOption, onlyOnce, seedOption } from '../options.js';
import type { Command } from './command.js';
import { KEPT_RUNS_SETTINGS, RUN_SETTINGS } from './run.js';

const OPTIONS = {
  runs: { type: 'string', requiresArg: true, describe: 'Budget of simulated runs, 28 or more; default: 128' },
  metric: { type: 'string', requiresArg: true, describe: 'cost (instances, the default) or bill (everything)' },
  usage: {
    type: 'string',
    requiresArg: true,
    describe: 'What pods use: output of kubectl top pods -A, or CSV with namespace, pod, cpu, memory',
  },
  ...KEPT_RUNS_SETTINGS,
  format: { type: 'string', requiresArg: true, describe: 'text (the default), json or markdown' },
  json: { type: 'boolean', describe: 'Print one JSON object' },
  seed: RUN_SETTINGS.seed,
  karpenter: RUN_SETTINGS.karpenter,
  set: RUN_SETTINGS.set,
  scale: RUN_SETTINGS.scale,
} as const;

const DEFAULT_RUNS = 128;
const FEWEST_RUNS = 28;

/** `karpsim waterfall SCENARIO`. */
export const waterfallCommand: Command = {
  name: 'waterfall',
  optionNames: Object.keys(OPTIONS),
  missingArgument: 'the scenario is missing — try karpsim waterfall scenarios/traffic-spike.yaml',
  declare(parser, ended) {
    parser.command(
      'waterfall <scenario>',
      'What saves what: from a static on-demand fleet to the NodePools, factor by factor',
      (command) =>
        command
          .positional('scenario', { type: 'string', demandOption: true, describe: 'Scenario file' })
          .options(OPTIONS)
          .example(
            '$0 waterfall scenarios/traffic-spike.yaml --runs 300',
            'every combination of factors, with intervals',
          ),
      async (options) => {
        const { keptRunsOptions } = await import('../replication-options.js');
        const runs = countOption('runs', onlyOnce('runs', options.runs)) ?? DEFAULT_RUNS;
        if (runs < FEWEST_RUNS) {
          throw new BadInput(
            `--runs: ${runs} runs are too few (expected ${FEWEST_RUNS} or more: an order of the factors, its reverse, two seeds)`,
          );
        }
        const json = [options.json].flat().includes(true);
        const checked = {
          ...keptRunsOptions(options),
          scenario: options.scenario,
          runs,
          metric: oneOf('metric', onlyOnce('metric', options.metric) ?? 'cost', ['cost', 'bill'] as const),
          usage: onlyOnce('usage', options.usage),
          format: json
            ? 'json'
            : oneOf('format', onlyOnce('format', options.format) ?? 'text', ['text', 'json', 'markdown'] as const),
          seed: seedOption(onlyOnce('seed', options.seed)),
          karpenter: karpenterOption(onlyOnce('karpenter', options.karpenter)),
          set: options.set ?? [],
          scale: options.scale ?? [],
        } as const;
        const { runWaterfall } = await import('../waterfall.js');
        ended(await runWaterfall(checked));
      },
    );
  },
};

function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  const hint = didYouMean(value, known) ?? `try --${option} ${known[0] ?? ''}`;
  throw new BadInput(`--${option}: ${JSON.stringify(value)} is not known (expected ${known.join(', ')}) — ${hint}`);
}
