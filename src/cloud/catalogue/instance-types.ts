import type { CapacityType, InstanceType, Offering } from '../instance-type.js';
import type { EC2NodeClass, KubeletConfiguration } from '../node-class.js';
import type { PriceBook } from '../prices/price-book.js';
import type { ProviderProfile } from '../provider-profile.js';
import { zoneOffersFamily, type Zone } from '../zones.js';
import { amiFamilyFlags } from './ami-family.js';
import { computeCapacity } from './capacity.js';
import { isCompatibleWithNodeClass } from './compatibility.js';
import type { InstanceTypeRecord } from './instance-type-record.js';
import { TypeLabels, type OfferedValues } from './labels.js';
import type { CapacitySettings, NodeSettings } from './node-settings.js';
import { computeOverhead, totalOverhead } from './overhead.js';

/** Everything the types of one NodeClass are made from. */
export interface InstanceTypeInputs {
  readonly profile: ProviderProfile;
  readonly records: readonly InstanceTypeRecord[];
  readonly nodeClass: EC2NodeClass;
  /** v1beta1 only: kubelet settings of the NodePool; v1 takes those of the NodeClass. */
  readonly nodePoolKubelet?: KubeletConfiguration | undefined;
  readonly settings: CapacitySettings;
  readonly region: string;
  /** Zones of the NodeClass's subnets, by name. */
  readonly zones: readonly Zone[];
  /** Whether EC2 offers the type in the zone; undefined: what is known of the zone. */
  readonly offers?: ((record: InstanceTypeRecord, zone: Zone) => boolean) | undefined;
  readonly prices: Pick<PriceBook, 'onDemand' | 'spot'>;
}

/** Every type is taken to be sold both ways: the table has no usage classes. Without a spot price it cannot be bought so. */
const CAPACITY_TYPES: readonly CapacityType[] = ['on-demand', 'spot'];

/** Makes the instance types of one NodeClass, as the provider hands them to Karpenter. */
export class InstanceTypeBuilder {
  readonly #settings: NodeSettings;
  readonly #labels: TypeLabels;
  readonly #offeredByZones = new Map<string, OfferedValues>();

  constructor(private readonly inputs: InstanceTypeInputs) {
    const { profile, nodeClass, region } = inputs;
    const family = amiFamilyFlags(nodeClass.amiFamily);
    const kubelet = profile.version === 'v0.32.0' ? inputs.nodePoolKubelet : nodeClass.kubelet;
    this.#settings = { profile, nodeClass, family, kubelet, capacity: inputs.settings };
    this.#labels = new TypeLabels(profile, family, region);
  }

  /**
   * All types, in ascending order of name (code units). NodePools are not looked at: every type is in the list, and one that
   * cannot be had has unavailable offerings. Offerings stand in order of zone, on-demand before spot.
   */
  build(): readonly InstanceType[] {
    const types = this.inputs.records.map((record) => this.#buildType(record));
    return types.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** The type with some of its offerings unavailable. */
  withHidden(type: InstanceType, isHidden: (offering: Offering) => boolean): InstanceType {
    const offerings = type.offerings.map((offering) =>
      offering.available && isHidden(offering) ? { ...offering, available: false } : offering,
    );
    if (offerings.every((offering, index) => offering === type.offerings[index])) return type;
    if (this.inputs.profile.offeringLabels === 'offered') return { ...type, offerings };
    return {
      ...type,
      offerings,
      requirements: this.#labels.withOfferedValues(type.requirements, available(offerings)),
    };
  }

  #buildType(record: InstanceTypeRecord): InstanceType {
    const settings = this.#settings;
    const capacity = computeCapacity(record, settings);
    const offerings = this.#offerings(record);
    const offered = settings.profile.offeringLabels === 'offered' ? this.#offered(record) : available(offerings);
    return {
      name: record.name,
      capacity,
      overhead: totalOverhead(computeOverhead(record, capacity, settings)),
      requirements: this.#labels.requirements(record, offered),
      offerings,
    };
  }

  #offerings(record: InstanceTypeRecord): readonly Offering[] {
    const { zones, prices, nodeClass, profile } = this.inputs;
    const compatible = isCompatibleWithNodeClass(record, nodeClass, profile);
    const offerings: Offering[] = [];
    for (const zone of zones) {
      const sellable = compatible && this.#offers(record, zone);
      for (const capacityType of CAPACITY_TYPES) {
        const price = capacityType === 'spot' ? prices.spot(record.name, zone.name) : prices.onDemand(record.name);
        offerings.push({
          zone: zone.name,
          zoneId: zone.id,
          capacityType,
          price: price ?? 0,
          available: sellable && price !== undefined,
        });
      }
    }
    return offerings;
  }

  #offers(record: InstanceTypeRecord, zone: Zone): boolean {
    return this.inputs.offers?.(record, zone) ?? zoneOffersFamily(zone, record.family);
  }

  #offered(record: InstanceTypeRecord): OfferedValues {
    const zones = this.inputs.zones.filter((zone) => this.#offers(record, zone));
    const key = zones.map((zone) => zone.name).join();
    let offered = this.#offeredByZones.get(key);
    if (offered === undefined) {
      offered = {
        zones: zones.map((zone) => zone.name),
        zoneIds: zones.map((zone) => zone.id),
        capacityTypes: CAPACITY_TYPES,
      };
      this.#offeredByZones.set(key, offered);
    }
    return offered;
  }
}

function available(offerings: readonly Offering[]): OfferedValues {
  const now = offerings.filter((offering) => offering.available);
  return {
    zones: [...new Set(now.map((offering) => offering.zone))],
    zoneIds: [],
    capacityTypes: CAPACITY_TYPES.filter((type) => now.some((offering) => offering.capacityType === type)),
  };
}
