import { allocatableOf } from '../cloud/allocatable.js';
import { InstanceTypeBuilder } from '../cloud/catalogue/instance-types.js';
import { readInstanceTypeRecords, type InstanceTypeRecord } from '../cloud/catalogue/instance-type-record.js';
import type { InstanceType } from '../cloud/instance-type.js';
import type { EC2NodeClass } from '../cloud/node-class.js';
import { readPriceBook, type DataSource, type PriceBook, type PriceSelection } from '../cloud/prices/price-book.js';
import { providerProfile, type ProviderProfile } from '../cloud/provider-profile.js';
import { findZones, type Zone } from '../cloud/zones.js';
import type { NodePool } from '../karpenter/nodepool.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import type { ResourceList } from '../kubernetes/resource-list.js';

/** Where instance types are offered, and which. */
export interface TypeOffer {
  readonly version: KarpenterVersion;
  readonly region: string;
  readonly zones: readonly string[];
  /** Names; undefined: the whole catalogue. */
  readonly types: readonly string[] | undefined;
  readonly nodeClasses: readonly EC2NodeClass[];
  /** Default: the shipped prices. */
  readonly prices?: PriceSelection | undefined;
  /** Epoch ms that a spot price history is read at. */
  readonly startTimeMs?: number | undefined;
  /** Default 0.075. */
  readonly vmMemoryOverheadPercent?: number | undefined;
}

/** A node's amounts and labels as its instance type gives them. */
export interface TypeFacts {
  readonly capacity: ResourceList;
  readonly allocatable: ResourceList;
  /** Labels for which the type has one value. */
  readonly labels: Readonly<Record<string, string>>;
}

const VM_MEMORY_OVERHEAD_PERCENT = 0.075;

/** What stands for an EC2NodeClass that is not there: AL2023 with its defaults. */
export function assumedNodeClass(name: string): EC2NodeClass {
  const metadata = { name, namespace: '', uid: `assumed-${name}`, labels: {}, annotations: {}, ownerReferences: [] };
  return { metadata: { ...metadata, creationTimeMs: 0 }, amiFamily: 'AL2023', blockDeviceMappings: [], hash: '' };
}

/**
 * Instance types that the shipped data offers to the NodePools of a cluster. A spot price is the same in every zone: there is
 * no luck in a single pass.
 */
export class OfferedTypes {
  readonly count: number;
  readonly #offer: TypeOffer;
  readonly #profile: ProviderProfile;
  readonly #records: readonly InstanceTypeRecord[];
  readonly #zones: readonly Zone[];
  readonly #prices: PriceBook;
  readonly #lists = new Map<string, readonly InstanceType[]>();

  /** @throws DataFileError, UnknownZoneOrRegionError */
  constructor(offer: TypeOffer) {
    this.#offer = offer;
    this.#profile = providerProfile(offer.version);
    this.#records = readInstanceTypeRecords(offer.types);
    this.#zones = findZones(offer.region, offer.zones);
    const { region, types, startTimeMs } = offer;
    this.#prices = readPriceBook({ ...offer.prices, region, types, startTimeMs });
    this.count = this.#records.length;
  }

  /** Where the prices come from. */
  get priceSources(): readonly DataSource[] {
    return this.#prices.sources;
  }

  /** Types offered to a NodePool; the same array each time. */
  ofNodePool(nodePool: NodePool): readonly InstanceType[] {
    const { kubelet, nodeClassRef } = nodePool.template;
    // v1beta1 has kubelet settings in the NodePool, so two NodePools of one NodeClass may differ.
    const key = `${nodeClassRef.name}/${kubelet === undefined ? '' : nodePool.metadata.name}`;
    let list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, (list = this.#build(nodeClassRef.name, nodePool, this.#records)));
    return list;
  }

  /** What a type gives a node, whether it is offered or not; undefined when there is no such type in the data. */
  factsOf(typeName: string, nodePool: NodePool | undefined): TypeFacts | undefined {
    const className = nodePool?.template.nodeClassRef.name ?? '';
    const [type] = this.#build(className, nodePool, readInstanceTypeRecords([typeName]));
    if (type === undefined) return undefined;
    const labels: Record<string, string> = {};
    for (const { key, operator, values } of type.requirements) {
      const [value, ...others] = values;
      if (operator === 'In' && value !== undefined && others.length === 0) labels[key] = value;
    }
    return { capacity: type.capacity, allocatable: allocatableOf(type), labels };
  }

  #build(
    className: string,
    nodePool: NodePool | undefined,
    records: readonly InstanceTypeRecord[],
  ): readonly InstanceType[] {
    const known = this.#offer.nodeClasses.find(({ metadata }) => metadata.name === className);
    return new InstanceTypeBuilder({
      profile: this.#profile,
      records,
      nodeClass: known ?? assumedNodeClass(className),
      nodePoolKubelet: nodePool?.template.kubelet,
      settings: {
        vmMemoryOverheadPercent: this.#offer.vmMemoryOverheadPercent ?? VM_MEMORY_OVERHEAD_PERCENT,
        reservedENIs: 0,
      },
      region: this.#offer.region,
      zones: this.#zones,
      prices: this.#prices,
    }).build();
  }
}
