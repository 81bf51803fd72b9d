import { switched, type FactorId } from '../experiment/factors.js';
import { whatIf } from '../experiment/what-if.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { problemLines } from '../report/problem-lines.js';
import { whatIfAnswer } from '../report/terminal/what-if-answer.js';
import { whatIfJson } from '../report/what-if-json.js';
import { loadScenario, type LoadOptions } from '../scenario/load-scenario.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { packageVersion } from './package-info.js';
import { progressBar } from './progress.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim what-if`, checked as far as the command line alone can. */
export interface WhatIfOptions {
  readonly scenario: string;
  readonly seeds: number;
  readonly seed?: number | undefined;
  readonly karpenter?: KarpenterVersion | undefined;
  readonly set: readonly string[];
  readonly scale: readonly string[];
  readonly without: readonly FactorId[];
  readonly json?: boolean | undefined;
}

/**
 * Runs a scenario with and without a change, and prints what the change does. The change is what the file has beside the scenario that it
 * extends, what the options say, or both.
 *
 * @throws BadInput when nothing changes
 */
export async function runWhatIf(options: WhatIfOptions): Promise<ExitCode> {
  const { set, scale, without, seeds, seed } = options;
  const common = { catalogue: pricingDataCatalogue(), karpenterVersion: options.karpenter, seed };
  const load: LoadOptions = { ...common, file: fromCaller(options.scenario), set, scale };
  const changed = loadScenario(load);
  const base = changed.problems === undefined ? loadScenario({ ...common, file: changed.base ?? load.file }) : changed;
  if (changed.problems !== undefined || base.problems !== undefined) {
    process.stderr.write(problemLines(changed.problems ?? base.problems ?? [], toCaller));
    return EXIT.badInput;
  }
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
  const progress = await progressBar(changed.spec.name);
  const result = await whatIf(base.spec, switched(changed.spec, without), {
    seeds,
    simulatorVersion: packageVersion(),
    onProgress: ({ done, total }) => {
      progress.update(done / total);
    },
  });
  progress.stop();
  process.stdout.write(options.json === true ? whatIfJson(result) : whatIfAnswer(result, terminalColours()));
  return EXIT.done;
}
