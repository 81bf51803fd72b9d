import { BASELINE_KINDS } from '../baseline/baseline.js';
import type { MetricsRecord } from '../analysis/metrics.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { withBaseline } from '../scenario/with-baseline.js';
import { replicate } from './replicate.js';
import type { ReplicationVariant } from './replication.js';

/** What provided the nodes of a run, and what came of it. */
export interface BaselineRow {
  readonly name: string;
  readonly metrics: MetricsRecord;
}

/** All that Karpenter is measured against, never one alone: under each the same run. */
function baselineVariants(spec: ScenarioSpec): readonly ReplicationVariant[] {
  return BASELINE_KINDS.map((kind) => ({ name: kind, spec: withBaseline(spec, kind) }));
}

/**
 * Runs every baseline of a scenario under the seed of its own run, on threads of their own.
 * @param karpenter metrics of the run itself
 * @throws RunFailedError when a simulation fails
 */
export async function compareWithBaselines(
  spec: ScenarioSpec,
  karpenter: MetricsRecord,
  simulatorVersion: string,
): Promise<readonly BaselineRow[]> {
  const { variants } = await replicate(baselineVariants(spec), { seeds: 1, firstSeed: spec.seed, simulatorVersion });
  const rows = variants.flatMap(({ name, runs }) => runs.slice(0, 1).map(({ metrics }) => ({ name, metrics })));
  return [{ name: 'karpenter', metrics: karpenter }, ...rows];
}
