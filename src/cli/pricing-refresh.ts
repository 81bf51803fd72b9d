import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparePrices, lostTooMuch, type PriceComparison } from '../cloud/prices/price-comparison.js';
import { fetchPriceList, type PriceList } from '../cloud/prices/price-list.js';
import { readKnownOfferings, type KnownOfferings } from '../cloud/prices/known-offerings.js';
import { onDemandFileText, readOnDemandFile, type OnDemandPrice } from '../cloud/prices/on-demand-file.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import { problemLines } from '../report/problem-lines.js';
import { refreshText } from '../report/refresh-text.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { PACKAGE_ROOT } from './package-info.js';
import { explainedFailure, priceListClient } from './price-list-client.js';
import { replaceFile } from './replace-file.js';

/** Arguments of `karpsim pricing refresh`. */
export interface RefreshOptions {
  readonly region: string;
  readonly out?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Reads the on-demand prices of a region from AWS, compares them with the old ones and replaces these. A list that lost too
 * much is refused (exit code 1); whatever fails on the way leaves the old file as it was.
 *
 * @throws BadInput for an unknown region, an old file that is no price file, a failure of AWS, a path that cannot be written
 */
export async function refreshPrices(options: RefreshOptions): Promise<ExitCode> {
  const { region } = options;
  const known = readKnownOfferings();
  if (!known.regions.has(region)) {
    const hint = didYouMean(region, known.regions) ?? 'try --region us-east-1';
    throw new BadInput(`--region: ${JSON.stringify(region)} is no AWS region that karpsim knows — ${hint}`);
  }
  const out = fromCaller(options.out ?? `on-demand-prices-${region}.csv`);
  const old = readOldBook(out, known);
  if (old === undefined) return EXIT.badInput;
  const list = await readPriceList(region);
  const unknown = [...list.prices.keys()].filter((type) => !known.types.has(type)).sort();
  const fresh = new Map([...list.prices].filter(([type]) => known.types.has(type)));
  if (fresh.size === 0) {
    throw new BadInput(`pricing refresh: AWS lists no on-demand price of ${region}. Nothing was changed.`);
  }
  const before = old.prices.filter((price) => price.region === region);
  const comparison = comparePrices(byType(before), numbers(fresh));
  const refused = lostTooMuch(comparison) && options.force !== true;
  const written = !refused && options.dryRun !== true;
  if (written) {
    const generatedAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const own = [...fresh].map(([type, price]): OnDemandPrice => ({ region, type, price, generatedAt }));
    const others = old.isOwn ? old.prices.filter((price) => price.region !== region) : [];
    await replaceFile(out, onDemandFileText([...others, ...own]));
  }
  const outcome = { refused, written, dryRun: options.dryRun === true };
  print(options, { region, comparison, list, unknown, outcome, against: toCaller(old.path), out: toCaller(out) });
  return refused ? EXIT.gateFailed : EXIT.done;
}

type Report = Parameters<typeof refreshText>[0] & { readonly comparison: PriceComparison; readonly list: PriceList };

function print({ json }: RefreshOptions, report: Report): void {
  if (json !== true) {
    process.stdout.write(refreshText(report));
    return;
  }
  const { region, comparison, list, unknown, outcome, against, out } = report;
  const { pages, items, refused: leftOut } = list;
  const object = {
    region,
    file: out,
    against,
    pages,
    items,
    ...outcome,
    ...comparison,
    leftOut,
    unknownTypes: unknown,
  };
  process.stdout.write(`${JSON.stringify(object, undefined, 2)}\n`);
}

interface OldBook {
  readonly path: string;
  /** The file that will be replaced; otherwise the shipped prices, to compare with. */
  readonly isOwn: boolean;
  readonly prices: readonly OnDemandPrice[];
}

/** Undefined, with its problems printed, when the file to be replaced is no price file: then it may be anything. */
function readOldBook(out: string, known: KnownOfferings): OldBook | undefined {
  const isOwn = existsSync(out);
  const path = isOwn ? out : join(PACKAGE_ROOT, 'pricing-data', 'on-demand-prices.csv');
  const { prices, problems } = readOnDemandFile(path, readText(path), known);
  if (problems.length === 0) return { path, isOwn, prices };
  process.stderr.write(problemLines(problems, toCaller));
  process.stderr.write(`karpsim: ${toCaller(path)} is not replaced — repair it, or choose another --out\n`);
  return undefined;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BadInput(`cannot read ${toCaller(path)}: ${(error as Error).message}`, { cause: error });
  }
}

async function readPriceList(region: string): Promise<PriceList> {
  try {
    return await fetchPriceList(region, await priceListClient(region));
  } catch (error) {
    throw explainedFailure(error);
  }
}

function byType(prices: readonly OnDemandPrice[]): ReadonlyMap<string, number> {
  return new Map(prices.map(({ type, price }) => [type, Number(price)]));
}

function numbers(prices: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  return new Map([...prices].map(([type, price]) => [type, Number(price)]));
}
