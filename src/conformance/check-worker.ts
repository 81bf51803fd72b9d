import { workerData } from 'node:worker_threads';
import { CaseCatalogs } from './case-catalogs.js';
import { checkBatch, type Batch } from './check-batch.js';
import type { Verdict } from './verdict.js';

/** What a thread is given to begin with. */
export interface WorkerSettings {
  readonly catalogFolders: readonly string[];
}

const { catalogFolders } = workerData as WorkerSettings;
const catalogs = new CaseCatalogs(catalogFolders);

/** Does one batch in a thread of check-threads.ts. */
export default function checkWorker(batch: Batch): Promise<Verdict[]> {
  return checkBatch(batch, catalogs);
}
