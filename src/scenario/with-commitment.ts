import type { CommitmentPlan } from '../cloud/prices/commitment.js';
import type { ScenarioSpec } from './scenario-spec.js';

/**
 * The same run with its on-demand usage under a plan, or under none. An amount that the scenario commits to stays.
 * @param plan undefined: everything at list price
 */
export function withCommitment(spec: ScenarioSpec, plan: CommitmentPlan | undefined): ScenarioSpec {
  return { ...spec, commitment: plan === undefined ? undefined : { perHour: spec.commitment?.perHour, plan } };
}
