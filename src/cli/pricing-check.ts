import { readFileSync } from 'node:fs';
import { readKnownOfferings } from '../cloud/prices/known-offerings.js';
import { readOnDemandFile } from '../cloud/prices/on-demand-file.js';
import { readSpotHistory } from '../cloud/prices/spot-history.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { problemLines } from '../report/problem-lines.js';
import { count } from '../report/terminal/figures.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';

/** What a price file holds. */
interface Checked {
  readonly kind: 'on-demand prices' | 'spot price history';
  readonly contents: string;
  readonly problems: readonly Problem[];
}

/** A file with thousands of bad rows is told by its first ones; --json has them all. */
const MOST_LINES = 100;

/**
 * Checks a price file (CSV) or a spot price history (JSON), and prints everything that is wrong with it.
 *
 * @throws BadInput when it cannot be read
 */
export function checkPrices(options: { readonly file: string; readonly json?: boolean | undefined }): ExitCode {
  const path = fromCaller(options.file);
  const { kind, contents, problems } = check(path, readText(path, options.file));
  if (options.json === true) {
    const shown = problems.map((problem) => ({ ...problem, file: toCaller(problem.file) }));
    process.stdout.write(`${JSON.stringify({ file: toCaller(path), kind, problems: shown }, undefined, 2)}\n`);
  } else if (problems.length === 0) {
    process.stdout.write(`${toCaller(path)}: ${kind}, ${contents}: no problems\n`);
  } else {
    process.stderr.write(problemLines(problems.slice(0, MOST_LINES), toCaller));
    const more = problems.length - MOST_LINES;
    if (more > 0) process.stderr.write(`and ${count(more, 'more problem')}; --json tells them all\n`);
  }
  return problems.length === 0 ? EXIT.done : EXIT.badInput;
}

function check(path: string, text: string): Checked {
  const known = readKnownOfferings();
  if (/^\uFEFF?\s*[[{]/.test(text)) {
    const { history, problems, unknown } = readSpotHistory(path, text, known);
    const all = [...problems, ...unknown].sort((a, b) => a.line - b.line || a.column - b.column);
    const pools = history?.series ?? [];
    const changes = pools.reduce((sum, { atMs }) => sum + atMs.length, 0);
    const contents = `${count(changes, 'price')} of ${count(pools.length, 'pool')}`;
    return { kind: 'spot price history', contents, problems: all };
  }
  const { prices, problems } = readOnDemandFile(path, text, known);
  const regions = new Set(prices.map(({ region }) => region));
  const contents = `${count(prices.length, 'price')} of ${count(regions.size, 'region')}`;
  return { kind: 'on-demand prices', contents, problems };
}

function readText(path: string, asWritten: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BadInput(`cannot read ${asWritten}: ${(error as Error).message}`, { cause: error });
  }
}
