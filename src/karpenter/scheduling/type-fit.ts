import { resourcesFit } from '../../kubernetes/resource-arithmetic.js';
import { CAPACITY_TYPE_LABEL, ZONE_LABEL } from '../requirements/labels.js';
import type { TypeFitRule } from './instance-type-filter.js';
import type { OfferingRule } from './price-order.js';
import { offeringMatches } from './type-view.js';

/** v0.32.0 looks at an offering's zone and capacity type alone (REQ-23). */
export const offeringMatchesV0: OfferingRule = ({ offering }, requirements) =>
  requirements.find(ZONE_LABEL)?.has(offering.zone) !== false &&
  requirements.find(CAPACITY_TYPE_LABEL)?.has(offering.capacityType) !== false;

/** v1.14.1: the requests have to fit into what comes with a matching offering, so fitting implies being offered (IT-1). */
export const typeFitV1: TypeFitRule = {
  judge: ({ allocatableGroups }, requirements, requests) => {
    let offered = false;
    for (const { allocatable, offerings } of allocatableGroups) {
      if (!offerings.some((offering) => offeringMatches(offering, requirements))) continue;
      offered = true;
      if (resourcesFit(requests, allocatable)) return { offered, fits: true };
    }
    return { offered, fits: false };
  },
  allocatable: ({ allocatableGroups }) =>
    allocatableGroups.length === 1 ? allocatableGroups[0]?.allocatable : undefined,
};

/** v0.32.0 asks for size and offering independently. */
export const typeFitV0: TypeFitRule = {
  judge: ({ available, plainAllocatable }, requirements, requests) => ({
    offered: available.some((offering) => offeringMatchesV0(offering, requirements)),
    fits: resourcesFit(requests, plainAllocatable),
  }),
  allocatable: ({ plainAllocatable }) => plainAllocatable,
};
