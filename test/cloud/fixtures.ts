import type { InstanceTypeInputs } from '../../src/cloud/catalogue/instance-types.js';
import { readInstanceTypeRecords } from '../../src/cloud/catalogue/instance-type-record.js';
import type { CapacityType, InstanceType } from '../../src/cloud/instance-type.js';
import type { LaunchRequest } from '../../src/cloud/launch/launch-request.js';
import type { EC2NodeClass, KubeletConfiguration } from '../../src/cloud/node-class.js';
import { readPriceBook } from '../../src/cloud/prices/price-book.js';
import { providerProfile, type ProviderVersion } from '../../src/cloud/provider-profile.js';
import { findZones } from '../../src/cloud/zones.js';

export const GENERAL = ['t3.medium', 't3.large', 't3.xlarge', 'm5.large', 'm5.xlarge'];
export const COMPUTE = ['c5.large', 'c5.xlarge', 'c5.2xlarge', 'c5.4xlarge'];
export const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
export const MiB = 2 ** 20;
export const GiB = 2 ** 30;

export function nodeClass(fields: Partial<EC2NodeClass> = {}): EC2NodeClass {
  return {
    metadata: {
      name: 'default',
      namespace: '',
      uid: 'u',
      labels: {},
      annotations: {},
      ownerReferences: [],
      creationTimeMs: 0,
    },
    amiFamily: 'AL2023',
    blockDeviceMappings: [],
    hash: '1',
    ...fields,
  };
}

export function kubelet(fields: Partial<KubeletConfiguration>): KubeletConfiguration {
  return { kubeReserved: {}, systemReserved: {}, evictionHard: {}, evictionSoft: {}, ...fields };
}

export function inputs(
  version: ProviderVersion,
  types: readonly string[] | undefined,
  fields: Partial<InstanceTypeInputs> = {},
): InstanceTypeInputs {
  return {
    profile: providerProfile(version),
    records: readInstanceTypeRecords(types),
    nodeClass: nodeClass(),
    settings: { vmMemoryOverheadPercent: 0.075, reservedENIs: 0 },
    region: 'us-east-1',
    zones: findZones('us-east-1', ZONES),
    prices: readPriceBook({ region: 'us-east-1', types }),
    ...fields,
  };
}

/** A request for the named types, any zone, the given capacity types. */
export function request(
  names: readonly string[],
  capacityTypes: readonly CapacityType[],
  fields: Partial<LaunchRequest> = {},
): LaunchRequest {
  return {
    requests: { cpu: 250, memory: 512 * MiB, pods: 1 },
    hasMinValues: false,
    admitsType: (type: InstanceType) => names.includes(type.name),
    admitsOffering: (offering) => capacityTypes.includes(offering.capacityType),
    admitsCapacityType: (capacityType) => capacityTypes.includes(capacityType),
    admitsZone: () => true,
    ...fields,
  };
}
