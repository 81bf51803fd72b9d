import { switched, type FactorId } from '../experiment/factors.js';
import { whatIf } from '../experiment/what-if.js';
import { whatIfAnswer } from '../report/terminal/what-if-answer.js';
import { whatIfJson } from '../report/what-if-json.js';
import { loadScenario } from '../scenario/load-scenario.js';
import { accepted, BadInput, EXIT, type ExitCode } from './exit.js';
import { keepingRuns, type KeptRunsOptions } from './kept-runs.js';
import { loadOptions, type ScenarioOptions } from './scenario-options.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim what-if`, checked as far as the command line alone can. */
export interface WhatIfOptions extends ScenarioOptions, KeptRunsOptions {
  readonly seeds: number;
  readonly set: readonly string[];
  readonly scale: readonly string[];
  readonly without: readonly FactorId[];
  readonly json?: boolean | undefined;
}

/**
 * Runs a scenario with and without a change, and prints what the change does. The change is what the file has beside the scenario that it
 * extends, what the options say, or both.
 *
 * @throws BadFiles when the scenario has mistakes
 * @throws BadInput when nothing changes, or the file of finished runs is something else
 */
export async function runWhatIf(options: WhatIfOptions): Promise<ExitCode> {
  const { set, scale, without, seeds } = options;
  const load = loadOptions(options);
  const changed = accepted(loadScenario(load));
  const base = accepted(loadScenario({ ...load, file: changed.base ?? load.file, set: [], scale: [] }));
  if (changed.base === undefined && set.length + scale.length + without.length === 0) {
    throw new BadInput(
      'nothing changes: give a scenario that extends another, or --set, --scale or --without — try karpsim what-if scenarios/what-if/payday-twice.yaml',
    );
  }
  if (changed.spec.durationMs !== base.spec.durationMs) {
    throw new BadInput(
      `the change makes a run of ${changed.spec.durationMs / 1000} s out of one of ${base.spec.durationMs / 1000} s: runs of different length cannot be compared`,
    );
  }
  const { value: result, end } = await keepingRuns('what-if', [changed.spec.name], options, (shared) =>
    whatIf(base.spec, switched(changed.spec, without), { ...shared, seeds }),
  );
  const done = result.seeds.length;
  if (done > 0) {
    process.stdout.write(options.json === true ? whatIfJson(result) : whatIfAnswer(result, terminalColours()));
  }
  end(done < seeds ? `after ${done} of ${seeds} seeds` : undefined);
  return EXIT.done;
}
