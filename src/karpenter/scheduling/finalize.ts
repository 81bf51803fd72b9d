import { withEntries } from '../../kernel/copies.js';
import type { InstanceType } from '../../cloud/instance-type.js';
import { CAPACITY_TYPE_LABEL, HOSTNAME_LABEL, INSTANCE_TYPE_LABEL } from '../requirements/labels.js';
import { Requirement } from '../requirements/requirement.js';
import type { Requirements } from '../requirements/requirements.js';
import { orderByPrice } from './price-order.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import type { PlannedNodeClaim } from './scheduling-result.js';
import { SIMULATED_LABELS } from './node-claim-template.js';
import { typeView, type TypeView } from './type-view.js';

/** What the object to be created depends on besides its NodePool. */
export interface ClaimChoice {
  readonly types: readonly TypeView[];
  readonly requirements: Requirements;
}

/** Parts of a planned NodeClaim that follow from its types and requirements (FIN-4). */
export type CreatedParts = Pick<PlannedNodeClaim, 'instanceTypes' | 'requirements' | 'labels'>;

/**
 * Turns kept types and requirements into what the created object says: the cheapest types, the capacity types they come
 * in, and labels for custom requirements (FIN-4).
 */
export function createdParts(
  { types, requirements }: ClaimChoice,
  templateLabels: Readonly<Record<string, string>>,
  profile: SchedulingProfile,
  random: () => number,
): CreatedParts {
  const { offeringMatches, priceTiesByName, maxInstanceTypes, wellKnownLabels, boundsReading } = profile;
  const cheapest = orderByPrice(types, requirements, offeringMatches, priceTiesByName).slice(0, maxInstanceTypes);
  const minValues = requirements.find(INSTANCE_TYPE_LABEL)?.minValues;
  let created = requirements.and([
    Requirement.in(
      INSTANCE_TYPE_LABEL,
      cheapest.map(({ type }) => type.name),
      minValues,
    ),
  ]);
  if (profile.narrowsCapacityType) {
    const capacityTypes = new Set<string>();
    for (const { available } of cheapest) {
      for (const view of available) if (offeringMatches(view, created)) capacityTypes.add(view.offering.capacityType);
    }
    if (capacityTypes.size > 0) created = created.and([Requirement.in(CAPACITY_TYPE_LABEL, capacityTypes)]);
  }
  const labels = withEntries(templateLabels);
  if (profile.resolvesLabels) {
    for (const requirement of created) {
      const { key } = requirement;
      if (wellKnownLabels.has(key) || key === HOSTNAME_LABEL || SIMULATED_LABELS.includes(key)) continue;
      const value = anyValue(requirement, random);
      if (value !== undefined) labels[key] = value;
    }
  }
  return {
    instanceTypes: cheapest.map(({ type }) => type),
    requirements: created.without(...SIMULATED_LABELS).serialize(boundsReading),
    labels,
  };
}

/** A planned NodeClaim with other types or requirements, as consolidation narrows it. */
export function replan(
  plan: PlannedNodeClaim,
  change: { readonly instanceTypes: readonly InstanceType[]; readonly requirements: Requirements },
  profile: SchedulingProfile,
  random: () => number,
): PlannedNodeClaim {
  const choice = { types: change.instanceTypes.map(typeView), requirements: change.requirements };
  const { nodePoolName, pods, requests, annotations, taints, startupTaints } = plan;
  const { nodeClassRef, expireAfter, terminationGracePeriodMs } = plan;
  return {
    nodePoolName,
    pods,
    requests,
    annotations,
    taints,
    startupTaints,
    nodeClassRef,
    expireAfter,
    terminationGracePeriodMs,
    packed: change,
    ...createdParts(choice, plan.labels, profile, random),
  };
}

/** A value that satisfies the requirement: a member, or an integer within the bounds; undefined when none may exist (REQ-3). */
function anyValue(requirement: Requirement, random: () => number): string | undefined {
  const { operator, members, lowerBound, upperBound } = requirement;
  if (operator === 'DoesNotExist') return undefined;
  if (operator === 'In') {
    const values = [...members].sort();
    return values.length === 1 ? values[0] : values[Math.floor(random() * values.length)];
  }
  const low = lowerBound ?? 0;
  const high = upperBound === undefined ? Number.MAX_SAFE_INTEGER : upperBound + 1;
  return String(Math.floor(low + random() * Math.max(0, high - low)));
}
