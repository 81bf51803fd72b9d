import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { measure } from '../analysis/metrics.js';
import { analyse } from '../analysis/run-analysis.js';
import { summarise } from '../analysis/summary.js';
import { settingsFigures } from '../analysis/settings-figures.js';
import type { BaselineKind } from '../baseline/baseline.js';
import type { CommitmentPlan } from '../cloud/prices/savings-plans.js';
import { compareWithBaselines } from '../experiment/baselines.js';
import { settingsTable, specsToRun } from '../experiment/settings-table.js';
import type { Precision } from '../experiment/precision.js';
import { replicate } from '../experiment/replicate.js';
import type { Replication } from '../experiment/replication.js';
import { checkRunFolder, RunFolderError, writeRunFolder } from '../report/run-folder.js';
import { replicationJson } from '../report/replication-json.js';
import { summaryJson } from '../report/summary-json.js';
import { answer } from '../report/terminal/answer.js';
import { baselineTableText } from '../report/terminal/baseline-table.js';
import { replicationTable } from '../report/terminal/replication-table.js';
import { settingsTableText } from '../report/terminal/settings-table.js';
import { NODE_POOLS_FILE } from '../scenario/import/import-scenario.js';
import { loadScenario } from '../scenario/load-scenario.js';
import { loadVariants } from '../scenario/load-variants.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { withBaseline } from '../scenario/with-baseline.js';
import { withCommitment } from '../scenario/with-commitment.js';
import { simulate } from '../simulation/simulate.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { accepted, BadFiles, BadInput, EXIT, type ExitCode } from './exit.js';
import { keepingRuns, type KeptRuns, type KeptRunsOptions } from './kept-runs.js';
import { packageVersion } from './package-info.js';
import { progressBar } from './progress.js';
import { loadOptions, type ScenarioOptions } from './scenario-options.js';
import { uninterrupted } from './signals.js';
import { terminalColours } from './terminal-colours.js';
import { simulateVariants } from './variant-workers.js';

/** Arguments of `karpsim run`, checked as far as the command line alone can. */
export interface RunOptions extends ScenarioOptions, KeptRunsOptions {
  readonly json?: boolean | undefined;
  readonly out?: string | undefined;
  /** False: without the variants that the scenario declares. */
  readonly variants?: boolean | undefined;
  /** Where the nodes come from instead of Karpenter; `all` runs Karpenter and compares it with every one. */
  readonly baseline?: BaselineKind | 'all' | undefined;
  /** What on-demand usage is committed to, whatever the scenario says. */
  readonly commitment?: CommitmentPlan | 'none' | undefined;
  /** Runs under other seeds, this one's the first; fewer than two: none. */
  readonly seeds?: number | undefined;
  readonly precision?: Precision | undefined;
}

/** Name of the run itself in the table of variants. */
const AS_WRITTEN = 'this run';

/**
 * Simulates one scenario and its variants, writes its run folder and prints its answer.
 *
 * @throws BadFiles when the scenario has mistakes: nothing is simulated or written then
 * @throws BadInput when the run folder cannot be written, or the file of finished runs is something else
 */
export async function runScenario(options: RunOptions): Promise<ExitCode> {
  const load = loadOptions(options);
  const { spec: written } = accepted(loadScenario(load));
  const { baseline } = options;
  const alone = baseline === undefined || baseline === 'all' ? undefined : baseline;
  const bought = options.commitment === undefined ? written : withCommitment(written, planOf(options.commitment));
  const spec = alone === undefined ? bought : withBaseline(bought, alone);
  const loaded =
    options.variants === false || alone !== undefined ? { variants: [], problems: [] } : loadVariants(load, spec);
  if (loaded.problems.length > 0) throw new BadFiles(loaded.problems);
  const folder = fromCaller(
    options.out ?? join('reports', 'out', alone === undefined ? spec.name : `${spec.name}-${alone}`),
  );
  refuse(() => {
    checkRunFolder(folder);
  });

  const { variants } = loaded;
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
  const baselines =
    baseline === 'all' ? await compareWithBaselines(spec, measure(run, spec.cluster), packageVersion()) : [];
  const repetition = await repeatedRuns(spec, options);
  // Below two seeds there is no interval to tell.
  const repeated = (repetition?.value.variants[0]?.runs.length ?? 0) < 2 ? undefined : repetition?.value;
  const result = {
    ...summary,
    ...(repeated === undefined ? {} : { replication: replicationJson(repeated) }),
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
    if (repeated !== undefined) process.stdout.write(`\n${replicationTable(repeated, terminalColours())}`);
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
  repetition?.end(cutOffWords(repetition.value));
  return EXIT.done;
}

function cutOffWords({ ended, variants, seedsAsked }: Replication): string | undefined {
  return ended === 'interrupted' ? `after ${variants[0]?.runs.length ?? 0} of ${seedsAsked} seeds` : undefined;
}

function planOf(commitment: CommitmentPlan | 'none'): CommitmentPlan | undefined {
  return commitment === 'none' ? undefined : commitment;
}

/** The run under one seed after the other; undefined when it is not to be repeated. */
async function repeatedRuns(spec: ScenarioSpec, options: RunOptions): Promise<KeptRuns<Replication> | undefined> {
  const { seeds = 1, precision } = options;
  if (seeds < 2) return undefined;
  return await keepingRuns('run', [spec.name], options, (shared) =>
    replicate([{ name: spec.name, spec }], { ...shared, seeds, precision }),
  );
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
