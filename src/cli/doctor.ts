import type { KarpenterVersion } from '../karpenter/settings.js';
import { diagnosesText } from '../report/terminal/diagnoses.js';
import { paletteOf } from '../report/terminal/palette.js';
import { examineScenario } from '../scenario/doctor.js';
import { loadScenario } from '../scenario/load-scenario.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { accepted, EXIT, type ExitCode } from './exit.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim doctor`, checked as far as the command line alone can. */
export interface DoctorOptions {
  readonly scenario: string;
  readonly karpenter?: KarpenterVersion | undefined;
  readonly json: boolean;
}

/** Says what a scenario lacks or assumes, worst first. @throws BadFiles when the scenario has mistakes */
export function doctor({ scenario, karpenter, json }: DoctorOptions): ExitCode {
  const catalogue = pricingDataCatalogue();
  const file = fromCaller(scenario);
  const { spec } = accepted(loadScenario({ file, catalogue, karpenterVersion: karpenter }));
  const found = examineScenario(spec, catalogue);
  process.stdout.write(
    json
      ? `${JSON.stringify({ scenario: spec.name, diagnoses: found }, undefined, 2)}\n`
      : diagnosesText(found, toCaller(file), paletteOf(terminalColours())),
  );
  return EXIT.done;
}
