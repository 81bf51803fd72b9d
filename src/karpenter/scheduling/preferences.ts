import { changed } from '../../kernel/copies.js';
import {
  changedSpec,
  type Affinity,
  type Pod,
  type PodAffinity,
  type PodSpec,
  type TopologySpreadConstraint,
} from '../../kubernetes/pod.js';
import type { Toleration } from '../../kubernetes/taints.js';

/** What a relaxed pod tolerates: every taint that is only a preference. */
const PREFER_NO_SCHEDULE_TOLERATION: Toleration = {
  key: '',
  operator: 'Exists',
  value: '',
  effect: 'PreferNoSchedule',
};

/**
 * The pod with its next wish given up, or undefined when only hard constraints are left (LOOP-10). Alternatives of the
 * required node affinity go first, then preferences; the toleration comes last and only helps if a NodePool has a
 * PreferNoSchedule taint.
 */
export function relaxPod(pod: Pod, toleratePreferNoSchedule: boolean): Pod | undefined {
  return (
    dropRequiredNodeAffinityTerm(pod) ??
    dropPreferredPodAffinity(pod, 'podAffinity') ??
    dropPreferredPodAffinity(pod, 'podAntiAffinity') ??
    dropPreferredNodeAffinity(pod) ??
    dropScheduleAnywaySpread(pod) ??
    (toleratePreferNoSchedule ? tolerateWithPreference(pod) : undefined)
  );
}

function withSpec(pod: Pod, changes: Partial<PodSpec>): Pod {
  return changed(pod, { spec: changedSpec(pod.spec, changes) });
}

/** The first of the OR-ed terms goes, unless it is the last. */
export function dropRequiredNodeAffinityTerm(pod: Pod): Pod | undefined {
  const { affinity } = pod.spec;
  const required = affinity?.nodeAffinity?.required;
  if (affinity?.nodeAffinity === undefined || required === undefined || required.length < 2) return undefined;
  return withSpec(pod, {
    affinity: { ...affinity, nodeAffinity: { ...affinity.nodeAffinity, required: required.slice(1) } },
  });
}

function dropPreferredPodAffinity(pod: Pod, side: 'podAffinity' | 'podAntiAffinity'): Pod | undefined {
  const terms = pod.spec.affinity?.[side];
  if (terms === undefined || terms.preferred.length === 0) return undefined;
  const lighter: PodAffinity = { required: terms.required, preferred: withoutHeaviest(terms.preferred) };
  const affinity: Affinity = { ...pod.spec.affinity, [side]: lighter };
  return withSpec(pod, { affinity });
}

function dropPreferredNodeAffinity(pod: Pod): Pod | undefined {
  const { affinity } = pod.spec;
  if (affinity?.nodeAffinity === undefined || affinity.nodeAffinity.preferred.length === 0) return undefined;
  const preferred = withoutHeaviest(affinity.nodeAffinity.preferred);
  return withSpec(pod, { affinity: { ...affinity, nodeAffinity: { ...affinity.nodeAffinity, preferred } } });
}

/** Rest of the terms in descending weight; of equal weights the first in the list is the heaviest. */
function withoutHeaviest<T extends { readonly weight: number }>(terms: readonly T[]): readonly T[] {
  return [...terms].sort((a, b) => b.weight - a.weight).slice(1);
}

/** The last constraint moves into the gap, which matters when several are soft. */
function dropScheduleAnywaySpread(pod: Pod): Pod | undefined {
  const constraints = pod.spec.topologySpreadConstraints;
  const index = constraints.findIndex(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway');
  const last = constraints.at(-1);
  if (index === -1 || last === undefined) return undefined;
  const kept: TopologySpreadConstraint[] = [...constraints];
  kept[index] = last;
  kept.pop();
  return withSpec(pod, { topologySpreadConstraints: kept });
}

/** Adds the toleration, unless the pod has just that one already. */
export function tolerateWithPreference(pod: Pod): Pod | undefined {
  const wanted = PREFER_NO_SCHEDULE_TOLERATION;
  const has = pod.spec.tolerations.some(
    ({ key, operator, value, effect }) =>
      key === wanted.key && operator === wanted.operator && value === wanted.value && effect === wanted.effect,
  );
  return has ? undefined : withSpec(pod, { tolerations: [...pod.spec.tolerations, wanted] });
}
