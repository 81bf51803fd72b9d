import type { InstanceType } from '../cloud/instance-type.js';
import type { NodePool } from '../karpenter/nodepool.js';
import { WELL_KNOWN_LABELS } from '../karpenter/requirements/labels.js';
import { Requirements } from '../karpenter/requirements/requirements.js';
import type { SchedulingProfile } from '../karpenter/scheduling/scheduling-profile.js';
import { typeView } from '../karpenter/scheduling/type-view.js';

/** What a NodePool asks of its nodes: its requirements and the labels of its template. */
export function nodePoolRequirements(
  { template }: NodePool,
  { boundsReading }: Pick<SchedulingProfile, 'boundsReading'>,
): Requirements {
  return Requirements.fromExpressions(template.requirements, boundsReading).and(
    Requirements.fromLabels(template.labels),
  );
}

/** The types that satisfy the requirements of a NodePool. */
export function admittedTypes(
  nodePool: NodePool,
  types: readonly InstanceType[],
  profile: Pick<SchedulingProfile, 'boundsReading'>,
): readonly InstanceType[] {
  const wanted = nodePoolRequirements(nodePool, profile);
  // Types know nothing of a NodePool's own labels; those cannot speak against a type.
  const known = wanted.without(...[...wanted.keys()].filter((key) => !WELL_KNOWN_LABELS.has(key)));
  return types.filter((type) => typeView(type).requirements.isCompatible(known, WELL_KNOWN_LABELS));
}
