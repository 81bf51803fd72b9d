import { isQuantityError, parseAmount } from '../../kubernetes/quantity.js';
import { mergeResources, maxResources } from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { eniLimitedPods, podCount } from './capacity.js';
import type { InstanceTypeRecord } from './instance-type-record.js';
import type { NodeSettings } from './node-settings.js';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

/** Shares of cpu that kube-reserved takes, by band of milli-cpu (aws.md §4.1). */
const CPU_BANDS = [
  { from: 0, to: 1000, rate: 0.06 },
  { from: 1000, to: 2000, rate: 0.01 },
  { from: 2000, to: 4000, rate: 0.005 },
  { from: 4000, to: 2 ** 31, rate: 0.0025 },
];

/** The three parts that allocatable lacks against capacity. */
export interface Overhead {
  readonly kubeReserved: ResourceList;
  readonly systemReserved: ResourceList;
  readonly evictionThreshold: ResourceList;
}

/** Overhead of an instance type as Karpenter computes it (aws.md §4). */
export function computeOverhead(record: InstanceTypeRecord, capacity: ResourceList, settings: NodeSettings): Overhead {
  return {
    kubeReserved: kubeReserved(record, settings),
    systemReserved: settings.kubelet?.systemReserved ?? {},
    evictionThreshold: evictionThreshold(capacity, settings),
  };
}

export function totalOverhead(overhead: Overhead): ResourceList {
  return mergeResources(overhead.kubeReserved, overhead.systemReserved, overhead.evictionThreshold);
}

function kubeReserved(record: InstanceTypeRecord, settings: NodeSettings): ResourceList {
  const reservedENIs = settings.profile.reservedENIsLowerOverhead ? settings.capacity.reservedENIs : 0;
  const pods = settings.family.eniLimitedMemoryOverhead
    ? eniLimitedPods(record, settings, reservedENIs)
    : podCount(record, settings);
  return {
    cpu: reservedCpuMilli(record.vcpu * 1000),
    memory: (11 * pods + 255) * MiB,
    'ephemeral-storage': GiB,
    ...settings.kubelet?.kubeReserved,
  };
}

function reservedCpuMilli(cpuMilli: number): number {
  let total = 0;
  for (const { from, to, rate } of CPU_BANDS) {
    // Each band is cut to whole milli-cpu by itself.
    if (cpuMilli >= from) total += Math.floor((Math.min(cpuMilli, to) - from) * rate);
  }
  return total;
}

function evictionThreshold(capacity: ResourceList, settings: NodeSettings): ResourceList {
  const { kubelet, family, profile } = settings;
  const storage = capacity['ephemeral-storage'] ?? 0;
  const overrides = [signals(kubelet?.evictionHard, capacity)];
  if (profile.softEviction && family.softEviction) overrides.push(signals(kubelet?.evictionSoft, capacity));
  return { memory: 100 * MiB, 'ephemeral-storage': Math.ceil((storage / 100) * 10), ...maxResources(overrides) };
}

function signals(thresholds: Readonly<Record<string, string>> | undefined, capacity: ResourceList): ResourceList {
  const amounts: Record<string, number> = {};
  const memory = thresholds?.['memory.available'];
  const storage = thresholds?.['nodefs.available'];
  if (memory !== undefined) amounts['memory'] = thresholdBytes(memory, capacity['memory'] ?? 0);
  if (storage !== undefined) amounts['ephemeral-storage'] = thresholdBytes(storage, capacity['ephemeral-storage'] ?? 0);
  return amounts;
}

/** A quantity, or a percentage of capacity; 100 % switches the signal off (aws.md §4.3). */
function thresholdBytes(threshold: string, capacityBytes: number): number {
  if (!threshold.endsWith('%')) {
    const amount = parseAmount('memory', threshold);
    if (isQuantityError(amount)) throw new RangeError(`eviction threshold "${threshold}" is not a quantity`);
    return amount;
  }
  const percent = Number(threshold.slice(0, -1));
  if (Number.isNaN(percent)) throw new RangeError(`eviction threshold "${threshold}" is not a percentage`);
  return percent === 100 ? 0 : Math.ceil((capacityBytes / 100) * percent);
}
