import { BASELINE_KINDS } from '../baseline/baseline.js';
import { COMMITMENT_PLANS } from '../cloud/prices/commitment.js';
import type { MetricsRecord } from '../analysis/metrics.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { withBaseline } from '../scenario/with-baseline.js';
import { withCommitment } from '../scenario/with-commitment.js';
import { replicate } from './replicate.js';
import type { ReplicationVariant } from './replication.js';

/** What provided the nodes of a run, and what came of it. */
export interface BaselineRow {
  readonly name: string;
  readonly metrics: MetricsRecord;
}

/**
 * All that Karpenter is measured against, never one alone: under each the same run. The static fleet stands there at list price and
 * under a savings plan; a commitment of the scenario's own is the others'.
 */
function baselineVariants(spec: ScenarioSpec): readonly ReplicationVariant[] {
  return BASELINE_KINDS.flatMap((kind): ReplicationVariant[] => {
    const baseline = withBaseline(spec, kind);
    if (kind !== 'static') return [{ name: kind, spec: baseline }];
    return [
      { name: kind, spec: withCommitment(baseline, undefined) },
      ...COMMITMENT_PLANS.map((plan) => ({ name: `${kind}-${plan}`, spec: withCommitment(baseline, plan) })),
    ];
  });
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
