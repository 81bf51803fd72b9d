import { readInstanceTypeRecords, type InstanceTypeRecord } from '../../cloud/catalogue/instance-type-record.js';
import type { CapacitySettings } from '../../cloud/catalogue/node-settings.js';

/** Settings of the operator in a recording of the provider; absent ones have the operator's defaults. */
export interface RecordedAwsSettings {
  readonly vmMemoryOverheadPercent?: number;
  readonly reservedENIs?: number;
  readonly reservedCapacity?: boolean;
  readonly minValuesPolicy?: 'Strict' | 'BestEffort';
}

/** The part of the settings that changes capacity. */
export function capacitySettings({
  vmMemoryOverheadPercent = 0.075,
  reservedENIs = 0,
}: RecordedAwsSettings): CapacitySettings {
  return { vmMemoryOverheadPercent, reservedENIs };
}

let all: ReadonlyMap<string, InstanceTypeRecord> | undefined;

/** What EC2 says of a type; the table is read once. @throws Error for a type that is not in it */
export function recordOf(type: string): InstanceTypeRecord {
  all ??= new Map(readInstanceTypeRecords().map((record) => [record.name, record]));
  const record = all.get(type);
  if (record === undefined) throw new Error(`there is no instance type "${type}" in the data`);
  return record;
}
