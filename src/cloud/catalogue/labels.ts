import type { NodeSelectorRequirement } from '../../kubernetes/selectors.js';
import type { CapacityType, InstanceType, Offering } from '../instance-type.js';
import type { ProviderProfile } from '../provider-profile.js';
import type { AmiFamilyFlags } from './ami-family.js';
import { RESERVATION_LABELS, reservationLabels } from './reserved-offerings.js';
import type { Devices, InstanceTypeRecord } from './instance-type-record.js';

const AWS = 'karpenter.k8s.aws';
const CAPACITY_TYPE_LABEL = 'karpenter.sh/capacity-type';
const ZONE_LABEL = 'topology.kubernetes.io/zone';
const ZONE_ID_LABEL = 'topology.k8s.aws/zone-id';
const TENANCY_LABEL = `${AWS}/instance-tenancy`;

interface InstanceLabel {
  readonly key: string;
  /** v1 only. */
  readonly extended?: true | undefined;
  /** Undefined: the type lacks the label. */
  readonly of: (
    record: InstanceTypeRecord,
    profile: ProviderProfile,
  ) => string | number | readonly string[] | undefined;
}

/** Labels that depend on the type alone, sorted by key. */
const INSTANCE_LABELS: readonly InstanceLabel[] = [
  { key: `${AWS}/capacity-reservation-id`, extended: true, of: () => undefined },
  { key: `${AWS}/capacity-reservation-interruptible`, extended: true, of: () => undefined },
  { key: `${AWS}/capacity-reservation-type`, extended: true, of: () => undefined },
  { key: `${AWS}/instance-accelerator-count`, of: (record, profile) => accelerator(record, profile)?.count },
  {
    key: `${AWS}/instance-accelerator-manufacturer`,
    of: (record, profile) => accelerator(record, profile)?.manufacturer,
  },
  { key: `${AWS}/instance-accelerator-name`, of: (record, profile) => accelerator(record, profile)?.name },
  {
    key: `${AWS}/instance-capability-flex`,
    extended: true,
    of: (record) => (record.family.includes('-flex') ? 'true' : 'false'),
  },
  { key: `${AWS}/instance-category`, of: (record) => record.category },
  { key: `${AWS}/instance-cpu`, of: (record) => record.vcpu },
  { key: `${AWS}/instance-cpu-manufacturer`, extended: true, of: (record) => record.cpuManufacturer },
  { key: `${AWS}/instance-cpu-sustained-clock-speed-mhz`, extended: true, of: (record) => record.cpuClockMhz },
  { key: `${AWS}/instance-ebs-bandwidth`, extended: true, of: (record) => record.ebsBandwidthMbps },
  {
    key: `${AWS}/instance-encryption-in-transit-supported`,
    of: (record) => (record.encryptionInTransit ? 'true' : 'false'),
  },
  { key: `${AWS}/instance-family`, of: (record) => record.family },
  { key: `${AWS}/instance-generation`, of: (record) => record.generation },
  { key: `${AWS}/instance-gpu-count`, of: (record) => record.gpu?.count },
  { key: `${AWS}/instance-gpu-manufacturer`, of: (record) => record.gpu?.manufacturer },
  { key: `${AWS}/instance-gpu-memory`, of: (record) => record.gpu?.memoryMiB },
  { key: `${AWS}/instance-gpu-name`, of: (record) => record.gpu?.name },
  { key: `${AWS}/instance-hypervisor`, of: (record) => record.hypervisor },
  { key: `${AWS}/instance-local-nvme`, of: (record) => record.localStorageGB },
  { key: `${AWS}/instance-memory`, of: (record) => record.memoryMiB },
  { key: `${AWS}/instance-network-bandwidth`, of: (record) => record.networkBandwidthMbps },
  { key: `${AWS}/instance-size`, of: (record) => record.size },
  { key: TENANCY_LABEL, extended: true, of: () => ['dedicated', 'default'] },
];

/** Where and how a type can be bought, as its labels say it. */
export interface OfferedValues {
  readonly zones: readonly string[];
  readonly zoneIds: readonly string[];
  readonly capacityTypes: readonly CapacityType[];
}

/**
 * Label requirements of instance types, sorted by key (aws.md §2). A label that a type lacks stands as `DoesNotExist`, so that
 * a NodePool which asks for it is refused. Equal requirements are one object: a list has 44,000 of them and 5,000 different.
 */
export class TypeLabels {
  readonly #interned = new Map<string, Map<string | number | undefined, NodeSelectorRequirement>>();
  readonly #instanceLabels: readonly InstanceLabel[];

