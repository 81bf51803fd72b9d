import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SharedReplication } from '../experiment/replicate.js';
import { ResultsFileError } from '../experiment/results-file.js';
import { workerPool } from '../experiment/run-pool.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput } from './exit.js';
import { packageVersion } from './package-info.js';
import { runsProgressBar } from './progress.js';
import { interruptible } from './signals.js';

/** How many threads do the runs of a command, and where finished runs are kept. */
export interface KeptRunsOptions {
  readonly workers?: number | undefined;
  /** File of finished runs. */
  readonly results?: string | undefined;
  /** Continue from there. */
  readonly resume?: boolean | undefined;
}

/** Work that is done, or as much of it as there was when a signal came. */
export interface KeptRuns<T> {
  readonly value: T;
  /**
   * To be called when everything is printed: a signal that came meanwhile ends the process now.
   * @param done - How far the work came, such as `after 3 of 5 seeds`, where it was cut off.
   */
  readonly end: (done?: string) => void;
}

/**
 * Does all runs of a command on one pool of threads, with a progress bar, and keeps each on disk as it finishes. The first signal ends
 * the work with what is finished, a second one ends the process at once.
 *
 * @param names - Of what is simulated, for the file of finished runs.
 * @param work - To be given to every replication.
 * @throws BadInput when there is nothing to continue from, or the file of finished runs is something else
 */
export async function keepingRuns<T>(
  command: string,
  names: readonly string[],
  { workers, results, resume }: KeptRunsOptions,
  work: (shared: SharedReplication) => Promise<T>,
): Promise<KeptRuns<T>> {
  const file = names.map((name) => name.replaceAll(/[^\w.-]+/g, '-')).join('-vs-');
  const resultsFile = fromCaller(results ?? join('reports', 'out', command, `${file}.jsonl`));
  if (resume !== true) begunAnew(resultsFile);
  else if (!existsSync(resultsFile)) {
    throw new BadInput(`--resume: there is no ${toCaller(resultsFile)} to continue from — leave it out to begin anew`);
  }
  const listening = interruptible();
  const pool = workerPool(workers);
  const progress = await runsProgressBar(command);
  let value: T;
  try {
    value = await work({
      simulatorVersion: packageVersion(),
      pool,
      resultsFile,
      signal: listening.signal,
      onProgress: progress.update,
    });
  } catch (error) {
    if (!(error instanceof ResultsFileError)) throw error;
    const place = error.line === 0 ? toCaller(error.file) : `${toCaller(error.file)}:${error.line}`;
    throw new BadInput(`${place}: ${error.message} — try another --results file`, { cause: error });
  } finally {
    progress.stop();
    await pool.close();
  }
  return {
    value,
    end: (done) => {
      if (done !== undefined) {
        process.stderr.write(
          `karpsim: interrupted ${done}. Finished runs are kept in ${toCaller(resultsFile)}; the same call with --resume continues.\n`,
        );
      }
      listening.end();
    },
  };
}

function begunAnew(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BadInput(`${toCaller(file)}: cannot be begun anew: ${reason} — try another --results file`, {
      cause: error,
    });
  }
}
