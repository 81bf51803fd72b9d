import type { ResourceList } from '../kubernetes/resource-list.js';
import type { NodeSelectorRequirement } from '../kubernetes/selectors.js';

/** How capacity is bought. */
export type CapacityType = 'on-demand' | 'spot' | 'reserved';

/** Kinds of capacity reservation that one fleet request cannot mix. */
export type ReservationKind = 'default' | 'capacity-block' | 'interruptible';

/** One way to buy an instance type: zone × capacity type. */
export interface Offering {
  readonly zone: string;
  readonly zoneId?: string | undefined;
  readonly capacityType: CapacityType;
  /** US dollars an hour, an IEEE double as Karpenter compares it. */
  readonly price: number;
  readonly available: boolean;
  readonly reservationId?: string | undefined;
  readonly reservationCapacity?: number | undefined;
  readonly reservationKind?: ReservationKind | undefined;
  /** Values that replace or add to the type's own for this offering (REQ-22). */
  readonly capacityOverride?: ResourceList | undefined;
  readonly overheadOverride?: ResourceList | undefined;
}

/** An instance type as Karpenter's cloud provider presents it (aws.md §1). */
export interface InstanceType {
  readonly name: string;
  readonly capacity: ResourceList;
  /** kube-reserved + system-reserved + eviction threshold, summed. */
  readonly overhead: ResourceList;
  /** Label requirements, including zone and capacity type. */
  readonly requirements: readonly NodeSelectorRequirement[];
  readonly offerings: readonly Offering[];
}
