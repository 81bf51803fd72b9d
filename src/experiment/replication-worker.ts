import { workerData } from 'node:worker_threads';
import { measure, type MetricsRecord } from '../analysis/metrics.js';
import { analyse } from '../analysis/run-analysis.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { simulate } from '../simulation/simulate.js';
import { underCommitment } from '../simulation/under-commitment.js';

/** What a worker is given once. */
export interface ReplicationWork {
  readonly specs: readonly ScenarioSpec[];
  readonly simulatorVersion: string;
}

/** One run to do. */
export interface ReplicationTask {
  /** Indices of specs that are the same run, each under a commitment of its own. */
  readonly variants: readonly number[];
  readonly seed: string;
}

/** Figures of a run, for each of the task's variants, or the stack of what a controller threw: an error loses its class and its cause between threads. */
export type ReplicationAnswer =
  | { readonly metrics: readonly MetricsRecord[]; readonly failure?: undefined }
  | { readonly metrics?: undefined; readonly failure: string };

/** Does one run. The log stays here: only its figures cross to the caller's thread. */
export default function replicationWorker({ variants, seed }: ReplicationTask): ReplicationAnswer {
  const { specs, simulatorVersion } = workerData as ReplicationWork;
  const asked = variants.flatMap((variant) => specs[variant] ?? []);
  const [run] = asked;
  if (run === undefined || asked.length < variants.length) return { failure: `no variants ${variants.join(', ')}` };
  try {
    const { log } = simulate({ ...run, seed, commitment: undefined }, { simulatorVersion });
    return {
      metrics: asked.map(({ commitment, cluster }) => measure(analyse(underCommitment(log, commitment)), cluster)),
    };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
