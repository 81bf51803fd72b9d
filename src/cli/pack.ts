import { existsSync, readFileSync } from 'node:fs';
import { packCluster } from '../analysis/packing.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { packAnswer } from '../report/pack/pack-answer.js';
import { packJson } from '../report/pack/pack-json.js';
import { problemLines } from '../report/problem-lines.js';
import { loadCluster } from '../scenario/load-cluster.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { clusterInput, findingsText } from './cluster-input.js';
import { terminalColours } from './terminal-colours.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { nameList } from './options.js';

/** Arguments of `karpsim pack`, checked as far as the command line alone can. */
export interface PackOptions {
  readonly cluster: string;
  readonly karpenter?: KarpenterVersion | undefined;
  readonly region?: string | undefined;
  readonly zones?: readonly string[] | undefined;
  /** Names with commas, a file of names, or `catalogue`. */
  readonly types?: string | undefined;
  readonly seed?: number | undefined;
  readonly json?: boolean | undefined;
}

/** The word for all types of the shipped data. */
const WHOLE_CATALOGUE = 'catalogue';

/** One mistake in a template of a generator is made in all its objects. */
const SHOWN_PROBLEMS = 200;

/** Runs one scheduling pass over a cluster and prints what it decides. Problems of the files are printed all at once. */
export async function pack(options: PackOptions): Promise<ExitCode> {
  const { cluster: path, karpenter, region, zones, types } = options;
  const input = await clusterInput(path, { region, zones });
  const { files, problems: unreadable, findings } = input;
  const loaded = loadCluster({
    files,
    catalogue: pricingDataCatalogue(),
    karpenterVersion: karpenter,
    region: input.region,
    zones: input.zones,
    types: typeNames(types),
  });
  const problems = [...unreadable, ...(loaded.problems ?? [])];
  if (loaded.problems !== undefined || unreadable.length > 0) {
    process.stderr.write(problemLines(problems.slice(0, SHOWN_PROBLEMS), toCaller));
    const more = problems.length - SHOWN_PROBLEMS;
    if (more > 0) process.stderr.write(`… and ${more} more problems\n`);
    return EXIT.badInput;
  }
  const packing = packCluster(loaded.cluster, options.seed ?? 1);
  const text =
    options.json === true
      ? packJson(packing, toCaller, findings)
      : findingsText(findings) + packAnswer(packing, toCaller, terminalColours());
  await written(text);
  return EXIT.done;
}

/** @throws BadInput for a file that cannot be read */
function typeNames(given: string | undefined): readonly string[] | undefined {
  if (given === undefined || given === WHOLE_CATALOGUE) return undefined;
  const file = fromCaller(given);
  const isFile = given !== '' && (existsSync(file) || /[\\/]|\.(txt|csv|json|ya?ml)$/.test(given));
  if (!isFile) return nameList(given);
  try {
    // A JSON list of names is a list of names, too.
    return nameList(readFileSync(file, 'utf8').replaceAll(/[[\]"]/g, ' '));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BadInput(`--types: cannot read ${given}: ${reason} — try names with commas, such as m5.large,c5.large`, {
      cause: error,
    });
  }
}

/** A large answer into a pipe takes more than one write. */
function written(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => {
      resolve();
    });
  });
}
