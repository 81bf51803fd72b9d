import type { Pod, TopologySpreadConstraint } from '../../kubernetes/pod.js';
import type { Taint, Toleration } from '../../kubernetes/taints.js';
import { toleratesTaints } from '../../kubernetes/tolerations.js';
import type { BoundsReading } from '../requirements/requirement.js';
import { Requirements } from '../requirements/requirements.js';

/** Which nodes a spread constraint looks at: those its pod could run on (TOP-9). */
export interface TopologyNodeFilter {
  /** One per required node-affinity term, each with the nodeSelector; a node needs to match one of them. */
  readonly alternatives: readonly Requirements[];
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
  readonly tolerations: readonly Toleration[];
}

/** The filter of a pod's spread constraint. Unlike a pod's own requirements it keeps all OR-ed terms. */
export function topologyNodeFilter(
  pod: Pod,
  policies: Pick<TopologySpreadConstraint, 'nodeAffinityPolicy' | 'nodeTaintsPolicy'>,
  reading: BoundsReading,
): TopologyNodeFilter {
  const selector = Requirements.fromLabels(pod.spec.nodeSelector);
  const terms = pod.spec.affinity?.nodeAffinity?.required;
  return {
    alternatives:
      terms === undefined
        ? [selector]
        : terms.map((term) => selector.and(Requirements.fromExpressions(term.matchExpressions, reading))),
    honorsAffinity: (policies.nodeAffinityPolicy ?? 'Honor') === 'Honor',
    honorsTaints: policies.nodeTaintsPolicy === 'Honor',
    tolerations: pod.spec.tolerations,
  };
}

/** Whether a node with these taints and requirements takes part. */
export function nodeTakesPart(
  filter: TopologyNodeFilter,
  taints: readonly Taint[],
  requirements: Requirements,
  allowUndefined: ReadonlySet<string>,
): boolean {
  if (filter.honorsTaints && !toleratesTaints(filter.tolerations, taints)) return false;
  if (!filter.honorsAffinity || filter.alternatives.length === 0) return true;
  return filter.alternatives.some((alternative) => requirements.isCompatible(alternative, allowUndefined));
}
