import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SettingsFigures } from '../analysis/settings-figures.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';

/** What each worker is given: all the work, and the number of the next piece that nobody has taken. */
export interface VariantWork {
  readonly specs: readonly ScenarioSpec[];
  readonly simulatorVersion: string;
  /** One 32-bit integer, shared. */
  readonly next: SharedArrayBuffer;
}

/** What a worker sends back for each piece. */
export interface VariantDone {
  readonly index: number;
  readonly figures: SettingsFigures;
}

/**
 * Simulates variants on threads of their own, from now on and whatever the calling thread does meanwhile.
 * @returns figures in the order of `specs`.
 */
export function simulateVariants(
  specs: readonly ScenarioSpec[],
  simulatorVersion: string,
): Promise<readonly SettingsFigures[]> {
  // The caller simulates too, and cannot hand out work while it does: the workers take it themselves.
  const work: VariantWork = { specs, simulatorVersion, next: new SharedArrayBuffer(4) };
  const threads = Math.min(specs.length, availableParallelism());
  const figures = new Array<SettingsFigures>(specs.length);
  const workers = Array.from(
    { length: threads },
    () =>
      new Promise<void>((resolve, reject) => {
        const worker = new Worker(new URL('./variant-worker.js', import.meta.url), { workerData: work });
        worker.on('message', ({ index, figures: found }: VariantDone) => {
          figures[index] = found;
        });
        worker.on('error', reject);
        worker.on('exit', (code) => {
          if (code === 0) resolve();
          else reject(new Error(`a worker thread ended with code ${code}`));
        });
      }),
  );
  const all = Promise.all(workers).then(() => figures);
  // The caller looks at the result only later; a failure until then must not end the process without a report.
  all.catch(() => undefined);
  return all;
}
