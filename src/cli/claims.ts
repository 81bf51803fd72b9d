import { checkClaims, type ClaimsReport } from '../experiment/claims/check-claims.js';
import { loadClaims } from '../experiment/claims/load-claims.js';
import { UNCERTAINTIES } from '../experiment/uncertainty.js';
import { claimsJson } from '../report/claims/claims-json.js';
import { claimsText } from '../report/terminal/claims-table.js';
import { accepted, EXIT, type ExitCode } from './exit.js';
import { keepingRuns, type KeptRunsOptions } from './kept-runs.js';
import { loadOptions, type ScenarioOptions } from './scenario-options.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim claims`, checked as far as the command line alone can; the scenario may be a file of claims. */
export interface ClaimsCommandOptions extends ScenarioOptions, KeptRunsOptions {
  readonly seeds: number;
  /** False: the interval of luck alone. */
  readonly secondRange: boolean;
  readonly gate: boolean;
  readonly json?: boolean | undefined;
}

/**
 * Checks every claim of a file by simulation, and prints a verdict for each.
 *
 * @throws BadFiles when the file or its scenario has mistakes
 * @throws BadInput when the file of finished runs is something else
 */
export async function runClaims(options: ClaimsCommandOptions): Promise<ExitCode> {
  const { loaded } = accepted(loadClaims(loadOptions(options)));
  const { spec } = loaded;
  const { value: report, end } = await keepingRuns('claims', [spec.name], options, (shared) =>
    checkClaims(loaded, {
      ...shared,
      seeds: options.seeds,
      unknowns: options.secondRange ? UNCERTAINTIES : [],
    }),
  );
  const contradicted = report.claims.filter(({ verdict }) => verdict === 'contradicted');
  if (report.seeds.length > 0 || report.interrupted === undefined) {
    process.stdout.write(
      options.json === true ? claimsJson(spec.name, report) : claimsText(spec.name, report, terminalColours()),
    );
  }
  end(doneWords(report, options));
  if (!options.gate || contradicted.length === 0) return EXIT.done;
  process.stderr.write(`karpsim: contradicted: ${contradicted.map(({ claim }) => claim.id).join(', ')}\n`);
  return EXIT.gateFailed;
}

function doneWords({ interrupted, seeds }: ClaimsReport, options: ClaimsCommandOptions): string | undefined {
  if (interrupted === undefined) return undefined;
  if (interrupted === 'second range') return 'in the second range: these verdicts lack a part of it';
  return `after ${seeds.length} of ${options.seeds} seeds`;
}
