import { RESERVATION_LABELS, reservationLabels } from '../../cloud/catalogue/reserved-offerings.js';
import type { InstanceType, Offering } from '../../cloud/instance-type.js';
import type { LaunchRequest } from '../../cloud/launch/launch-request.js';
import {
  CAPACITY_TYPE_LABEL,
  WELL_KNOWN_LABELS,
  ZONE_ID_LABEL,
  ZONE_LABEL,
} from '../../karpenter/requirements/labels.js';
import { Requirement } from '../../karpenter/requirements/requirement.js';
import { Requirements } from '../../karpenter/requirements/requirements.js';
import { checkMinValues } from '../../karpenter/scheduling/min-values.js';
import { typeView } from '../../karpenter/scheduling/type-view.js';
import { schedulingProfile } from '../../karpenter/versions/scheduling-profile-of.js';
import type { NodeSelectorOperator } from '../../kubernetes/selectors.js';
import { readAmounts } from '../case-catalogs.js';
import type { RecordedLaunch } from './launch-case.js';
import type { RecordedAwsSettings } from './recorded-types.js';

/** What a recorded NodeClaim asks of the cloud. */
export interface RecordedRequest extends LaunchRequest {
  readonly requirements: Requirements;
}

export function launchRequestOf(
  { requirements: expressions, requests }: RecordedLaunch,
  settings: RecordedAwsSettings,
): RecordedRequest {
  const requirements = Requirements.fromExpressions(
    expressions.map((expression) => ({
      ...expression,
      operator: expression.operator as NodeSelectorOperator,
      values: expression.values ?? [],
    })),
    schedulingProfile('v1.14.1').boundsReading,
  );
  return {
    requirements,
    requests: readAmounts(requests),
    hasMinValues: requirements.hasMinValues,
    admitsType: (type) => requirements.isCompatible(typeView(type).requirements, WELL_KNOWN_LABELS),
    admitsOffering: (offering) => requirements.isCompatible(requirementsOf(offering), WELL_KNOWN_LABELS),
    admitsCapacityType: (capacityType) => requirements.get(CAPACITY_TYPE_LABEL).has(capacityType),
    admitsZone: (zone) => requirements.get(ZONE_LABEL).has(zone),
    satisfiesMinValues:
      settings.minValuesPolicy === 'BestEffort'
        ? undefined
        : (types: readonly InstanceType[]) => checkMinValues(types.map(typeView), requirements).short.size === 0,
  };
}

const seen = new WeakMap<Offering, Requirements>();

/** Labels of an offering; that it has no reservation is a label too. */
function requirementsOf(offering: Offering): Requirements {
  let requirements = seen.get(offering);
  if (requirements === undefined) {
    const { zone, zoneId, capacityType } = offering;
    const labels = reservationLabels(offering);
    requirements = Requirements.fromLabels({
      [ZONE_LABEL]: zone,
      [CAPACITY_TYPE_LABEL]: capacityType,
      ...(zoneId !== undefined && { [ZONE_ID_LABEL]: zoneId }),
      ...labels,
    }).and(
      RESERVATION_LABELS.filter((key) => labels[key] === undefined).map((key) =>
        Requirement.from({ key, operator: 'DoesNotExist', values: [] }, 'inclusive'),
      ),
    );
    seen.set(offering, requirements);
  }
  return requirements;
}