  constructor(
    private readonly profile: ProviderProfile,
    private readonly family: AmiFamilyFlags,
    private readonly region: string,
  ) {
    this.#instanceLabels = INSTANCE_LABELS.filter((label) => profile.extendedLabels || label.extended !== true);
  }

  requirements(record: InstanceTypeRecord, offered: OfferedValues): readonly NodeSelectorRequirement[] {
    const requirements: NodeSelectorRequirement[] = [];
    for (const label of this.#instanceLabels) {
      const value = label.of(record, this.profile);
      requirements.push(typeof value === 'object' ? this.#many(label.key, value) : this.#one(label.key, value));
    }
    requirements.push(
      this.#many(CAPACITY_TYPE_LABEL, offered.capacityTypes),
      this.#one('kubernetes.io/arch', record.arch),
      this.#one('kubernetes.io/os', operatingSystem(record, this.family)),
      this.#one('node.kubernetes.io/instance-type', record.name),
      this.#one('node.kubernetes.io/windows-build', this.family.windowsBuild),
    );
    if (this.profile.extendedLabels) requirements.push(this.#many(ZONE_ID_LABEL, offered.zoneIds));
    requirements.push(this.#one('topology.kubernetes.io/region', this.region), this.#many(ZONE_LABEL, offered.zones));
    return requirements;
  }

  /** The requirements with other zones and capacity types: v0.32 labels follow what is believed available. */
  withOfferedValues(
    requirements: readonly NodeSelectorRequirement[],
    offered: OfferedValues,
  ): readonly NodeSelectorRequirement[] {
    return requirements.map((requirement) => {
      if (requirement.key === CAPACITY_TYPE_LABEL) return this.#many(requirement.key, offered.capacityTypes);
      return requirement.key === ZONE_LABEL ? this.#many(requirement.key, offered.zones) : requirement;
    });
  }

  #one(key: string, value: string | number | undefined): NodeSelectorRequirement {
    return this.#intern(key, value, () => (value === undefined ? [] : [String(value)]));
  }

  #many(key: string, values: readonly string[]): NodeSelectorRequirement {
    return this.#intern(key, values.length === 0 ? undefined : values.join(), () => values);
  }

  /** `id` stands for the values; undefined for none. */
  #intern(key: string, id: string | number | undefined, values: () => readonly string[]): NodeSelectorRequirement {
    let byValue = this.#interned.get(key);
    if (byValue === undefined) this.#interned.set(key, (byValue = new Map<typeof id, NodeSelectorRequirement>()));
    let requirement = byValue.get(id);
    if (requirement === undefined) {
      requirement = { key, operator: id === undefined ? 'DoesNotExist' : 'In', values: values() };
      byValue.set(id, requirement);
    }
    return requirement;
  }
}

/**
 * Labels of a node launched from a type: every single-valued one, and of the others what was chosen, those of the
 * reservation only where one is used. Tenancy is `default` unless the NodeClaim forbids it (aws.md §2).
 */
export function launchedLabels(
  type: InstanceType,
  offering: Offering,
  tenancy: 'default' | 'dedicated' = 'default',
): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const { key, operator, values: all } of type.requirements) {
    if (RESERVATION_LABELS.includes(key)) continue;
    const [only] = all;
    if (operator === 'In' && only !== undefined && all.length === 1) labels[key] = only;
    if (key === TENANCY_LABEL) labels[key] = tenancy;
    if (key === ZONE_ID_LABEL && offering.zoneId !== undefined) labels[key] = offering.zoneId;
  }
  labels[ZONE_LABEL] = offering.zone;
  labels[CAPACITY_TYPE_LABEL] = offering.capacityType;
  return { ...labels, ...reservationLabels(offering) };
}

/** v0.32 calls Trainium of the first generation Inferentia and has no data of the second. */
function accelerator(record: InstanceTypeRecord, profile: ProviderProfile): Devices | undefined {
  if (profile.extendedLabels) return record.accelerator;
  if (record.family.startsWith('trn2')) return undefined;
  if (!record.family.startsWith('trn1') || record.accelerator === undefined) return record.accelerator;
  return { ...record.accelerator, name: 'inferentia' };
}

function operatingSystem(record: InstanceTypeRecord, family: AmiFamilyFlags): string | undefined {
  if (family.windowsBuild === undefined) return 'linux';
  return record.arch === 'amd64' ? 'windows' : undefined;
}
