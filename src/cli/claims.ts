import { checkClaims } from '../experiment/claims/check-claims.js';
import { loadClaims } from '../experiment/claims/load-claims.js';
import { UNCERTAINTIES } from '../experiment/uncertainty.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { claimsJson } from '../report/claims/claims-json.js';
import { problemLines } from '../report/problem-lines.js';
import { claimsText } from '../report/terminal/claims-table.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { EXIT, type ExitCode } from './exit.js';
import { packageVersion } from './package-info.js';
import { progressBar } from './progress.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim claims`, checked as far as the command line alone can. */
export interface ClaimsCommandOptions {
  readonly file: string;
  readonly seeds: number;
  readonly seed?: number | undefined;
  readonly karpenter?: KarpenterVersion | undefined;
  readonly set?: readonly string[] | undefined;
  readonly scale?: readonly string[] | undefined;
  /** False: the interval of luck alone. */
  readonly secondRange: boolean;
  readonly gate: boolean;
  readonly json?: boolean | undefined;
}

/** Checks every claim of a file by simulation, and prints a verdict for each. */
export async function runClaims(options: ClaimsCommandOptions): Promise<ExitCode> {
  const { loaded, problems } = loadClaims({
    file: fromCaller(options.file),
    catalogue: pricingDataCatalogue(),
    karpenterVersion: options.karpenter,
    seed: options.seed,
    set: options.set,
    scale: options.scale,
  });
  if (problems !== undefined) {
    process.stderr.write(problemLines(problems, toCaller));
    return EXIT.badInput;
  }
  const { spec } = loaded;
  const progress = await progressBar(`claims about ${spec.name}`);
  const report = await checkClaims(loaded, {
    seeds: options.seeds,
    simulatorVersion: packageVersion(),
    unknowns: options.secondRange ? UNCERTAINTIES : [],
    onProgress: ({ done, total }) => {
      progress.update(done / total);
    },
  });
  progress.stop();
  process.stdout.write(
    options.json === true ? claimsJson(spec.name, report) : claimsText(spec.name, report, terminalColours()),
  );
  const contradicted = report.claims.filter(({ verdict }) => verdict === 'contradicted');
  if (!options.gate || contradicted.length === 0) return EXIT.done;
  process.stderr.write(`karpsim: contradicted: ${contradicted.map(({ claim }) => claim.id).join(', ')}\n`);
  return EXIT.gateFailed;
}
