import type { MetricsRecord } from '../analysis/metrics.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';

/** A scenario under a name of its own. */
export interface ReplicationVariant {
  readonly name: string;
  readonly spec: ScenarioSpec;
  /** First seed of this variant alone; default: that of the replication. */
  readonly firstSeed?: string | undefined;
}

/** One run. */
export interface ReplicatedRun {
  readonly seed: string;
  readonly metrics: MetricsRecord;
}

/** The runs of one variant, in the order of the seeds. */
export interface ReplicatedVariant {
  readonly name: string;
  readonly runs: readonly ReplicatedRun[];
}

/** Every variant under the same luck: the run number i of each has the same seed, unless they are independent. */
export interface Replication {
  readonly variants: readonly ReplicatedVariant[];
  readonly seedsAsked: number;
  readonly independent: boolean;
  /** `precise`: fewer seeds were enough. `interrupted`: the signal came first, and the whole seeds until then are there. */
  readonly ended: 'all' | 'precise' | 'interrupted';
}
