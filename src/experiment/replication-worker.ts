import { measure, type MetricsRecord } from '../analysis/metrics.js';
import { analyse } from '../analysis/run-analysis.js';
import { simulate } from '../simulation/simulate.js';
import { underCommitment } from '../simulation/under-commitment.js';
import type { ReplicationVariant } from './replication.js';

/** One run to do. A scenario is a few ten kilobytes, so that a worker can be sent it with every run and needs to know none. */
export interface ReplicationTask {
  /** Variants that are the same run, each under a commitment of its own. */
  readonly variants: readonly ReplicationVariant[];
  readonly seed: string;
  /** Stands in the log of the run. */
  readonly simulatorVersion: string;
}

/** Figures of a run, for each of the task's variants, or the stack of what a controller threw: an error loses its class and its cause between threads. */
export type ReplicationAnswer =
  | { readonly metrics: readonly MetricsRecord[]; readonly failure?: undefined }
  | { readonly metrics?: undefined; readonly failure: string };

/** Does one run. The log stays here: only its figures cross to the caller's thread. */
export default function replicationWorker({ variants, seed, simulatorVersion }: ReplicationTask): ReplicationAnswer {
  const [run] = variants;
  if (run === undefined) return { metrics: [] };
  try {
    const { log } = simulate({ ...run.spec, seed, commitment: undefined }, { simulatorVersion });
    return {
      metrics: variants.map(({ spec: { commitment, cluster } }) =>
        measure(analyse(underCommitment(log, commitment)), cluster),
      ),
    };
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { failure: `${run.name}, seed ${seed}: ${reason}` };
  }
}
