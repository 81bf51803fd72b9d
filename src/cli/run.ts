import { join } from 'node:path';
import type { BaselineKind } from '../baseline/baseline.js';
import type { CommitmentPlan } from '../cloud/prices/commitment.js';
import { loadScenario } from '../scenario/load-scenario.js';
import { loadVariants } from '../scenario/load-variants.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { withCommitment } from '../scenario/with-commitment.js';
import { fromCaller } from './caller-folder.js';
import { accepted, BadFiles, type ExitCode } from './exit.js';
import type { RunOptions } from './run-options.js';
import { loadOptions } from './scenario-options.js';

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
  const spec = alone === undefined ? bought : await withNodesOf(alone, bought);
  const loaded =
    options.variants === false || alone !== undefined ? { variants: [], problems: [] } : loadVariants(load, spec);
  if (loaded.problems.length > 0) throw new BadFiles(loaded.problems);
  const folder = fromCaller(
    options.out ?? join('reports', 'out', alone === undefined ? spec.name : `${spec.name}-${alone}`),
  );
  // A mistake in the scenario is told before the simulator is imported.
  const { runAndTell } = await import('./run-and-tell.js');
  return await runAndTell({ spec, variants: loaded.variants, folder, options });
}

/** Baselines are imported for those alone who ask for one. */
async function withNodesOf(baseline: BaselineKind, spec: ScenarioSpec): Promise<ScenarioSpec> {
  const { withBaseline } = await import('../scenario/with-baseline.js');
  return withBaseline(spec, baseline);
}

function planOf(commitment: CommitmentPlan | 'none'): CommitmentPlan | undefined {
  return commitment === 'none' ? undefined : commitment;
}
