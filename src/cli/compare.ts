import { testGate, type Gate, type GateResult } from '../experiment/gate.js';
import type { Precision } from '../experiment/precision.js';
import { runComparison, type ComparisonResult } from '../experiment/run-comparison.js';
import { SERVICE_TOLERANCES, type ServiceTolerance } from '../experiment/service-tolerance.js';
import { UNCERTAINTIES } from '../experiment/uncertainty.js';
import { comparisonJson } from '../report/comparison-json.js';
import { comparisonMarkdown } from '../report/comparison-markdown.js';
import { gateWords } from '../report/comparison-words.js';
import { comparisonTable } from '../report/terminal/comparison-table.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { loadSides, type ComparedSides } from './compare-sides.js';
import { accepted, EXIT, type ExitCode } from './exit.js';
import { keepingRuns, type KeptRunsOptions } from './kept-runs.js';
import { terminalColours } from './terminal-colours.js';

/** How a comparison is printed. */
export type CompareFormat = 'text' | 'markdown' | 'json';

/** Arguments of `karpsim compare`, checked as far as the command line alone can. */
export interface CompareOptions extends ComparedSides, KeptRunsOptions {
  readonly seeds: number;
  /** First seed. */
  readonly seed?: number | undefined;
  readonly set: readonly string[];
  readonly scale: readonly string[];
  /** False: the interval of luck alone. */
  readonly secondRange: boolean;
  readonly independent: boolean;
  readonly precision?: Precision | undefined;
  readonly gates: readonly Gate[];
  readonly tolerances: readonly ServiceTolerance[];
  readonly format: CompareFormat;
}

/**
 * Simulates two variants under the same luck and prints how they differ.
 *
 * @throws BadFiles when one of them has mistakes
 * @throws BadInput when the file of finished runs is something else
 */
export async function compareScenarios(options: CompareOptions): Promise<ExitCode> {
  const { seed, set, scale, seeds, independent, precision } = options;
  const { sides } = accepted(loadSides(options, { catalogue: pricingDataCatalogue(), seed, set, scale }));
  // A tolerance that is given stands in the place of the shipped one of its metric.
  const tolerances = new Map([...SERVICE_TOLERANCES, ...options.tolerances].map((one) => [one.metric, one]));
  const names = sides.map(({ name }) => name);
  const { value: result, end } = await keepingRuns('compare', names, options, (shared) =>
    runComparison(sides, {
      ...shared,
      seeds,
      independent,
      precision,
      tolerances: [...tolerances.values()],
      settings: options.secondRange ? UNCERTAINTIES.flatMap(({ settings }) => settings) : [],
    }),
  );
  const { comparison, replication } = result;
  if (comparison === undefined) {
    end('before the first seed was finished');
    return EXIT.gateFailed;
  }
  // An interrupted comparison has not the seeds that its limits were meant for.
  const gates = replication.ended === 'interrupted' ? [] : options.gates.map((gate) => testGate(gate, comparison));
  const text = {
    json: () => comparisonJson(comparison),
    markdown: () => comparisonMarkdown(comparison, replication, gates),
    text: () => comparisonTable(comparison, replication, gates, terminalColours()),
  }[options.format];
  process.stdout.write(text());
  end(doneWords(result, options));
  return gateVerdict(gates, options.format);
}

function doneWords(
  { replication: { ended }, comparison, secondRangeInterrupted }: ComparisonResult,
  { seeds, gates }: CompareOptions,
): string | undefined {
  if (secondRangeInterrupted) return 'in the second range: these verdicts are of luck alone';
  if (ended !== 'interrupted') return undefined;
  return `after ${comparison?.a.runs.length ?? 0} of ${seeds} seeds${gates.length > 0 ? '; limits were not tested' : ''}`;
}

/** Limits that are exceeded are the reason of exit code 1; JSON has no place for them. */
function gateVerdict(gates: readonly GateResult[], format: CompareFormat): ExitCode {
  const failed = gates.filter(({ outcome }) => outcome === 'failed');
  for (const gate of format === 'json' ? gates : failed) process.stderr.write(`karpsim: ${gateWords(gate)}\n`);
  return failed.length > 0 ? EXIT.gateFailed : EXIT.done;
}
