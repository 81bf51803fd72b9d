import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CaseCatalogs } from './case-catalogs.js';
import { checkBatch, type Batch } from './check-batch.js';
import type { WorkerSettings } from './check-worker.js';
import type { Verdict } from './verdict.js';

/** There is none while the sources run uncompiled: then everything is done in the caller's thread. */
const WORKER = new URL('./check-worker.js', import.meta.url);

/**
 * Verdicts of all batches, in their order, whoever did which first.
 *
 * @param threads how many work at a time; 1 is the caller's own
 * @param onDone called with each batch that is done
 */
export async function checkBatches(
  all: readonly Batch[],
  settings: WorkerSettings,
  threads: number,
  onDone: (batch: Batch) => void,
): Promise<readonly Verdict[][]> {
  const verdicts: Verdict[][] = [];
  // Stories take longest and are last in the order, so they are begun first.
  const queue = [...all.entries()].sort(([, a], [, b]) => weight(b) - weight(a));
  const take = async (ask: (batch: Batch) => Promise<Verdict[]>): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, batch] = next;
      verdicts[index] = await ask(batch);
      onDone(batch);
    }
  };
  const wanted = Math.min(threads, all.length);
  if (wanted <= 1 || !existsSync(fileURLToPath(WORKER))) {
    const catalogs = new CaseCatalogs(settings.catalogFolders);
    await take((batch) => checkBatch(batch, catalogs));
    return verdicts;
  }
  const workers = Array.from({ length: wanted }, () => new Worker(WORKER, { workerData: settings }));
  try {
    await Promise.all(workers.map((worker) => take((batch) => answerOf(worker, batch))));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return verdicts;
}

function weight({ file }: Batch): number {
  return file.rowKind === 'life' ? 1 : 0;
}

function answerOf(worker: Worker, batch: Batch): Promise<Verdict[]> {
  return new Promise((resolve, reject) => {
    const exited = (code: number): void => {
      reject(new Error(`a thread ended with code ${code}`));
    };
    worker.once('error', reject);
    worker.once('exit', exited);
    worker.once('message', ({ verdicts }: { readonly verdicts: Verdict[] }) => {
      worker.off('error', reject);
      worker.off('exit', exited);
      resolve(verdicts);
    });
    worker.postMessage(batch);
  });
}
