import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { measure } from '../analysis/metrics.js';
import { analyse, type RunAnalysis } from '../analysis/run-analysis.js';
import { settingsFigures } from '../analysis/settings-figures.js';
import { summarise } from '../analysis/summary.js';
import type { BaselineRow } from '../experiment/baselines.js';
import { settingsTable, specsToRun } from '../experiment/settings-table.js';
import { checkRunFolder, RunFolderError, writeRunFolder } from '../report/run-folder.js';
import { summaryJson } from '../report/summary-json.js';
import { answer } from '../report/terminal/answer.js';
import { baselineTableText } from '../report/terminal/baseline-table.js';
import { settingsTableText } from '../report/terminal/settings-table.js';
import { NODE_POOLS_FILE } from '../scenario/import/node-pools-file.js';
import type { Variant } from '../scenario/load-variants.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { simulate } from '../simulation/simulate.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { packageVersion } from './package-info.js';
import { progressBar } from './progress.js';
import type { RepeatedRuns } from './repeated-runs.js';
import type { RunOptions } from './run-options.js';
import { uninterrupted } from './signals.js';
import { terminalColours } from './terminal-colours.js';
import { simulateVariants } from './variant-workers.js';

/** Name of the run itself in the table of variants. */
const AS_WRITTEN = 'this run';

/** A scenario without mistakes, and where its run goes. */
export interface AcceptedRun {
  readonly spec: ScenarioSpec;
  readonly variants: readonly Variant[];
  readonly folder: string;
  readonly options: RunOptions;
}

/**
 * Simulates an accepted scenario and its variants, writes its run folder and prints its answer.
 *
 * @throws BadInput when the run folder cannot be written, or the file of finished runs is something else
 */
export async function runAndTell({ spec, variants, folder, options }: AcceptedRun): Promise<ExitCode> {
  refuse(() => {
    checkRunFolder(folder);
  });
  const variantFigures = simulateVariants(specsToRun(variants), packageVersion());
  const progress = await progressBar(spec.name);
  const { log } = simulate(spec, { simulatorVersion: packageVersion(), onProgress: progress.update });
  progress.stop();

  const run = analyse(log);
  const rows =
    variants.length === 0
      ? []
      : settingsTable({ name: AS_WRITTEN, spec, figures: settingsFigures(run) }, variants, await variantFigures);
  const summary = summarise(run);
  const baselines = options.baseline === 'all' ? await comparedWithBaselines(spec, run) : [];
  const repeated = await repeatedRuns(spec, options);
  const result = {
    ...summary,
    ...(repeated?.replication === undefined ? {} : { replication: repeated.replication }),
    ...(rows.length === 0 ? {} : { variants: rows }),
    ...(baselines.length === 0 ? {} : { baselines }),
  };
  await uninterrupted(() => {
    refuse(() => {
      writeRunFolder(folder, run, result);
    });
  });
  if (options.json === true) {
    process.stdout.write(summaryJson(result));
  } else {
    process.stdout.write(answer(run, summary, spec, terminalColours()));
    if (rows.length > 0) process.stdout.write(`\n${settingsTableText(rows, spec.seed, terminalColours())}`);
    else if (spec.variants.length > 0) {
      const call = `karpsim run ${toCaller(fromCaller(options.scenario))}`;
      process.stdout.write(
        `\n${spec.variants.length} variants of its settings were left out: ${call} compares them.\n`,
      );
    }
    if (repeated?.replication !== undefined) process.stdout.write(`\n${repeated.table()}`);
    if (baselines.length > 0) process.stdout.write(`\n${baselineTableText(baselines, spec.seed, terminalColours())}`);
    process.stdout.write(`\nWritten to ${toCaller(folder)}: events, summary, pods, nodes and timeline.\n`);
    if (spec.startState !== undefined) {
      const scenario = toCaller(fromCaller(options.scenario));
      const own = join(dirname(fromCaller(options.scenario)), NODE_POOLS_FILE);
      const manifest = existsSync(own) ? toCaller(own) : 'the manifest of a NodePool';
      process.stdout.write(
        `Next, what a changed NodePool would do: copy ${manifest} to changed.yaml, change it there, then\n` +
          `karpsim compare ${scenario} --with changed.yaml\n`,
      );
    }
  }
  repeated?.end();
  return EXIT.done;
}

// Workers, intervals and their statistics are imported for those alone who ask for several runs.

async function comparedWithBaselines(spec: ScenarioSpec, run: RunAnalysis): Promise<readonly BaselineRow[]> {
  const { compareWithBaselines } = await import('../experiment/baselines.js');
  return await compareWithBaselines(spec, measure(run, spec.cluster), packageVersion());
}

/** Undefined when the run is not to be repeated. */
async function repeatedRuns(spec: ScenarioSpec, options: RunOptions): Promise<RepeatedRuns | undefined> {
  const { seeds = 1 } = options;
  if (seeds < 2) return undefined;
  const { repeatRun } = await import('./repeated-runs.js');
  return await repeatRun(spec, { ...options, seeds });
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
