import { workerData } from 'node:worker_threads';
import { measure, type MetricsRecord } from '../analysis/metrics.js';
import { analyse } from '../analysis/run-analysis.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { simulate } from '../simulation/simulate.js';

/** What a worker is given once. */
export interface ReplicationWork {
  readonly specs: readonly ScenarioSpec[];
  readonly simulatorVersion: string;
}

/** One run to do. */
export interface ReplicationTask {
  /** Index of the spec. */
  readonly variant: number;
  readonly seed: string;
}

/** Figures of a run, or the stack of what a controller threw: an error loses its class and its cause between threads. */
export type ReplicationAnswer =
  | { readonly metrics: MetricsRecord; readonly failure?: undefined }
  | { readonly metrics?: undefined; readonly failure: string };

/** Does one run. The log stays here: only its figures cross to the caller's thread. */
export default function replicationWorker({ variant, seed }: ReplicationTask): ReplicationAnswer {
  const { specs, simulatorVersion } = workerData as ReplicationWork;
  const spec = specs[variant];
  if (spec === undefined) return { failure: `there is no variant ${variant}` };
  try {
    return { metrics: measure(analyse(simulate({ ...spec, seed }, { simulatorVersion }).log), spec.cluster) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
