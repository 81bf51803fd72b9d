import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importAnswer } from '../report/terminal/import-answer.js';
import { Dump } from '../scenario/import/dump.js';
import { importScenario } from '../scenario/import/import-scenario.js';
import { readUsage, type PodUsage } from '../scenario/import/usage.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { scenarioName, writeFreshFolder } from './fresh-folder.js';
import { readDumpInto } from './read-dump.js';
import { uninterrupted } from './signals.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim import`, checked as far as the command line alone can. */
export interface ImportCommandOptions {
  readonly dump: string;
  readonly out: string;
  readonly redact: boolean;
  readonly usage: readonly string[];
  /** 0 to 1. */
  readonly utilisation: number;
  readonly duration: string;
  readonly region?: string | undefined;
  readonly force: boolean;
  readonly json: boolean;
}

/**
 * Makes a scenario of what kubectl printed, and tells what was left out and guessed.
 * @throws BadInput when the dump or the usage cannot be read, or the folder cannot be written
 */
export async function importCluster(options: ImportCommandOptions): Promise<ExitCode> {
  const folder = fromCaller(options.out);
  if (existsSync(folder) && !options.force) {
    throw new BadInput(`--out: ${options.out} exists — give another folder, or --force to replace it`);
  }
  const usage = readAllUsage(options.usage);
  const dump = new Dump();
  await readDumpInto(dump, options.dump);
  const result = importScenario(dump, {
    catalogue: pricingDataCatalogue(),
    name: scenarioName(folder),
    redact: options.redact,
    usage,
    utilisation: options.utilisation,
    duration: options.duration,
    region: options.region,
  });
  if (result.problems !== undefined) throw new BadInput(`${options.dump}: ${result.problems.join('; ')}`);
  const { scenario } = result;
  await uninterrupted(() => {
    writeFreshFolder(folder, scenario.files);
  });
  const file = toCaller(join(folder, 'scenario.yaml'));
  const { version, region, zones, start, counts, findings, kept } = scenario;
  const shown = options.redact ? findings.map((finding) => ({ ...finding, examples: [] })) : findings;
  const told = { scenario: file, version, region, zones, start, counts, findings: shown, kept };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(told, undefined, 2)}\n`
      : importAnswer(scenario, file, dump.read, options.redact, terminalColours()),
  );
  return EXIT.done;
}

function readAllUsage(files: readonly string[]): ReadonlyMap<string, PodUsage> {
  const all = new Map<string, PodUsage>();
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(fromCaller(file), 'utf8');
    } catch (error) {
      throw new BadInput(`--usage: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const read = readUsage(text);
    if (read.usage === undefined) throw new BadInput(`--usage ${file}: ${read.problem}`);
    for (const [pod, own] of read.usage) {
      const known = all.get(pod);
      // CPU and memory may come in a file each.
      all.set(pod, {
        cpuMilli: own.cpuMilli ?? known?.cpuMilli,
        memoryBytes: own.memoryBytes ?? known?.memoryBytes,
        cpuByHour: own.cpuByHour ?? known?.cpuByHour,
      });
    }
  }
  return all;
}
