import type { DataRow } from '../data/data-row.js';
import type { DataTable } from '../data/data-table.js';
import { openPricingData } from '../data/pricing-data.js';

/** One kind of device of an instance type. */
export interface Devices {
  readonly name: string;
  readonly manufacturer: string;
  /** 0 for types that get a fraction of a GPU. */
  readonly count: number;
}

/** What EC2 says of an instance type, as far as Karpenter looks at it (aws.md §1). */
export interface InstanceTypeRecord {
  readonly name: string;
  readonly family: string;
  readonly size: string;
  readonly category: string;
  readonly generation: string;
  readonly arch: 'amd64' | 'arm64';
  readonly cpuManufacturer: string;
  readonly cpuClockMhz: number;
  /** Empty for bare metal. */
  readonly hypervisor: string;
  readonly vcpu: number;
  /** As EC2 advertises it, nothing subtracted. */
  readonly memoryMiB: number;
  /** Of the default network card only. */
  readonly maxENIs: number;
  readonly ipv4PerENI: number;
  readonly networkCards: number;
  /** In the table of limits that Karpenter carries; 41 types are not. */
  readonly inLimitsTable: boolean;
  /** 0 when the type cannot trunk. */
  readonly branchENIs: number;
  readonly efaInterfaces: number;
  readonly networkBandwidthMbps?: number | undefined;
  readonly ebsBandwidthMbps?: number | undefined;
  readonly encryptionInTransit: boolean;
  /** Total NVMe instance store, decimal GB. */
  readonly localStorageGB?: number | undefined;
  readonly gpu?: (Devices & { readonly memoryMiB: number }) | undefined;
  readonly accelerator?: Devices | undefined;
  readonly neuronCores: number;
}

/**
 * Reads instance types, in the order of the file.
 * @param types names to read; undefined reads all. Unknown names are left out.
 * @throws DataFileError
 */
export function readInstanceTypeRecords(types?: readonly string[]): readonly InstanceTypeRecord[] {
  const additions = new Map<string, DataRow>();
  for (const row of openPricingData('instance-type-additions.csv').rows()) additions.set(row.text('type'), row);
  const seen = new Set<string>();
  return selectRows(openPricingData('instance-types.csv'), types).map((row) => {
    const record = readRecord(row, additions.get(row.text('type')));
    if (seen.has(record.name)) row.fail('type', `${record.name} occurs twice`);
    seen.add(record.name);
    return record;
  });
}

/** Names of all known instance types, without reading the rest of the table. */
export function readInstanceTypeNames(): readonly string[] {
  return openPricingData('instance-types.csv').firstFields();
}

function selectRows(table: DataTable, types: readonly string[] | undefined): readonly DataRow[] {
  return types === undefined ? table.rows() : table.rowsStartingWith(types.map((type) => [type]));
}

function readRecord(row: DataRow, addition: DataRow | undefined): InstanceTypeRecord {
  return {
    name: row.text('type'),
    family: row.text('family'),
    size: row.text('size'),
    category: row.text('category'),
    generation: row.text('generation'),
    arch: row.oneOf('arch', ['amd64', 'arm64']),
    cpuManufacturer: row.text('cpu_manufacturer'),
    cpuClockMhz: row.count('cpu_clock_mhz'),
    hypervisor: row.optionalText('hypervisor'),
    vcpu: row.count('vcpu'),
    memoryMiB: row.count('memory_mib'),
    maxENIs: row.count('max_enis'),
    ipv4PerENI: row.count('ipv4_per_eni'),
    networkCards: addition?.optionalCount('network_cards') ?? 1,
    inLimitsTable: row.oneOf('eni_source', ['karpenter-vpclimits', 'amazon-vpc-cni']) === 'karpenter-vpclimits',
    branchENIs: row.optionalText('trunking') === 'true' ? row.count('branch_enis') : 0,
    efaInterfaces: row.optionalCount('allocatable_efa') ?? 0,
    networkBandwidthMbps:
      row.optionalCount('network_bandwidth_mbps') ?? addition?.optionalCount('network_bandwidth_mbps'),
    ebsBandwidthMbps: row.optionalCount('ebs_bandwidth_mbps'),
    encryptionInTransit: row.flag('encryption_in_transit'),
    localStorageGB: row.optionalCount('local_nvme_gib'),
    gpu: readDevices(row, 'gpu', { memoryMiB: row.optionalCount('gpu_memory_mib') ?? 0 }),
    accelerator: readDevices(row, 'accelerator', {}),
    neuronCores: row.optionalCount('allocatable_neuroncore') ?? 0,
  };
}

function readDevices<T extends object>(row: DataRow, kind: 'gpu' | 'accelerator', more: T): (Devices & T) | undefined {
  const name = row.optionalText(`${kind}_name`);
  if (name === '') return undefined;
  return { name, manufacturer: row.text(`${kind}_manufacturer`), count: row.count(`${kind}_count`), ...more };
}
