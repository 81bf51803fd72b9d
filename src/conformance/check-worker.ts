import { parentPort, workerData } from 'node:worker_threads';
import { CaseCatalogs } from './case-catalogs.js';
import { checkBatch, type Batch } from './check-batch.js';

/** What a thread is given to begin with, and is asked and answers from then on. */
export interface WorkerSettings {
  readonly catalogFolders: readonly string[];
}

// The main module of a thread of check-threads.ts: it answers every batch in turn and ends when its port is closed.
const { catalogFolders } = workerData as WorkerSettings;
const catalogs = new CaseCatalogs(catalogFolders);

parentPort?.on('message', (batch: Batch) => {
  void checkBatch(batch, catalogs).then(
    (verdicts) => parentPort?.postMessage({ verdicts }),
    (error: unknown) => {
      // Thrown where nobody catches it, an error ends the thread and reaches whoever started it.
      setImmediate(() => {
        throw error;
      });
    },
  );
});
