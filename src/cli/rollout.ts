import { simulateRollout } from '../experiment/rollout.js';
import { rolloutJson } from '../report/rollout-json.js';
import { rolloutStory } from '../report/terminal/rollout-story.js';
import { loadScenario } from '../scenario/load-scenario.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { accepted, EXIT, type ExitCode } from './exit.js';
import { packageVersion } from './package-info.js';
import { progressBar } from './progress.js';
import { loadOptions, type ScenarioOptions } from './scenario-options.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim rollout`, checked as far as the command line alone can. */
export interface RolloutCommandOptions extends ScenarioOptions {
  /** Manifest that is applied. */
  readonly with: string;
  /** When, as scenarios write times. */
  readonly at: string;
  readonly stepMs?: number | undefined;
  readonly json?: boolean | undefined;
}

/** Simulates a scenario with and without a change that is applied during the run, and prints how it takes effect. @throws BadFiles */
export async function runRollout(options: RolloutCommandOptions): Promise<ExitCode> {
  const { spec, change } = accepted(
    loadScenario({ ...loadOptions(options), change: { file: fromCaller(options.with), at: options.at } }),
  );
  if (change === undefined) throw new Error('a change that was asked for is read, or is a problem');
  const progress = await progressBar(spec.name);
  const result = simulateRollout(spec, change, {
    simulatorVersion: packageVersion(),
    stepMs: options.stepMs,
    onProgress: progress.update,
  });
  progress.stop();
  process.stdout.write(
    options.json === true ? rolloutJson(result, toCaller) : rolloutStory(result, terminalColours(), toCaller),
  );
  return EXIT.done;
}
