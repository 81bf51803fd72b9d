import type { Pod } from '../../kubernetes/pod.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { heaviestFirst, podRequirements } from '../requirements/pod-requirements.js';
import type { Requirements } from '../requirements/requirements.js';
import type { PodVolumes } from './volume-usage.js';

/** A pod on its way through one pass, with what every candidate asks about it. */
export interface PodInPass {
  /** The pod as it was given, which is what results name. */
  readonly original: Pod;
  /** The pod as it is tried now, wishes given up included. */
  readonly pod: Pod;
  readonly requests: ResourceList;
  readonly all: Requirements;
  readonly strict: Requirements;
  /** Demands of volumes on the node, one of which has to hold; empty: none. */
  readonly volumeAlternatives: readonly Requirements[];
  /** Undefined: the look-up failed, and existing nodes are out of question. */
  readonly volumes: PodVolumes | undefined;
}

/** The same pod in another state of relaxation. */
export function asTried(
  tried: PodInPass,
  pod: Pod,
  reading: Parameters<typeof podRequirements>[1],
  ignoresPreferences: boolean,
): PodInPass {
  const { all, strict } = podRequirements(pod, reading);
  return { ...tried, pod, all: ignoresPreferences ? strict : all, strict };
}

/**
 * Preferred node affinity in the order in which it is given up. Reading a pod's requirements sorts the terms in place,
 * with the unstable sort, before relaxation sorts them again with a stable one; only long lists show the difference.
 */
export function withSortedPreferences(pod: Pod): Pod {
  const nodeAffinity = pod.spec.affinity?.nodeAffinity;
  if (nodeAffinity === undefined || nodeAffinity.preferred.length < 13) return pod;
  const preferred = heaviestFirst(nodeAffinity.preferred);
  return {
    ...pod,
    spec: { ...pod.spec, affinity: { ...pod.spec.affinity, nodeAffinity: { ...nodeAffinity, preferred } } },
  };
}
