import { readFileSync } from 'node:fs';
import { waterfall, type WaterfallMetric } from '../experiment/waterfall/waterfall.js';
import { waterfallText } from '../report/terminal/waterfall-chart.js';
import { waterfallJson } from '../report/waterfall/waterfall-json.js';
import { waterfallMarkdown } from '../report/waterfall/waterfall-markdown.js';
import { readFailure, tryRead } from '../scenario/file-reading.js';
import { loadScenario } from '../scenario/load-scenario.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { readUsageFile } from '../scenario/usage-file.js';
import type { UsageByWorkload } from '../workload/pod-usage.js';
import { fromCaller } from './caller-folder.js';
import { accepted, BadFiles, EXIT, type ExitCode } from './exit.js';
import { keepingRuns, type KeptRunsOptions } from './kept-runs.js';
import { loadOptions, type ScenarioOptions } from './scenario-options.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim waterfall`, checked as far as the command line alone can. */
export interface WaterfallCommandOptions extends ScenarioOptions, KeptRunsOptions {
  readonly runs: number;
  readonly metric: WaterfallMetric;
  /** File of measured usage. */
  readonly usage?: string | undefined;
  readonly format: 'text' | 'json' | 'markdown';
}

/**
 * Explains what a cluster saves against a static fleet, factor by factor.
 *
 * @throws BadFiles when the scenario or the usage has mistakes
 * @throws BadInput when the file of finished runs is something else
 */
export async function runWaterfall(options: WaterfallCommandOptions): Promise<ExitCode> {
  const { spec } = accepted(loadScenario(loadOptions(options)));
  const usage = options.usage === undefined ? undefined : readUsage(options.usage, spec);
  const { runs, metric } = options;
  const { value: result, end } = await keepingRuns('waterfall', [spec.name], options, (shared) =>
    waterfall(spec, { ...shared, runs, metric, usage }),
  );
  if (result === undefined) {
    end('before the second seed was finished');
    return EXIT.gateFailed;
  }
  const text = {
    text: () => waterfallText(result, terminalColours()),
    json: () => waterfallJson(result),
    markdown: () => waterfallMarkdown(result),
  }[options.format];
  process.stdout.write(text());
  end(result.seeds < result.seedsAsked ? `after ${result.seeds} of ${result.seedsAsked} seeds` : undefined);
  return EXIT.done;
}

/** @throws BadFiles */
function readUsage(path: string, { cluster }: ScenarioSpec): UsageByWorkload {
  const file = fromCaller(path);
  const text = tryRead((name) => readFileSync(name, 'utf8'), file);
  if (text instanceof Error) {
    throw new BadFiles([{ file: `--usage ${path}`, line: 1, column: 1, path: '', ...readFailure(path, text) }]);
  }
  const workloads = [...cluster.deployments, ...cluster.statefulSets].map(
    ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
  );
  const { usage, problems } = readUsageFile(file, text, workloads);
  if (problems.length > 0) throw new BadFiles(problems);
  return usage;
}
