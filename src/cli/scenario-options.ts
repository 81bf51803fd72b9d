import type { KarpenterVersion } from '../karpenter/settings.js';
import type { LoadOptions } from '../scenario/load-scenario.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { fromCaller } from './caller-folder.js';

/** A scenario as the command line names and changes it. */
export interface ScenarioOptions {
  readonly scenario: string;
  /** Luck of the run; of several, the first seed. */
  readonly seed?: number | undefined;
  readonly karpenter?: KarpenterVersion | undefined;
  readonly set?: readonly string[] | undefined;
  readonly scale?: readonly string[] | undefined;
}

/** How that scenario is loaded. */
export function loadOptions({ scenario, seed, karpenter, set, scale }: ScenarioOptions): LoadOptions {
  return {
    file: fromCaller(scenario),
    catalogue: pricingDataCatalogue(),
    karpenterVersion: karpenter,
    seed,
    set,
    scale,
  };
}
