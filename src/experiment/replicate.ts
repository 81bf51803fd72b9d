import { isDeepStrictEqual } from 'node:util';
import { metricNamed, type MetricsRecord } from '../analysis/metrics.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { isPreciseEnough, type Precision } from './precision.js';
import type { Replication, ReplicationVariant } from './replication.js';
import type { ReplicationTask } from './replication-worker.js';
import { ResultTable, type TableTask } from './result-table.js';
import { RunFailedError, workerPool, type RunPool } from './run-pool.js';

/** How often, under which luck, and where. */
export interface ReplicationOptions {
  /** Runs of each variant at most, 1 or more. */
  readonly seeds: number;
  /** Stands in the logs of the runs. */
  readonly simulatorVersion: string;
  /** First seed, a whole number; default: that of the first variant. The others follow it. */
  readonly firstSeed?: string | undefined;
  /** Every variant has seeds of its own, so that no two runs share their luck. Default: common random numbers. */
  readonly independent?: boolean | undefined;
  /** Stop as soon as the first n seeds are enough. */
  readonly precision?: Precision | undefined;
  /** File of finished runs that is continued; what it holds is not simulated again. */
  readonly resultsFile?: string | undefined;
  /** Called once before the first run, and after each. @param progress - Runs that are done, of all that are asked for. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  /** Ends the work early: what is finished is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Threads; default: one for each core. The result does not depend on it. */
  readonly workers?: number | undefined;
  /** Where the runs are done, and whoever gives it closes it; default: so many worker threads, for this work alone. */
  readonly pool?: RunPool | undefined;
}

/** What all replications of one command have in common. */
export type SharedReplication = Pick<
  ReplicationOptions,
  'simulatorVersion' | 'workers' | 'pool' | 'resultsFile' | 'signal' | 'onProgress'
>;

/** A worker may die of something else than its run; a run that kills three is to blame itself. */
const MOST_ATTEMPTS = 3;

/**
 * Runs every variant under the same N seeds on all cores. Variants that differ in their commitment alone are one run.
 *
 * The result is a function of variants, seeds and precision alone. Whether the seeds are enough is decided on the first n of
 * them once all of these are there, for n = 5, 6, …: never on whichever happened to finish first. A worker that dies is
 * replaced and its run repeated. Only whole seeds count, and each once.
 *
 * @throws RangeError when `seeds` is not a whole number of 1 or more, or two variants last differently long
 * @throws UnknownMetricError when the precision is asked of a metric that does not exist
 * @throws RunFailedError when a simulation fails
 * @throws ResultsFileError when `resultsFile` is something else
 */
export async function replicate(
  variants: readonly ReplicationVariant[],
  options: ReplicationOptions,
): Promise<Replication> {
  checkQuestion(variants, options);
  const { seeds, precision, independent = false, signal } = options;
  const table = new ResultTable(variants, options);
  const enough = new AbortController();
  const stop = signal === undefined ? enough.signal : AbortSignal.any([enough.signal, signal]);
  let count = 0;
  let checked = 0;
  const advance = (): void => {
    count = table.wholeSeeds();
    while (precision !== undefined && checked < count && !enough.signal.aborted) {
      checked++;
      if (isPreciseEnough(table.prefix(checked), precision, independent)) enough.abort();
    }
  };
  advance();
  options.onProgress?.(table.progress());
  const queue = sharedRuns(table.missing(), variants);
  if (queue.length > 0 && !stop.aborted) {
    const { simulatorVersion, pool = workerPool(options.workers) } = options;
    const work = async (): Promise<void> => {
      for (let tasks = queue.shift(); tasks !== undefined && !stop.aborted; tasks = queue.shift()) {
        const metrics = await runOnce(pool, taskOf(tasks, variants, simulatorVersion), stop);
        if (metrics === undefined) return;
        table.addAll(tasks, metrics);
        options.onProgress?.(table.progress());
        advance();
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(pool.workers, queue.length) }, work));
    } finally {
      if (options.pool === undefined) await pool.close();
    }
  }
  const precise = enough.signal.aborted;
  return {
    variants: table.prefix(precise ? checked : count),
    seedsAsked: seeds,
    independent,
    ended: precise ? 'precise' : count < seeds ? 'interrupted' : 'all',
  };
}

/** Those of the same seed whose variants differ in their commitment alone, together; in the order of the first of them. */
function sharedRuns(tasks: readonly TableTask[], variants: readonly ReplicationVariant[]): (readonly TableTask[])[] {
  const specs = variants.map(({ spec }) => spec);
  const leaders = specs.map((spec, index) => {
    const leader = specs.findIndex((other, before) => before < index && differOnlyInCommitment(other, spec));
    return leader === -1 ? index : leader;
  });
  const runs = new Map<string, TableTask[]>();
  for (const task of tasks) {
    const run = `${leaders[task.variant] ?? task.variant}/${task.seed}`;
    const sharing = runs.get(run);
    if (sharing === undefined) runs.set(run, [task]);
    else sharing.push(task);
  }
  return [...runs.values()];
}

/** A commitment is a price: what happens in the cluster is the same under all of them. */
function differOnlyInCommitment(a: ScenarioSpec, b: ScenarioSpec): boolean {
  return (
    !isDeepStrictEqual(a.commitment, b.commitment) &&
    isDeepStrictEqual({ ...a, commitment: undefined }, { ...b, commitment: undefined })
  );
}

function taskOf(
  tasks: readonly TableTask[],
  variants: readonly ReplicationVariant[],
  simulatorVersion: string,
): ReplicationTask {
  const asked = tasks.flatMap(({ variant }) => variants[variant] ?? []);
  return {
    // These alone: a variant may have functions besides, which no thread can be sent.
    variants: asked.map(({ name, spec }) => ({ name, spec })),
    seed: tasks[0]?.seed ?? '',
    simulatorVersion,
  };
}

/** @returns undefined when the work was ended meanwhile. */
async function runOnce(
  pool: RunPool,
  task: ReplicationTask,
  stop: AbortSignal,
): Promise<readonly MetricsRecord[] | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await pool.run(task, stop);
    } catch (error) {
      if (stop.aborted) return undefined;
      if (error instanceof RunFailedError || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

function checkQuestion(variants: readonly ReplicationVariant[], { seeds, precision }: ReplicationOptions): void {
  if (!Number.isSafeInteger(seeds) || seeds < 1) {
    throw new RangeError(`${seeds} seeds: expected a whole number, 1 or more`);
  }
  if (precision !== undefined) metricNamed(precision.metric);
  const [first] = variants;
  const other = variants.find(({ spec }) => spec.durationMs !== first?.spec.durationMs);
  if (first !== undefined && other !== undefined) {
    throw new RangeError(
      `${first.name} lasts ${first.spec.durationMs / 1000} s and ${other.name} ${other.spec.durationMs / 1000} s: runs of different length cannot be compared`,
    );
  }
}
