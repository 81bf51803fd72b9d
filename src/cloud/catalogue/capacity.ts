import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { BlockDeviceMapping } from '../node-class.js';
import type { InstanceTypeRecord } from './instance-type-record.js';
import type { NodeSettings } from './node-settings.js';

const MiB = 2 ** 20;
const GB = 1e9;
/** Graviton reserves this much for the contiguous memory allocator. */
const ARM_RESERVED_MIB = 64;
const DEFAULT_PODS = 110;

/**
 * Capacity of an instance type as Karpenter computes it, without resources that are zero (aws.md §3).
 * Memory and storage in bytes, cpu in milli, the rest in pieces.
 */
export function computeCapacity(record: InstanceTypeRecord, settings: NodeSettings): ResourceList {
  const capacity: Record<string, number> = {};
  const add = (name: string, amount: number): void => {
    if (amount !== 0) capacity[name] = amount;
  };
  add('cpu', record.vcpu * 1000);
  add('memory', memoryBytes(record, settings.capacity.vmMemoryOverheadPercent));
  add('ephemeral-storage', ephemeralStorageBytes(record, settings));
  add('pods', podCount(record, settings));
  add('vpc.amazonaws.com/pod-eni', record.branchENIs);
  add('nvidia.com/gpu', gpuCount(record, 'nvidia'));
  add('amd.com/gpu', gpuCount(record, 'amd'));
  add('habana.ai/gaudi', gpuCount(record, 'habana'));
  add('aws.amazon.com/neuron', neuronDevices(record, settings));
  if (settings.profile.extendedLabels) {
    add('aws.amazon.com/neuroncore', record.neuronCores);
    add('vpc.amazonaws.com/efa', efaInterfaces(record, settings));
  }
  add('vpc.amazonaws.com/PrivateIPv4Address', windowsAddresses(record, settings));
  return capacity;
}

/** EC2's memory less what a hypervisor is assumed to take, in bytes (aws.md §3.2). */
function memoryBytes(record: InstanceTypeRecord, overheadPercent: number): number {
  const mib = record.memoryMiB - (record.arch === 'arm64' ? ARM_RESERVED_MIB : 0);
  // In doubles and in this order, as the original does.
  const overheadMiB = Math.ceil((mib * MiB * overheadPercent) / 1024 / 1024);
  return (mib - overheadMiB) * MiB;
}

/** Pods by addresses of the ENIs on the default card, `reserved` of which are set aside (aws.md §3.3). */
export function eniLimitedPods(record: InstanceTypeRecord, settings: NodeSettings, reserved: number): number {
  const usable = Math.max(record.maxENIs - reserved - efaOnlyInterfaces(settings, 0), 0);
  return usable === 0 ? 0 : usable * (record.ipv4PerENI - 1) + 2;
}

/** Pods of the node: kubelet's limit, the ENI limit or 110, then the limit per core (aws.md §3.3). */
export function podCount(record: InstanceTypeRecord, settings: NodeSettings): number {
  const { kubelet, family, capacity } = settings;
  const byFamily = family.eniLimitedPods ? eniLimitedPods(record, settings, capacity.reservedENIs) : DEFAULT_PODS;
  const pods = kubelet?.maxPods ?? byFamily;
  const perCore = kubelet?.podsPerCore ?? 0;
  return perCore > 0 && family.podsPerCore ? Math.min(perCore * record.vcpu, pods) : pods;
}

/** Ephemeral storage in bytes (aws.md §3.4). */
function ephemeralStorageBytes(record: InstanceTypeRecord, settings: NodeSettings): number {
  const { nodeClass, profile } = settings;
  const raid = profile.instanceStoreRaid && nodeClass.instanceStorePolicy === 'RAID0';
  if (raid && record.localStorageGB !== undefined) return record.localStorageGB * GB;
  return mappedStorageBytes(nodeClass.blockDeviceMappings, settings) ?? settings.family.defaultVolumeBytes;
}

function mappedStorageBytes(mappings: readonly BlockDeviceMapping[], settings: NodeSettings): number | undefined {
  if (mappings.length === 0) return undefined;
  const root = mappings.find((mapping) => mapping.rootVolume);
  if (root?.volumeSizeBytes !== undefined) return root.volumeSizeBytes;
  // A custom AMI has no known device, so its last mapping is taken for the root.
  if (settings.nodeClass.amiFamily === 'Custom') return mappings.at(-1)?.volumeSizeBytes;
  return mappings.find((mapping) => mapping.deviceName === settings.family.ephemeralDevice)?.volumeSizeBytes;
}

function gpuCount(record: InstanceTypeRecord, manufacturer: string): number {
  return record.gpu?.manufacturer === manufacturer ? record.gpu.count : 0;
}

function neuronDevices(record: InstanceTypeRecord, { profile }: NodeSettings): number {
  const { accelerator } = record;
  if (accelerator === undefined) return 0;
  if (profile.extendedLabels) return accelerator.manufacturer === 'aws' ? accelerator.count : 0;
  // v0.32 counts every inference accelerator as Neuron, and knows Trainium of the first generation by name only.
  return record.family.startsWith('trn2') ? 0 : accelerator.count;
}

function efaInterfaces(record: InstanceTypeRecord, settings: NodeSettings): number {
  const configured = settings.nodeClass.networkInterfaces ?? [];
  return configured.length === 0 ? record.efaInterfaces : efaOnlyInterfaces(settings);
}

function windowsAddresses(record: InstanceTypeRecord, { family, profile }: NodeSettings): number {
  if (family.windowsBuild === undefined || record.arch !== 'amd64') return 0;
  // v1 reads its own table of limits, which lacks some types; v0.32 asks EC2.
  const known = record.inLimitsTable || !profile.extendedLabels;
  return known ? record.ipv4PerENI - 1 : 0;
}

function efaOnlyInterfaces({ profile, nodeClass }: NodeSettings, card?: number): number {
  if (!profile.nodeClassCompatibility) return 0;
  const interfaces = nodeClass.networkInterfaces ?? [];
  return interfaces.filter(
    (entry) => entry.interfaceType === 'efa-only' && (card === undefined || entry.networkCardIndex === card),
  ).length;
}
