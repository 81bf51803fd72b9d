import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import type { MetricsRecord } from '../analysis/metrics.js';
import { inlineLess } from '../kernel/inlining.js';
import type { ReplicationAnswer, ReplicationTask } from './replication-worker.js';

/** Where single runs are done. */
export interface RunPool {
  /** How many runs are done at a time. */
  readonly workers: number;
  /**
   * Does one run.
   * @returns its figures under the commitment of each of the task's variants
   * @throws RunFailedError when the simulation itself fails: it would again
   * @throws Error when whoever was to do it died
   */
  run(task: ReplicationTask, signal: AbortSignal): Promise<readonly MetricsRecord[]>;
  close(): Promise<void>;
}

/** A controller threw: a bug, which the same seed shows again. */
export class RunFailedError extends Error {
  override readonly name = 'RunFailedError';
}

/** Uncompiled sources, under tests, need a loader in the worker, too. */
const UNCOMPILED = import.meta.url.endsWith('.ts');
const WORKER = UNCOMPILED
  ? new URL('./replication-worker.ts', import.meta.url)
  : new URL('./replication-worker.js', import.meta.url);

/** Collections are not shared among helper threads, which would wait for whichever of them has no core. */
const BUSY_CORES = '--no-parallel-scavenge';

/**
 * Young generation of a busy thread: at twice V8's default it collects half as often and copies a quarter less, some three per cent
 * of a run. Four times the default would bring as much again, and a command of many variants near a gigabyte.
 */
const YOUNG_MEGABYTES = 96;

/**
 * A pool of so many worker threads, one for each core by default. It knows no scenario, so that one pool serves every replication
 * of a command, and its threads keep what they have compiled. A thread that dies is replaced; its run is the caller's to repeat.
 * Threads are started as they are needed.
 *
 * @param script - Module that does the runs, and what its threads are given once.
 */
export function workerPool(
  workers = availableParallelism(),
  script: { readonly url: URL; readonly workerData?: unknown } = { url: WORKER },
): RunPool {
  const isBusy = workers > 1;
  // Users of the library have no command line that does.
  inlineLess();
  if (isBusy) setFlagsFromString(BUSY_CORES);
  const pool = new Piscina({
    filename: fileURLToPath(script.url),
    workerData: script.workerData,
    minThreads: 0,
    maxThreads: workers,
    idleTimeout: Infinity,
    ...(isBusy ? { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES } } : {}),
    ...(UNCOMPILED ? { execArgv: ['--import', 'tsx'] } : {}),
  });
  return {
    workers,
    async run(task, signal) {
      const answer = (await pool.run(task, { signal })) as ReplicationAnswer;
      if (answer.metrics === undefined) throw new RunFailedError(answer.failure);
      return answer.metrics;
    },
    close: () => pool.destroy(),
  };
}
