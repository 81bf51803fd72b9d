import { join } from 'node:path';
import { analyse } from '../analysis/run-analysis.js';
import { summarise } from '../analysis/summary.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { problemLines } from '../report/problem-lines.js';
import { checkRunFolder, RunFolderError, writeRunFolder } from '../report/run-folder.js';
import { summaryJson } from '../report/summary-json.js';
import { answer } from '../report/terminal/answer.js';
import { loadScenario } from '../scenario/load-scenario.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { simulate } from '../simulation/simulate.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { packageVersion } from './package-info.js';
import { progressBar } from './progress.js';
import { uninterrupted } from './signals.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim run`, checked as far as the command line alone can. */
export interface RunOptions {
  readonly scenario: string;
  readonly seed?: number | undefined;
  readonly karpenter?: KarpenterVersion | undefined;
  readonly json?: boolean | undefined;
  readonly out?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/**
 * Simulates one scenario, writes its run folder and prints its answer. Problems of the scenario are printed all at once, and
 * nothing is simulated or written then.
 *
 * @throws BadInput when the run folder cannot be written
 */
export async function runScenario(options: RunOptions): Promise<ExitCode> {
  const { spec, problems } = loadScenario({
    file: fromCaller(options.scenario),
    catalogue: pricingDataCatalogue(),
    karpenterVersion: options.karpenter,
    seed: options.seed,
    set: options.set,
  });
  if (problems !== undefined) {
    process.stderr.write(problemLines(problems, toCaller));
    return EXIT.badInput;
  }
  const folder = fromCaller(options.out ?? join('reports', 'out', spec.name));
  refuse(() => {
    checkRunFolder(folder);
  });

  const progress = await progressBar(spec.name);
  const { log } = simulate(spec, { simulatorVersion: packageVersion(), onProgress: progress.update });
  progress.stop();

  const run = analyse(log);
  const summary = summarise(run);
  await uninterrupted(() => {
    refuse(() => {
      writeRunFolder(folder, run, summary);
    });
  });
  if (options.json === true) {
    process.stdout.write(summaryJson(summary));
  } else {
    process.stdout.write(answer(run, summary, spec, terminalColours()));
    process.stdout.write(`\nWritten to ${toCaller(folder)}: events, summary, pods, nodes and timeline.\n`);
  }
  return EXIT.done;
}

/** A folder that cannot take a run is the caller's to change. */
function refuse(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof RunFolderError)) throw error;
    throw new BadInput(`--out: ${error.message} — try another folder`, { cause: error });
  }
}
