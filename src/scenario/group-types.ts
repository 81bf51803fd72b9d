import { InstanceTypeBuilder } from '../cloud/catalogue/instance-types.js';
import { readInstanceTypeRecords } from '../cloud/catalogue/instance-type-record.js';
import type { CapacityType, InstanceType, Offering } from '../cloud/instance-type.js';
import type { EC2NodeClass, KubeletConfiguration } from '../cloud/node-class.js';
import { readPriceBook, type PriceBook } from '../cloud/prices/price-book.js';
import { providerProfile } from '../cloud/provider-profile.js';
import { findZones } from '../cloud/zones.js';
import type { NodePool } from '../karpenter/nodepool.js';
import {
  CAPACITY_TYPE_LABEL,
  INSTANCE_TYPE_LABEL,
  WELL_KNOWN_LABELS,
  ZONE_LABEL,
} from '../karpenter/requirements/labels.js';
import { Requirements } from '../karpenter/requirements/requirements.js';
import { typeView } from '../karpenter/scheduling/type-view.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import { assumedNodeClass } from './offered-types.js';
import type { ScenarioSpec } from './scenario-spec.js';

/** A NodePool that names more types than this lets Karpenter choose; a node group needs a choice made. */
const MANY_TYPES = 24;

/** Instance types as the groups of a baseline could have them, with on-demand prices as the run has them. */
export class GroupTypes {
  readonly #spec: ScenarioSpec;
  readonly #prices: PriceBook;

  /** @throws DataFileError */
  constructor(spec: ScenarioSpec) {
    this.#spec = spec;
    this.#prices = readPriceBook({ ...spec.prices, region: spec.region });
  }

  /** The NodeClass of a NodePool; one with the defaults of AL2023 where there is none. */
  nodeClassOf(nodePool: NodePool | undefined): EC2NodeClass {
    const name = nodePool?.template.nodeClassRef.name ?? 'eks-managed';
    return this.#spec.cluster.nodeClasses.find(({ metadata }) => metadata.name === name) ?? assumedNodeClass(name);
  }

  /** Types by name, in the order of the names; those without data are left out. */
  named(
    names: readonly string[],
    nodeClass: EC2NodeClass,
    kubelet: KubeletConfiguration | undefined,
  ): readonly InstanceType[] {
    const built = new Map(this.#build(names, nodeClass, kubelet).map((type) => [type.name, type]));
    return names.flatMap((name) => built.get(name) ?? []);
  }

  /**
   * Types that a NodePool admits and that are sold on demand in some of its zones, in order of name. Of a NodePool that leaves the
   * choice open, what one would put into a node group: families c, m and r of the fifth generation or later, no bare metal, amd64
   * unless the NodePool asks for another architecture.
   */
  admittedBy(nodePool: NodePool): readonly InstanceType[] {
    const { requirements, kubelet } = nodePool.template;
    const reading = schedulingProfile(this.#spec.settings.version).boundsReading;
    const wanted = Requirements.fromExpressions(requirements, reading);
    const named = wanted.find(INSTANCE_TYPE_LABEL);
    const names = named === undefined || named.negated ? undefined : [...named.values];
    // A static fleet buys on demand even where Karpenter may only buy spot.
    const ofTypes = wanted.without(CAPACITY_TYPE_LABEL);
    const admitted = this.#build(names, this.nodeClassOf(nodePool), kubelet).filter(
      (type) =>
        ofTypes.isCompatible(typeView(type).requirements, WELL_KNOWN_LABELS) &&
        this.offerings(type, 'on-demand', nodePool).length > 0,
    );
    if (admitted.length <= MANY_TYPES) return admitted;
    const usual = admitted.filter((type) => isUsual(type, !wanted.has('kubernetes.io/arch')));
    return usual.length > 0 ? usual : admitted;
  }

  /** Offerings of a type that a NodePool's zones admit. */
  offerings(type: InstanceType, capacityType: CapacityType, nodePool: NodePool | undefined): readonly Offering[] {
    const zones = this.zonesOf(nodePool);
    return type.offerings.filter(
      (offering) => offering.available && offering.capacityType === capacityType && zones.includes(offering.zone),
    );
  }

  /** Zones of the run that a NodePool admits. */
  zonesOf(nodePool: NodePool | undefined): readonly string[] {
    const reading = schedulingProfile(this.#spec.settings.version).boundsReading;
    const wanted = Requirements.fromExpressions(nodePool?.template.requirements ?? [], reading).get(ZONE_LABEL);
    return this.#spec.zones.filter((zone) => wanted.has(zone));
  }

  #build(
    names: readonly string[] | undefined,
    nodeClass: EC2NodeClass,
    kubelet: KubeletConfiguration | undefined,
  ): readonly InstanceType[] {
    const { region, zones, vmMemoryOverheadPercent, settings } = this.#spec;
    return new InstanceTypeBuilder({
      profile: providerProfile(settings.version),
      records: readInstanceTypeRecords(names),
      nodeClass,
      nodePoolKubelet: kubelet,
      settings: { vmMemoryOverheadPercent, reservedENIs: 0 },
      region,
      zones: findZones(region, zones),
      prices: this.#prices,
    }).build();
  }
}

function isUsual(type: InstanceType, amd64Only: boolean): boolean {
  const label = (key: string): string =>
    type.requirements.find((requirement) => requirement.key === key)?.values[0] ?? '';
  return (
    ['c', 'm', 'r'].includes(label('karpenter.k8s.aws/instance-category')) &&
    Number(label('karpenter.k8s.aws/instance-generation')) >= 5 &&
    !type.name.includes('metal') &&
    (!amd64Only || label('kubernetes.io/arch') === 'amd64')
  );
}
