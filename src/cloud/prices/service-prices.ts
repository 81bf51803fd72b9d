import type { DataRow } from '../data/data-row.js';
import { openPricingData } from '../data/pricing-data.js';
import type { DataSource } from './price-book.js';

/** A part of a price: what lies above `above` (of IOPS, MiB/s, GiB) costs `dollars` each. */
export interface PriceTier {
  readonly above: number;
  readonly dollars: number;
}

/** What a volume of one type costs a month; empty lists where AWS charges nothing for it. */
export interface VolumePrices {
  readonly storage: readonly PriceTier[];
  readonly iops: readonly PriceTier[];
  readonly throughput: readonly PriceTier[];
}

/** Prices beside those of instances, US dollars. */
export interface ServicePrices {
  readonly source: DataSource;
  /** By EBS volume type: gp3, gp2, io1, io2, st1, sc1, standard. */
  readonly volumes: ReadonlyMap<string, VolumePrices>;
  readonly controlPlanePerHour: number;
  /** CloudWatch detailed monitoring of one instance. */
  readonly monitoringPerMonth: number;
  /** CPU above the baseline of an unlimited instance, a vCPU-hour, by family: t3, t3a, t4g. */
  readonly surplusPerVcpuHour: ReadonlyMap<string, number>;
}

/** The one region whose service prices are shipped; they stand in for those of any other. */
const REGION = 'us-east-1';

/**
 * Reads the prices of EBS, the control plane, monitoring and surplus CPU credits.
 * @param region whose prices are wanted; those of us-east-1 stand in, and the source says so
 * @throws DataFileError
 */
export function readServicePrices(region: string): ServicePrices {
  const rows = openPricingData('service-prices.csv').rowsStartingWith([[REGION]]);
  const named = (service: string, item: string): readonly DataRow[] =>
    rows.filter((row) => row.text('service') === service && row.text('item') === item);
  const only = (service: string, item: string): number => named(service, item)[0]?.price('usd') ?? 0;
  const services = new Set(rows.map((row) => row.text('service')));
  const suffixes = (prefix: string): readonly string[] =>
    [...services].filter((service) => service.startsWith(prefix)).map((service) => service.slice(prefix.length));
  const tiers = (service: string, item: string): readonly PriceTier[] =>
    named(service, item).map((row) => ({ above: row.count('above'), dollars: row.price('usd') }));
  const dates = rows.map((row) => row.text('as_of')).sort();
  return {
    source: {
      name: 'EBS, control plane, monitoring and T3 unlimited prices',
      asOf: dates[0] ?? 'an unknown date',
      source: `AWS price pages for ${REGION}${region === REGION ? '' : `, which stand in for ${region}`}`,
    },
    volumes: new Map(
      suffixes('ebs-').map((type) => {
        const service = `ebs-${type}`;
        return [
          type,
          {
            storage: tiers(service, 'storage'),
            iops: tiers(service, 'iops'),
            throughput: tiers(service, 'throughput'),
          },
        ];
      }),
    ),
    controlPlanePerHour: only('eks', 'control-plane'),
    monitoringPerMonth: only('cloudwatch', 'detailed-monitoring'),
    surplusPerVcpuHour: new Map(suffixes('ec2-').map((family) => [family, only(`ec2-${family}`, 'surplus-credits')])),
  };
}
