import { readFileSync } from 'node:fs';
import { readKnownOfferings } from '../cloud/prices/known-offerings.js';
import { readOnDemandFile } from '../cloud/prices/on-demand-file.js';
import type { Edition } from '../cloud/prices/editions.js';
import { readPriceBook, type PriceSelection } from '../cloud/prices/price-book.js';
import { readSpotHistory } from '../cloud/prices/spot-history.js';
import { availableRegions, zoneOffersFamily, zonesOfRegion } from '../cloud/zones.js';
import { RandomStreams } from '../kernel/random-streams.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { priceTable, type ShownPrice } from '../report/price-table.js';
import { problemLines } from '../report/problem-lines.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';

/** Arguments of `karpsim pricing show`. */
export interface ShowOptions {
  readonly types: readonly string[];
  readonly region: string;
  readonly year?: Edition | undefined;
  readonly prices?: string | undefined;
  readonly spotHistory?: string | undefined;
  readonly seed: number;
  readonly json?: boolean | undefined;
}

/**
 * Prints prices as a run with this seed has them at its start.
 *
 * @throws BadInput for an unknown region or type, or a file that cannot be read
 */
export function showPrices(options: ShowOptions): ExitCode {
  const { region, types, seed } = options;
  if (!availableRegions().includes(region)) {
    const known = availableRegions().join(', ');
    throw new BadInput(`--region: there is no data for region ${JSON.stringify(region)} (expected one of ${known})`);
  }
  const known = readKnownOfferings();
  const unknown = types.filter((type) => !known.types.has(type));
  if (unknown.length > 0) {
    const said = unknown.map((type) => {
      const hint = didYouMean(type.slice(0, 64), known.types);
      return `${JSON.stringify(type)} is no instance type in the data${hint === undefined ? '' : ` — ${hint}`}`;
    });
    throw new BadInput(said.join('\nkarpsim: '));
  }
  const { selection, problems } = readSelection(options);
  if (problems.length > 0) {
    process.stderr.write(problemLines(problems, toCaller));
    return EXIT.badInput;
  }
  const streams = new RandomStreams(String(seed));
  // A history is shown as it ends: that is what EC2 asks now.
  const startTimeMs = selection.spotHistory?.toMs ?? 0;
  const book = readPriceBook({ ...selection, region, streams, types, startTimeMs });
  const zones = zonesOfRegion(region);
  const shown = [...new Set(types)].map((type): ShownPrice => {
    const [family = ''] = type.split('.');
    const offered = zones.filter((zone) => zoneOffersFamily(zone, family));
    return {
      type,
      onDemand: book.onDemand(type),
      spot: new Map(
        offered.flatMap(({ name }) => {
          const price = book.spot(type, name);
          return price === undefined ? [] : [[name, price] as const];
        }),
      ),
      advice: book.spotAdvice.get(type),
    };
  });
  const zoneNames = zones.map(({ name }) => name);
  if (options.json === true) process.stdout.write(json(region, book.sources, shown));
  else process.stdout.write(priceTable(region, shown, zoneNames, book.sources));
  return EXIT.done;
}

function json(region: string, sources: readonly object[], shown: readonly ShownPrice[]): string {
  const types = shown.map(({ type, onDemand, spot, advice }) => ({
    type,
    onDemand: onDemand ?? null,
    spot: Object.fromEntries(spot),
    savingsPercent: advice?.savingsPercent ?? null,
    interruptionBucket: advice?.interruptionBucket ?? null,
  }));
  return `${JSON.stringify({ region, sources, types }, undefined, 2)}\n`;
}

function readSelection(options: ShowOptions): {
  readonly selection: PriceSelection;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const known = readKnownOfferings();
  const onDemand = (): PriceSelection['onDemand'] => {
    if (options.prices === undefined) return options.year;
    const file = readOnDemandFile(fromCaller(options.prices), readText('prices', options.prices), known);
    problems.push(...file.problems);
    return { file: options.prices, prices: file.prices };
  };
  const spotHistory = (): PriceSelection['spotHistory'] => {
    if (options.spotHistory === undefined) return undefined;
    const file = fromCaller(options.spotHistory);
    const { history, problems: own } = readSpotHistory(file, readText('spot-history', options.spotHistory), known);
    problems.push(...own);
    return history === undefined ? undefined : { file: options.spotHistory, ...history };
  };
  return { selection: { onDemand: onDemand(), spotHistory: spotHistory() }, problems };
}

function readText(option: string, path: string): string {
  try {
    return readFileSync(fromCaller(path), 'utf8');
  } catch (error) {
    throw new BadInput(`--${option}: cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}
