import type { UsageByWorkload } from '../../workload/pod-usage.js';
import { BASELINE_KINDS, type BaselineKind } from '../../baseline/baseline.js';
import type { ScenarioSpec } from '../../scenario/scenario-spec.js';
import { withBaseline } from '../../scenario/with-baseline.js';
import { withCommitment } from '../../scenario/with-commitment.js';
import { FACTORS, switched, type FactorId } from '../factors.js';

/** The scenario itself. */
export const AS_GIVEN = 'as-given';

/** The scenario with requests of what its pods use. */
export const RIGHT_SIZED = 'right-sized';

/** The static fleet under a one-year savings plan: the same nodes, cheaper (kubernetes.md §6, A2). */
const STATIC_SAVINGS_PLAN = 'static-savings-plan';

const WITHOUT = 'without-';

const switchable = FACTORS.filter(({ given }) => given).map(({ id }) => id);

/** Names of the runs that every file of claims may refer to. */
export const STANDARD_RUNS: readonly string[] = [
  AS_GIVEN,
  ...BASELINE_KINDS,
  STATIC_SAVINGS_PLAN,
  ...switchable.map((id) => `${WITHOUT}${id}`),
  RIGHT_SIZED,
];

/** The scenario of a standard run. @throws Error for another name */
export function standardRun(name: string, spec: ScenarioSpec, usage: UsageByWorkload | undefined): ScenarioSpec {
  if (name === AS_GIVEN) return spec;
  if (name === RIGHT_SIZED) return switched(spec, ['right-sizing'], { usage });
  if (name === STATIC_SAVINGS_PLAN) return withCommitment(withBaseline(spec, 'static'), 'savings-plan-1y');
  const kind = BASELINE_KINDS.find((known: BaselineKind) => known === name);
  if (kind !== undefined) return withBaseline(spec, kind);
  const factor = switchable.find((id: FactorId) => `${WITHOUT}${id}` === name);
  if (factor === undefined) throw new Error(`there is no standard run ${name}`);
  return switched(spec, [factor]);
}
