import { readFileSync } from 'node:fs';
import { waterfall, type WaterfallMetric } from '../experiment/waterfall/waterfall.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { problemLines } from '../report/problem-lines.js';
import { waterfallText } from '../report/terminal/waterfall-chart.js';
import { waterfallJson } from '../report/waterfall/waterfall-json.js';
import { waterfallMarkdown } from '../report/waterfall/waterfall-markdown.js';
import { readFailure, tryRead } from '../scenario/file-reading.js';
import { loadScenario } from '../scenario/load-scenario.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { readUsageFile, type UsageFile } from '../scenario/usage-file.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { EXIT, type ExitCode } from './exit.js';
import { packageVersion } from './package-info.js';
import { progressBar } from './progress.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim waterfall`, checked as far as the command line alone can. */
export interface WaterfallCommandOptions {
  readonly scenario: string;
  readonly runs: number;
  readonly metric: WaterfallMetric;
  /** File of measured usage. */
  readonly usage?: string | undefined;
  readonly seed?: number | undefined;
  readonly karpenter?: KarpenterVersion | undefined;
  readonly set: readonly string[];
  readonly scale: readonly string[];
  readonly format: 'text' | 'json' | 'markdown';
}

const NO_USAGE: UsageFile = { usage: new Map(), problems: [] };

/** Explains what a cluster saves against a static fleet, factor by factor. */
export async function runWaterfall(options: WaterfallCommandOptions): Promise<ExitCode> {
  const { spec, problems } = loadScenario({
    file: fromCaller(options.scenario),
    catalogue: pricingDataCatalogue(),
    karpenterVersion: options.karpenter,
    seed: options.seed,
    set: options.set,
    scale: options.scale,
  });
  if (problems !== undefined) {
    process.stderr.write(problemLines(problems, toCaller));
    return EXIT.badInput;
  }
  const measured = options.usage === undefined ? NO_USAGE : readUsage(options.usage, spec);
  if (measured.problems.length > 0) {
    process.stderr.write(problemLines(measured.problems, toCaller));
    return EXIT.badInput;
  }
  const progress = await progressBar(`waterfall of ${spec.name}`);
  const result = await waterfall(spec, {
    runs: options.runs,
    metric: options.metric,
    usage: options.usage === undefined ? undefined : measured.usage,
    simulatorVersion: packageVersion(),
    onProgress: ({ done, total }) => {
      progress.update(done / total);
    },
  });
  progress.stop();
  const text = {
    text: () => waterfallText(result, terminalColours()),
    json: () => waterfallJson(result),
    markdown: () => waterfallMarkdown(result),
  }[options.format];
  process.stdout.write(text());
  return EXIT.done;
}

function readUsage(path: string, { cluster }: ScenarioSpec): UsageFile {
  const file = fromCaller(path);
  const text = tryRead((name) => readFileSync(name, 'utf8'), file);
  if (text instanceof Error) {
    return {
      ...NO_USAGE,
      problems: [{ file: `--usage ${path}`, line: 1, column: 1, path: '', ...readFailure(path, text) }],
    };
  }
  const workloads = [...cluster.deployments, ...cluster.statefulSets].map(
    ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
  );
  return readUsageFile(file, text, workloads);
}
