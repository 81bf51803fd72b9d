import { parentPort, workerData } from 'node:worker_threads';
import { runVariant } from '../experiment/settings-table.js';
import type { VariantDone, VariantWork } from './variant-workers.js';

const { specs, simulatorVersion, next } = workerData as VariantWork;
const counter = new Int32Array(next);
for (let index = Atomics.add(counter, 0, 1); index < specs.length; index = Atomics.add(counter, 0, 1)) {
  const spec = specs[index];
  if (spec === undefined) break;
  const done: VariantDone = { index, figures: runVariant(spec, simulatorVersion) };
  parentPort?.postMessage(done);
}
