import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadNodePools } from '../scenario/load-node-pools.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { starterScenario } from '../scenario/starter-scenario.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { accepted, BadInput, EXIT, type ExitCode } from './exit.js';
import { scenarioName, writeFreshFolder } from './fresh-folder.js';
import { uninterrupted } from './signals.js';

/** Arguments of `karpsim init`, checked as far as the command line alone can. */
export interface InitOptions {
  readonly nodePools: string;
  readonly out: string;
  readonly region: string;
}

/**
 * Writes a commented starter scenario around a manifest of NodePools.
 * @throws BadFiles when the manifest has mistakes
 * @throws BadInput when the folder exists or cannot be written, or the region has no data
 */
export async function init({ nodePools: given, out, region }: InitOptions): Promise<ExitCode> {
  const folder = fromCaller(out);
  if (existsSync(folder)) throw new BadInput(`--out: ${out} exists — give another folder`);
  const { regions } = pricingDataCatalogue();
  if (!regions.includes(region)) {
    throw new BadInput(`--region: there is no data for region "${region}" — one of ${regions.join(', ')}`);
  }
  const file = fromCaller(given);
  const { nodePools, passedOver } = accepted(loadNodePools([file], toCaller));
  const versions = new Set(nodePools.map(({ nodePool }) => nodePool.apiVersion));
  if (versions.size > 1) {
    throw new BadInput(`${given}: it has NodePools of ${[...versions].join(' and ')} — give a file of one version`);
  }
  const files = starterScenario({
    name: scenarioName(folder),
    nodePools: nodePools.map(({ nodePool }) => nodePool),
    manifest: relative(folder, file),
    hasNodeClasses: passedOver.some((object) => object.startsWith('EC2NodeClass ')),
    region,
  });
  await uninterrupted(() => {
    writeFreshFolder(folder, files);
  });
  const scenario = toCaller(join(folder, 'scenario.yaml'));
  const names = Object.keys(files).join(', ');
  process.stdout.write(`Written to ${toCaller(folder)}: ${names}.\nNext: karpsim doctor ${scenario}\n`);
  return EXIT.done;
}
