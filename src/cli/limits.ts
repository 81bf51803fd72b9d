import { spendCeilings } from '../analysis/spend-ceiling.js';
import { readServicePrices } from '../cloud/prices/service-prices.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import { limitsJson, type LimitsReport } from '../report/limits-json.js';
import { limitsText } from '../report/terminal/limits-table.js';
import { loadPricedNodePools } from '../scenario/load-priced-node-pools.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { fromCaller } from './caller-folder.js';
import { accepted, EXIT, type ExitCode } from './exit.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim limits`, checked as far as the command line alone can. */
export interface LimitsOptions {
  readonly files: readonly string[];
  readonly karpenter?: KarpenterVersion | undefined;
  readonly region?: string | undefined;
  readonly zones?: readonly string[] | undefined;
  readonly set?: readonly string[] | undefined;
  readonly json?: boolean | undefined;
}

/** Prints the largest bill that the limits of NodePools allow. @throws BadFiles */
export async function showLimits(options: LimitsOptions): Promise<ExitCode> {
  const { priced } = accepted(
    loadPricedNodePools({
      files: options.files.map(fromCaller),
      catalogue: pricingDataCatalogue(),
      karpenterVersion: options.karpenter,
      region: options.region,
      zones: options.zones,
      set: options.set,
    }),
  );
  const servicePrices = readServicePrices(priced.region);
  const { version, region, zones, nodeClassesAssumed } = priced;
  const report: LimitsReport = {
    version,
    region,
    zones,
    nodeClassesAssumed,
    ceilings: await spendCeilings({ ...priced, servicePrices, profile: schedulingProfile(version) }),
    controlPlanePerHour: servicePrices.controlPlanePerHour,
    sources: [...priced.priceSources, servicePrices.source],
  };
  process.stdout.write(options.json === true ? limitsJson(report) : limitsText(report, terminalColours()));
  return EXIT.done;
}
