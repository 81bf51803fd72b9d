import { limitedMetric, MetricLimitError } from '../experiment/metric-limit.js';
import type { Precision } from '../experiment/precision.js';
import { BadInput } from './exit.js';
import type { KeptRunsOptions } from './kept-runs.js';
import { countOption, onlyOnce } from './options.js';

/** Reads `--seeds`: 1 or more. */
export function seedsOption(value: string | undefined): number | undefined {
  const seeds = countOption('seeds', value);
  if (seeds === 0)
    throw new BadInput('--seeds: 0 seeds tell nothing (expected a whole number, 1 or more) — try --seeds 10');
  return seeds;
}

/** An option as the parser returns it: a list when it stood several times. */
type Written<T> = T | readonly T[] | undefined;

/** Reads `--workers`, `--results` and `--resume`. */
export function keptRunsOptions(options: {
  readonly workers?: Written<string>;
  readonly results?: Written<string>;
  readonly resume?: Written<boolean>;
}): KeptRunsOptions {
  return {
    workers: workersOption(onlyOnce('workers', options.workers)),
    results: onlyOnce('results', options.results),
    resume: [options.resume].flat().includes(true),
  };
}

/** Reads `--workers`: 1 or more. */
function workersOption(value: string | undefined): number | undefined {
  const workers = countOption('workers', value);
  if (workers === 0) throw new BadInput('--workers: somebody has to do it (expected a whole number, 1 or more)');
  return workers;
}

/** Reads `--precision`: `1%`, of the cost, or `pending.p99=5%`. */
export function precisionOption(value: string | undefined): Precision | undefined {
  if (value === undefined) return undefined;
  const [, metric = 'cost', percent] = /^(?:([\w.]+)=)?(\d+\.?\d*|\.\d+)\s*%$/.exec(value) ?? [];
  if (percent === undefined || Number(percent) === 0) {
    throw new BadInput(
      `--precision: "${value}" is no precision (expected 1%, of the cost, or a metric such as pending.p99=5%)`,
    );
  }
  return { metric: writtenLimit('precision', metric, limitedMetric).name, relative: Number(percent) / 100 };
}

/** Reads the value of an option that names a metric. */
export function writtenLimit<T>(option: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof MetricLimitError)) throw error;
    const { message, expected, hint } = error;
    throw new BadInput(
      `--${option} '${text}': ${message} (expected ${expected})${hint === undefined ? '' : ` — ${hint}`}`,
      { cause: error },
    );
  }
}
