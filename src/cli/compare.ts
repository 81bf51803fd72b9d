import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compareVariants, SERVICE_TOLERANCES, type ServiceTolerance } from '../experiment/compare.js';
import { testGate, type Gate, type GateResult } from '../experiment/gate.js';
import type { Precision } from '../experiment/precision.js';
import { replicate } from '../experiment/replicate.js';
import type { Replication, ReplicationVariant } from '../experiment/replication.js';
import { ResultsFileError } from '../experiment/results-file.js';
import { comparisonJson } from '../report/comparison-json.js';
import { comparisonMarkdown } from '../report/comparison-markdown.js';
import { gateWords } from '../report/comparison-words.js';
import { problemLines } from '../report/problem-lines.js';
import { comparisonTable } from '../report/terminal/comparison-table.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { loadSides, type ComparedSides } from './compare-sides.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { packageVersion } from './package-info.js';
import { runsProgressBar } from './progress.js';
import { interruptible } from './signals.js';
import { terminalColours } from './terminal-colours.js';

/** How a comparison is printed. */
export type CompareFormat = 'text' | 'markdown' | 'json';

/** Arguments of `karpsim compare`, checked as far as the command line alone can. */
export interface CompareOptions extends ComparedSides {
  readonly seeds: number;
  /** First seed. */
  readonly seed?: number | undefined;
  readonly set: readonly string[];
  readonly scale: readonly string[];
  readonly independent: boolean;
  readonly precision?: Precision | undefined;
  readonly gates: readonly Gate[];
  readonly tolerances: readonly ServiceTolerance[];
  readonly format: CompareFormat;
  readonly workers?: number | undefined;
  /** Where finished runs are kept. */
  readonly results?: string | undefined;
  /** Continue from there. */
  readonly resume: boolean;
}

/**
 * Simulates two variants under the same luck and prints how they differ.
 *
 * @throws BadInput when the file of finished runs is something else
 */
export async function compareScenarios(options: CompareOptions): Promise<ExitCode> {
  const { sides, problems } = loadSides(options, {
    catalogue: pricingDataCatalogue(),
    seed: options.seed,
    set: options.set,
    scale: options.scale,
  });
  if (problems !== undefined) {
    process.stderr.write(problemLines(problems, toCaller));
    return EXIT.badInput;
  }
  const resultsFile = fromCaller(options.results ?? defaultResults(sides));
  if (!options.resume) rmSync(resultsFile, { force: true });
  else if (!existsSync(resultsFile)) {
    throw new BadInput(`--resume: there is no ${toCaller(resultsFile)} to continue from — leave it out to begin anew`);
  }

  const work = interruptible();
  const replication = await replicateSides(sides, options, resultsFile, work.signal);
  const comparison = compareSides(replication, options.tolerances);
  if (comparison === undefined) {
    process.stderr.write('karpsim: interrupted before the first seed was finished.\n');
    work.end();
    return EXIT.gateFailed;
  }
  // An interrupted comparison has not the seeds that its limits were meant for.
  const gates = replication.ended === 'interrupted' ? [] : options.gates.map((gate) => testGate(gate, comparison));
  switch (options.format) {
    case 'json':
      process.stdout.write(comparisonJson(comparison));
      break;
    case 'markdown':
      process.stdout.write(comparisonMarkdown(comparison, replication, gates));
      break;
    case 'text':
      process.stdout.write(comparisonTable(comparison, replication, gates, terminalColours()));
  }
  if (replication.ended === 'interrupted') {
    const kept = comparison.a.runs.length;
    process.stderr.write(
      `karpsim: interrupted after ${kept} of ${options.seeds} seeds${options.gates.length > 0 ? '; limits were not tested' : ''}. ` +
        `Finished runs are kept in ${toCaller(resultsFile)}; the same call with --resume continues.\n`,
    );
  }
  work.end();
  return gateVerdict(gates, options.format);
}

async function replicateSides(
  sides: readonly ReplicationVariant[],
  options: CompareOptions,
  resultsFile: string,
  signal: AbortSignal,
): Promise<Replication> {
  const { seeds, independent, precision, workers } = options;
  const progress = await runsProgressBar('compare', seeds * sides.length);
  try {
    return await replicate(sides, {
      seeds,
      simulatorVersion: packageVersion(),
      independent,
      precision,
      workers,
      resultsFile,
      onProgress: progress.update,
      signal,
    });
  } catch (error) {
    if (!(error instanceof ResultsFileError)) throw error;
    throw new BadInput(`${toCaller(error.file)}:${error.line}: ${error.message} — try another --results file`, {
      cause: error,
    });
  } finally {
    progress.stop();
  }
}

function compareSides(replication: Replication, changed: readonly ServiceTolerance[]) {
  const [a, b] = replication.variants;
  if (a === undefined || b === undefined || a.runs.length === 0) return undefined;
  const tolerances = new Map([...SERVICE_TOLERANCES, ...changed].map((one) => [one.metric, one]));
  return compareVariants(replication, a, b, [...tolerances.values()]);
}

/** Limits that are exceeded are the reason of exit code 1; JSON has no place for them. */
function gateVerdict(gates: readonly GateResult[], format: CompareFormat): ExitCode {
  const failed = gates.filter(({ outcome }) => outcome === 'failed');
  for (const gate of format === 'json' ? gates : failed) process.stderr.write(`karpsim: ${gateWords(gate)}\n`);
  return failed.length > 0 ? EXIT.gateFailed : EXIT.done;
}

function defaultResults(sides: readonly ReplicationVariant[]): string {
  const names = sides.map(({ name }) => name.replaceAll(/[^\w.-]+/g, '-'));
  return join('reports', 'out', 'compare', `${names.join('-vs-')}.jsonl`);
}
