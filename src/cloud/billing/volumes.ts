import { amiFamilyFlags } from '../catalogue/ami-family.js';
import type { BlockDeviceMapping, EC2NodeClass } from '../node-class.js';
import type { PriceTier, ServicePrices } from '../prices/service-prices.js';

const GIB = 2 ** 30;

/** Hours of a month as AWS's own calculators count them: a twelfth of 365 days. */
export const HOURS_PER_MONTH = 730;

/** EC2's type of a volume whose mapping names none. */
const DEFAULT_VOLUME_TYPE = 'gp2';

/** Bottlerocket's system volume, beside the one that holds the containers. */
const BOTTLEROCKET_SYSTEM: BlockDeviceMapping = {
  deviceName: '/dev/xvda',
  rootVolume: true,
  volumeSizeBytes: 4 * GIB,
  volumeType: 'gp3',
};

/** The volumes that an instance of a NodeClass gets: its block device mappings, else the defaults of its AMI family. */
function volumesOf({ amiFamily, blockDeviceMappings }: EC2NodeClass): readonly BlockDeviceMapping[] {
  if (blockDeviceMappings.length > 0) return blockDeviceMappings;
  const { ephemeralDevice = '/dev/xvda', defaultVolumeBytes } = amiFamilyFlags(amiFamily);
  const isSystem = amiFamily !== 'Bottlerocket';
  const volume = {
    deviceName: ephemeralDevice,
    rootVolume: isSystem,
    volumeSizeBytes: defaultVolumeBytes,
    volumeType: 'gp3',
  };
  return isSystem ? [volume] : [BOTTLEROCKET_SYSTEM, volume];
}

/**
 * What the EBS volumes of an instance cost, dollars an hour (aws.md §18): storage by the GiB-month, and IOPS and throughput
 * above those that gp3 includes. A volume without a size, from a snapshot, counts with the default size of the AMI family.
 */
export function volumesPerHour(nodeClass: EC2NodeClass, { volumes: prices }: ServicePrices): number {
  const { defaultVolumeBytes } = amiFamilyFlags(nodeClass.amiFamily);
  let perMonth = 0;
  for (const { volumeSizeBytes, volumeType, iops, throughput } of volumesOf(nodeClass)) {
    const price = prices.get(volumeType ?? DEFAULT_VOLUME_TYPE);
    if (price === undefined) continue;
    // EBS has whole GiB.
    const gib = Math.ceil((volumeSizeBytes ?? defaultVolumeBytes) / GIB);
    perMonth += tiered(gib, price.storage) + tiered(iops ?? 0, price.iops) + tiered(throughput ?? 0, price.throughput);
  }
  return perMonth / HOURS_PER_MONTH;
}

/** Price of an amount: each tier holds for what lies above it and not above the next. */
function tiered(amount: number, tiers: readonly PriceTier[]): number {
  return tiers.reduce((sum, { above, dollars }, index) => {
    const upTo = Math.min(amount, tiers[index + 1]?.above ?? Infinity);
    return sum + Math.max(0, upTo - above) * dollars;
  }, 0);
}
