import type { EC2NodeClass } from '../node-class.js';
import type { ServicePrices } from '../prices/service-prices.js';
import { unlimitedType } from './cpu-credits.js';
import { HOURS_PER_MONTH, volumesPerHour } from './volumes.js';

/** What an instance costs beside its own price, dollars. */
export interface InstanceExtras {
  /** EBS volumes, an hour. */
  readonly volumesPerHour: number;
  /** CloudWatch detailed monitoring, an hour. */
  readonly monitoringPerHour: number;
  /** CPU above the baseline of a type in unlimited mode. */
  readonly unlimited?: UnlimitedCpu | undefined;
}

/** What CPU above the baseline costs. */
export interface UnlimitedCpu {
  readonly vcpus: number;
  readonly baselineMilli: number;
  readonly dollarsPerVcpuHour: number;
}

/** What an instance of a type and a NodeClass costs beside its own price (aws.md §18). */
export function instanceExtras(instanceType: string, nodeClass: EC2NodeClass, prices: ServicePrices): InstanceExtras {
  const burstable = unlimitedType(instanceType);
  const dollarsPerVcpuHour = burstable === undefined ? undefined : prices.surplusPerVcpuHour.get(burstable.family);
  return {
    volumesPerHour: volumesPerHour(nodeClass, prices),
    monitoringPerHour: nodeClass.detailedMonitoring === true ? prices.monitoringPerMonth / HOURS_PER_MONTH : 0,
    unlimited:
      burstable === undefined || dollarsPerVcpuHour === undefined
        ? undefined
        : { vcpus: burstable.vcpus, baselineMilli: burstable.baselineMilli, dollarsPerVcpuHour },
  };
}
