/** Versions of the AWS provider; they carry Karpenter's own numbers. */
export type ProviderVersion = 'v1.14.1' | 'v0.32.0';

/** Where the two provider versions differ (aws.md §14), as data. */
export interface ProviderProfile {
  readonly version: ProviderVersion;
  /** Labels and resources that v1 added: zone id, tenancy, CPU maker and clock, EBS bandwidth, EFA, Neuron cores, reservations. */
  readonly extendedLabels: boolean;
  /** RESERVED_ENIS lowers the count behind kube-reserved memory as well as the pods. */
  readonly reservedENIsLowerOverhead: boolean;
  /** Soft eviction thresholds lower allocatable. */
  readonly softEviction: boolean;
  /** `instanceStorePolicy: RAID0` turns instance store into ephemeral storage. */
  readonly instanceStoreRaid: boolean;
  /** A NodeClass can make a type incompatible. */
  readonly nodeClassCompatibility: boolean;
  /** Zone and capacity-type labels: what EC2 offers, or only what is believed available now. */
  readonly offeringLabels: 'offered' | 'available';
  /** When the end of an unavailable mark is noticed: by a janitor, or when the type list is built again (aws.md §8). */
  readonly markExpiry: 'janitor' | 'rebuild';
  /** What the expensive-spot filter removes: single offerings, or whole types. */
  readonly expensiveSpot: 'offerings' | 'types';
  /** Bare metal that the exotic filter drops: any size with `metal` in it, or the size `metal` alone. */
  readonly exoticMetal: 'contains' | 'equals';
  /** CreateFleet error codes that count as no capacity, besides those both versions know. */
  readonly capacityErrorCodes: readonly string[];
}

const SHARED_CAPACITY_ERROR_CODES = [
  'InsufficientInstanceCapacity',
  'MaxSpotInstanceCountExceeded',
  'VcpuLimitExceeded',
  'UnfulfillableCapacity',
  'Unsupported',
  'InsufficientFreeAddressesInSubnet',
];

const PROFILES: Readonly<Record<ProviderVersion, ProviderProfile>> = {
  'v1.14.1': {
    version: 'v1.14.1',
    extendedLabels: true,
    reservedENIsLowerOverhead: false,
    softEviction: false,
    instanceStoreRaid: true,
    nodeClassCompatibility: true,
    offeringLabels: 'offered',
    markExpiry: 'janitor',
    expensiveSpot: 'offerings',
    exoticMetal: 'contains',
    capacityErrorCodes: [...SHARED_CAPACITY_ERROR_CODES, 'MaxFleetCountExceeded', 'ReservationCapacityExceeded'],
  },
  'v0.32.0': {
    version: 'v0.32.0',
    extendedLabels: false,
    reservedENIsLowerOverhead: true,
    softEviction: true,
    instanceStoreRaid: false,
    nodeClassCompatibility: false,
    offeringLabels: 'available',
    markExpiry: 'rebuild',
    expensiveSpot: 'types',
    exoticMetal: 'equals',
    capacityErrorCodes: SHARED_CAPACITY_ERROR_CODES,
  },
};

export function providerProfile(version: ProviderVersion): ProviderProfile {
  return PROFILES[version];
}
