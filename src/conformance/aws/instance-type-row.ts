import { allocatableOf } from '../../cloud/allocatable.js';
import { computeOverhead } from '../../cloud/catalogue/overhead.js';
import { InstanceTypeBuilder } from '../../cloud/catalogue/instance-types.js';
import { amiFamilyFlags } from '../../cloud/catalogue/ami-family.js';
import { providerProfile } from '../../cloud/provider-profile.js';
import { findZones } from '../../cloud/zones.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { stableText } from '../stable-text.js';
import type { Verdict } from '../verdict.js';
import { recordedNodeClass } from './recorded-node-class.js';
import { capacitySettings, recordOf, type RecordedAwsSettings } from './recorded-types.js';

const REGION = 'us-east-1';

/** A row of instance-types.jsonl. */
interface InstanceTypeRow {
  readonly type: string;
  readonly nodeClass: object;
  readonly settings: RecordedAwsSettings;
  readonly result: {
    readonly compatible: boolean;
    readonly capacity: ResourceList;
    readonly overhead: Readonly<Record<'kube' | 'system' | 'eviction', ResourceList>>;
    readonly allocatable: ResourceList;
    readonly requirements: readonly { readonly key: string; readonly operator: string; readonly values?: string[] }[];
  };
}

/** Makes one instance type of one NodeClass and compares it with what the real provider made of it. */
export function checkInstanceTypeRow(row: unknown): Verdict {
  const { type: name, nodeClass: spec, settings, result } = row as InstanceTypeRow;
  const profile = providerProfile('v1.14.1');
  const nodeClass = recordedNodeClass(spec);
  const record = recordOf(name);
  const capacity = capacitySettings(settings);
  const [type] = new InstanceTypeBuilder({
    profile,
    records: [record],
    nodeClass,
    settings: capacity,
    region: REGION,
    zones: findZones(REGION, ['us-east-1a', 'us-east-1b']),
    offers: () => true,
    prices: { onDemand: () => 1, spot: () => 1 },
  }).build();
  if (type === undefined) throw new Error('the type was not made');
  const family = amiFamilyFlags(nodeClass.amiFamily);
  const { kubelet } = nodeClass;
  const overhead = computeOverhead(record, type.capacity, { profile, nodeClass, family, kubelet, capacity });
  const got = {
    compatible: type.offerings.some(({ available }) => available),
    capacity: withoutZeros(type.capacity),
    overhead: { kube: overhead.kubeReserved, system: overhead.systemReserved, eviction: overhead.evictionThreshold },
    allocatable: withoutZeros(allocatableOf(type), type.capacity),
    requirements: type.requirements.map(({ key, operator, values }) => ({
      key,
      operator,
      ...(values.length > 0 && { values: [...values].sort() }),
    })),
  };
  return { agreed: stableText(got) === stableText(result), expected: result, got };
}

/** Amounts of what the type has any of. */
function withoutZeros(list: ResourceList, capacity: ResourceList = list): ResourceList {
  return Object.fromEntries(Object.entries(list).filter(([name]) => (capacity[name] ?? 0) !== 0));
}
