import type { Argv } from 'yargs';
import { onlyOnce, regionOption, seedOption, yearOption } from '../options.js';
import type { ExitCode } from '../exit.js';
import type { Command } from './command.js';

const JSON_OPTION = { type: 'boolean', describe: 'Print one JSON object' } as const;

const SHOW_OPTIONS = {
  region: { type: 'string', requiresArg: true, describe: 'AWS region; default us-east-1' },
  year: { type: 'string', requiresArg: true, describe: 'On-demand prices of 2023 or 2026 (the default)' },
  prices: { type: 'string', requiresArg: true, describe: 'A price file (CSV) instead of the shipped prices' },
  'spot-history': {
    type: 'string',
    requiresArg: true,
    describe: 'JSON output of aws ec2 describe-spot-price-history; its last prices are shown',
  },
  seed: { type: 'string', requiresArg: true, describe: 'Luck that spreads derived spot prices over zones; default 1' },
  json: JSON_OPTION,
} as const;

const REFRESH_OPTIONS = {
  region: { type: 'string', requiresArg: true, demandOption: true, describe: 'AWS region' },
  out: {
    type: 'string',
    requiresArg: true,
    describe: 'File to write or to replace; default on-demand-prices-<region>.csv',
  },
  'dry-run': { type: 'boolean', describe: 'Compare, and write nothing' },
  force: { type: 'boolean', describe: 'Replace the old prices even when many types are gone' },
  json: JSON_OPTION,
} as const;

const CHECK_OPTIONS = { json: JSON_OPTION } as const;

/** `karpsim pricing show|check|refresh`. */
export const pricingCommand: Command = {
  name: 'pricing',
  optionNames: [...new Set([SHOW_OPTIONS, REFRESH_OPTIONS, CHECK_OPTIONS].flatMap((options) => Object.keys(options)))],
  subcommands: ['show', 'check', 'refresh'],
  missingArgument:
    'an argument is missing — try karpsim pricing show m5.large, karpsim pricing check FILE or karpsim pricing refresh --region us-east-1',
  declare(parser, ended) {
    parser.command('pricing', 'Show, check or refresh prices', (command) =>
      declareRefresh(declareCheck(declareShow(command, ended), ended), ended).demandCommand(
        1,
        'pricing needs one of show, check, refresh',
      ),
    );
  },
};

function declareShow(parser: Argv, ended: (code: ExitCode) => void): Argv {
  return parser.command(
    'show <types..>',
    'Print on-demand and spot prices of instance types',
    (command) =>
      command
        .positional('types', { type: 'string', array: true, demandOption: true, describe: 'Instance types' })
        .options(SHOW_OPTIONS)
        .example('$0 pricing show m5.large c5.large', 'prices by zone, with their date and source'),
    async (options) => {
      const checked = {
        types: options.types,
        region: regionOption(onlyOnce('region', options.region)) ?? 'us-east-1',
        year: yearOption(onlyOnce('year', options.year)),
        prices: onlyOnce('prices', options.prices),
        spotHistory: onlyOnce('spot-history', options['spot-history']),
        seed: seedOption(onlyOnce('seed', options.seed)) ?? 1,
        json: [options.json].flat().includes(true),
      };
      const { showPrices } = await import('../pricing-show.js');
      ended(showPrices(checked));
    },
  );
}

function declareCheck(parser: Argv, ended: (code: ExitCode) => void): Argv {
  return parser.command(
    'check <file>',
    'Check a price file (CSV) or a spot price history (JSON)',
    (command) =>
      command
        .positional('file', { type: 'string', demandOption: true, describe: 'File to check' })
        .options(CHECK_OPTIONS)
        .example('$0 pricing check my-prices.csv', 'every mistake with its line and column'),
    async (options) => {
      const checked = { file: options.file, json: [options.json].flat().includes(true) };
      const { checkPrices } = await import('../pricing-check.js');
      ended(checkPrices(checked));
    },
  );
}

function declareRefresh(parser: Argv, ended: (code: ExitCode) => void): Argv {
  return parser.command(
    'refresh',
    "Read a region's on-demand prices from the AWS Price List API",
    (command) =>
      command
        .options(REFRESH_OPTIONS)
        .example('$0 pricing refresh --region us-east-1 --dry-run', 'what has changed since, without writing it'),
    async (options) => {
      const checked = {
        region: regionOption(onlyOnce('region', options.region)) ?? '',
        out: onlyOnce('out', options.out),
        dryRun: [options['dry-run']].flat().includes(true),
        force: [options.force].flat().includes(true),
        json: [options.json].flat().includes(true),
      };
      const { refreshPrices } = await import('../pricing-refresh.js');
      ended(await refreshPrices(checked));
    },
  );
}
