import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
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
  const pool = new Piscina({
    filename: fileURLToPath(WORKER),
    workerData: settings,
    minThreads: wanted,
    maxThreads: wanted,
  });
  try {
    await Promise.all(
      Array.from({ length: wanted }, () => take(async (batch) => (await pool.run(batch)) as Verdict[])),
    );
  } finally {
    await pool.destroy();
  }
  return verdicts;
}

function weight({ file }: Batch): number {
  return file.rowKind === 'life' ? 1 : 0;
}
