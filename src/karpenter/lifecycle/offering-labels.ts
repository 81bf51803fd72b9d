import type { Offering } from '../../cloud/instance-type.js';
import { CAPACITY_TYPE_LABEL, RESERVATION_ID_LABEL, ZONE_ID_LABEL, ZONE_LABEL } from '../requirements/labels.js';

type Labels = Readonly<Record<string, string>>;

function agrees(label: string | undefined, value: string | undefined): boolean {
  return label === undefined || value === undefined || label === value;
}

/** Whether a node with these labels may be running on the offering, which need not be available now (REQ-23). */
export function offeringMatchesLabels(offering: Offering, labels: Labels): boolean {
  return (
    agrees(labels[ZONE_LABEL], offering.zone) &&
    agrees(labels[CAPACITY_TYPE_LABEL], offering.capacityType) &&
    agrees(labels[ZONE_ID_LABEL], offering.zoneId) &&
    // An offering that is not reserved forbids the reservation label.
    (labels[RESERVATION_ID_LABEL] === undefined || labels[RESERVATION_ID_LABEL] === offering.reservationId)
  );
}
