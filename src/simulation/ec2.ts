import { instanceExtras, type InstanceExtras } from '../cloud/billing/instance-extras.js';
import { InstanceTypeProvider } from '../cloud/catalogue/instance-type-provider.js';
import { InstanceTypeBuilder, type InstanceTypeInputs } from '../cloud/catalogue/instance-types.js';
import { readInstanceTypeRecords, type InstanceTypeRecord } from '../cloud/catalogue/instance-type-record.js';
import type { InstanceType, Offering } from '../cloud/instance-type.js';
import { SpotReclaims } from '../cloud/interruption/spot-reclaims.js';
import { CapacityShortages } from '../cloud/launch/capacity-shortages.js';
import { Fleet } from '../cloud/launch/fleet.js';
import { LaunchLatencies, type LatencyBasis } from '../cloud/launch/launch-latency.js';
import type { LaunchRequest } from '../cloud/launch/launch-request.js';
import type { PoolSelector } from '../cloud/launch/pool.js';
import { RandomShortages } from '../cloud/launch/random-shortages.js';
import { SpotDepths } from '../cloud/launch/spot-depth.js';
import { UnavailableOfferings } from '../cloud/launch/unavailable-offerings.js';
import { NODE_CLASS_HASH_ANNOTATION, type EC2NodeClass, type KubeletConfiguration } from '../cloud/node-class.js';
import { type PriceBook, readPriceBook } from '../cloud/prices/price-book.js';
import { readServicePrices, type ServicePrices } from '../cloud/prices/service-prices.js';
import { providerProfile, type ProviderProfile } from '../cloud/provider-profile.js';
import { findZones, type Zone } from '../cloud/zones.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import type { NodePool } from '../karpenter/nodepool.js';
import {
  CAPACITY_TYPE_LABEL,
  INSTANCE_TYPE_LABEL,
  WELL_KNOWN_LABELS,
  ZONE_LABEL,
} from '../karpenter/requirements/labels.js';
import { Requirements } from '../karpenter/requirements/requirements.js';
import { checkMinValues } from '../karpenter/scheduling/min-values.js';
import type { SchedulingProfile } from '../karpenter/scheduling/scheduling-profile.js';
import { typeView } from '../karpenter/scheduling/type-view.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import type { RandomStreams } from '../kernel/random-streams.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { neededTypes } from './needed-types.js';
import { MANAGED_NODE_CLASS } from './managed-node-class.js';
import type { Cloud, LaunchedInstance, LaunchOutcome } from './surroundings.js';

const PRICE_REFRESH_MS = 12 * 3_600_000;

/** EC2 and Karpenter's AWS provider on the shipped data: real types, prices, latencies, and models where EC2 is silent. */
export class Ec2 implements Cloud {
  readonly prices: PriceBook;
  readonly servicePrices: ServicePrices;
  readonly #streams: RandomStreams;
  readonly #provider: ProviderProfile;
  readonly #scheduling: SchedulingProfile;
  readonly #records: readonly InstanceTypeRecord[];
  readonly #zones: readonly Zone[];
  readonly #spec: ScenarioSpec;
  readonly #nodeClasses = new Map<string, EC2NodeClass>();
  readonly #providers = new Map<string, InstanceTypeProvider>();
  readonly #unavailable: UnavailableOfferings;
  readonly #shortages = new CapacityShortages();
  readonly #reclaims: SpotReclaims;
  readonly #latencies: LaunchLatencies;
  readonly #fleet: Fleet;
  /** Hash of its NodeClass that each NodeClaim was launched with. */
  readonly #launchedHashes = new Map<string, string>();
  readonly #nodeClassListeners: (() => void)[] = [];
  #pricesReadMs = 0;
  readonly #usedTypes = new Map<string, InstanceType>();

  /** @throws DataFileError, UnknownZoneOrRegionError */
  constructor(spec: ScenarioSpec, streams: RandomStreams) {
    this.#spec = spec;
    this.#streams = streams;
    this.#provider = providerProfile(spec.settings.version);
    this.#scheduling = schedulingProfile(spec.settings.version);
    const types = neededTypes(spec);
    this.#records = readInstanceTypeRecords(types);
    this.#zones = findZones(spec.region, spec.zones);
    this.prices = readPriceBook({ ...spec.prices, region: spec.region, streams, types, startTimeMs: spec.startTimeMs });
    this.servicePrices = readServicePrices(spec.region);
    this.#latencies = LaunchLatencies.read(spec.latency);
    this.#unavailable = new UnavailableOfferings(this.#provider);
    const { spotAdvice } = this.prices;
    this.#reclaims = new SpotReclaims(spotAdvice, streams, {
      ...spec.spot.reclaims,
      multiplier: spec.spot.interruptionMultiplier,
    });
    this.#fleet = new Fleet({
      profile: this.#provider,
      unavailable: this.#unavailable,
      capacity: [this.#shortages, this.#reclaims, new RandomShortages(streams, spec.shortages)],
      depths: new SpotDepths(spotAdvice, streams),
      depthTolerance: spec.spot.depthTolerance,
    });
    for (const nodeClass of spec.cluster.nodeClasses) this.applyNodeClass(nodeClass);
  }

  /** Creates or replaces an EC2NodeClass. */
  applyNodeClass(nodeClass: EC2NodeClass): void {
    this.#nodeClasses.set(nodeClass.metadata.name, nodeClass);
    for (const listener of this.#nodeClassListeners) listener();
  }

  onNodeClassApplied(listener: () => void): void {
    this.#nodeClassListeners.push(listener);
  }

  /** AMIs, subnets and security groups are not modelled, so that the NodeClass's own hash is all there is (aws.md §16). */
  driftReason({ metadata, spec }: NodeClaim): 'NodeClassDrift' | undefined {
    const launched = this.#launchedHashes.get(metadata.name);
    const wanted = this.#nodeClasses.get(spec.nodeClassRef.name)?.hash;
    return launched === undefined || wanted === undefined || launched === wanted ? undefined : 'NodeClassDrift';
  }

  instanceTypes(nodePool: NodePool, nowMs: number): readonly InstanceType[] {
    const nodeClass = this.#nodeClasses.get(nodePool.template.nodeClassRef.name);
    if (nodeClass === undefined) return [];
    this.#refreshPrices(nowMs);
    return this.#providerOf(nodeClass, nodePool).list(nowMs);
  }

  launchCallMs(nodeClaim: NodeClaim, nodePool: NodePool): number {
    const names = nodeClaim.spec.requirements.find(({ key }) => key === INSTANCE_TYPE_LABEL)?.values ?? [];
    const types = this.instanceTypes(nodePool, 0);
    const type = types.find(({ name }) => name === names[0]) ?? types[0];
    // The call takes equally long for every type; only the later phases depend on the machine (aws.md §19.3).
    const stream = this.#streams.stream(`latency/call/${nodeClaim.metadata.name}`);
    return type === undefined ? 0 : this.#latencies.forType(type).sample(stream).createdToLaunchedMs;
  }

  launch(nodeClaim: NodeClaim, nodePool: NodePool, nowMs: number): LaunchOutcome {
    const { name } = nodeClaim.metadata;
    const types = this.instanceTypes(nodePool, nowMs);
    const stream = this.#streams.stream(`launch/${name}`);
    const outcome = this.#fleet.launch(types, this.#request(nodeClaim), nowMs, stream);
    if (outcome.outcome === 'create-error') return { retry: 'no capacity offerings are currently available' };
    if (outcome.outcome !== 'launched') {
      const pools = outcome.failedPools.map((pool) => `${pool.capacityType}/${pool.instanceType}/${pool.zone}`);
      return { insufficientCapacity: pools.length === 0 ? outcome.reason : `${outcome.reason}: ${pools.join(', ')}` };
    }
    const { type, offering, providerID } = outcome;
    this.#usedTypes.set(type.name, type);
    const nodeClass = this.#nodeClasses.get(nodeClaim.spec.nodeClassRef.name);
    if (nodeClass !== undefined) this.#launchedHashes.set(name, nodeClass.hash);
    const { amiBootMs, startupTaintMs } = this.#spec.nodeStart;
    const delays = this.#latencies.forType(type).sample(this.#streams.stream(`latency/${name}`));
    return {
      launched: {
        providerID,
        instanceType: type,
        offering,
        pricePerHour: this.#chargedPerHour(type.name, offering, nowMs),
        extras: this.extras(type.name, this.#nodeClasses.get(nodePool.template.nodeClassRef.name)),
        registerAfterMs: delays.launchedToRegisteredMs + (amiBootMs[nodeClass?.amiFamily ?? 'Custom'] ?? 0),
        readyAfterMs: delays.registeredToInitializedMs,
        startupTaintAfterMs: ({ key }) => startupTaintMs[key],
        ...(offering.capacityType === 'spot' && this.#interruption(name, type.name, offering.zone, nowMs)),
      },
    };
  }

  /**
   * An instance that runs when the run begins; undefined when there is no such type in the data, or none in the node's zone.
   * It takes the same luck as one that is launched now; what is left of its start is what a start takes, less its age.
   */
  running({ metadata, spec, status }: NodeClaim, nodePool: NodePool | undefined): LaunchedInstance | undefined {
    const { name, labels, annotations, creationTimeMs } = metadata;
    const nodeClass = this.#nodeClasses.get(spec.nodeClassRef.name);
    const typeName = labels[INSTANCE_TYPE_LABEL] ?? '';
    const offered = nodePool === undefined ? [] : this.instanceTypes(nodePool, 0);
    const instanceType =
      offered.find((type) => type.name === typeName) ?? this.managedType(typeName, nodeClass ?? MANAGED_NODE_CLASS);
    const offering = instanceType?.offerings.find(
      ({ zone, capacityType }) => zone === labels[ZONE_LABEL] && capacityType === labels[CAPACITY_TYPE_LABEL],
    );
    if (instanceType === undefined || offering === undefined) return undefined;
    const hash = annotations[NODE_CLASS_HASH_ANNOTATION];
    if (hash !== undefined) this.#launchedHashes.set(name, hash);
    const delays = this.#latencies.forType(instanceType).sample(this.#streams.stream(`latency/${name}`));
    const ageMs = Math.max(0, this.#spec.startTimeMs - creationTimeMs);
    const registerAfterMs = Math.max(0, delays.launchedToRegisteredMs - ageMs);
    const readyMs = delays.launchedToRegisteredMs + delays.registeredToInitializedMs - ageMs;
    return {
      providerID: status.providerID ?? '',
      instanceType,
      offering,
      pricePerHour: this.#chargedPerHour(typeName, offering, 0),
      extras: this.extras(typeName, nodeClass),
      registerAfterMs,
      readyAfterMs: Math.max(0, readyMs - registerAfterMs),
      ...(offering.capacityType === 'spot' && this.#interruption(name, typeName, offering.zone, 0)),
    };
  }

  #interruption(
    nodeClaim: string,
    instanceType: string,
    zone: string,
    nowMs: number,
  ): Pick<LaunchedInstance, 'interruptAfterMs' | 'rebalanceAfterMs'> {
    const warningMs = this.#reclaims.warningMs(
      instanceType,
      zone,
      nowMs,
      this.#streams.stream(`reclaim/instance/${nodeClaim}`),
    );
    if (warningMs === undefined) return {};
    const rebalanceMs = this.#reclaims.rebalanceMs(nowMs, warningMs, this.#streams.stream(`rebalance/${nodeClaim}`));
    return {
      interruptAfterMs: warningMs - nowMs,
      rebalanceAfterMs: rebalanceMs === undefined ? undefined : rebalanceMs - nowMs,
    };
  }

  /** What an instance costs beside its own price. */
  extras(instanceType: string, nodeClass: EC2NodeClass | undefined): InstanceExtras | undefined {
    return nodeClass === undefined ? undefined : instanceExtras(instanceType, nodeClass, this.servicePrices);
  }

  terminateMs(providerID: string): number {
    return this.#latencies.sampleTerminationMs(this.#streams.stream(`termination/${providerID}`));
  }

  interrupted(instanceType: string, zone: string, nowMs: number): void {
    this.#unavailable.mark({ instanceType, zone, capacityType: 'spot' }, nowMs);
  }

  exhaust(pools: PoolSelector, nowMs: number, untilMs: number): void {
    this.#shortages.add(pools, nowMs, untilMs);
  }

  /** What the launch latencies of the types used in the run were drawn from, by type. */
  latencyBases(): ReadonlyMap<string, LatencyBasis> {
    const names = [...this.#usedTypes.keys()].sort();
    return new Map(
      names.flatMap((name) => {
        const type = this.#usedTypes.get(name);
        return type === undefined ? [] : [[name, this.#latencies.forType(type).basis] as const];
      }),
    );
  }

  /** A type as a node outside Karpenter has it; undefined if there is none of the name. */
  managedType(name: string, nodeClass: EC2NodeClass, kubelet?: KubeletConfiguration): InstanceType | undefined {
    const records = this.#records.filter((record) => record.name === name);
    const inputs = { ...this.#inputs(nodeClass, undefined, records), nodePoolKubelet: kubelet };
    return new InstanceTypeBuilder(inputs).build()[0];
  }

  #request(nodeClaim: NodeClaim): LaunchRequest {
    const { boundsReading, offeringMatches } = this.#scheduling;
    const requirements = Requirements.fromExpressions(nodeClaim.spec.requirements, boundsReading);
    const names = nodeClaim.spec.requirements.find(
      ({ key, operator }) => key === INSTANCE_TYPE_LABEL && operator === 'In',
    )?.values;
    return {
      requests: nodeClaim.spec.requests,
      hasMinValues: requirements.hasMinValues,
      instanceTypeNames: names === undefined ? undefined : new Set(names),
      admitsType: (type) => requirements.isCompatible(typeView(type).requirements, WELL_KNOWN_LABELS),
      admitsOffering: (offering, type) => {
        const view = typeView(type).offerings.find((candidate) => candidate.offering === offering);
        return view !== undefined && offeringMatches(view, requirements);
      },
      admitsCapacityType: (capacityType) => requirements.get(CAPACITY_TYPE_LABEL).has(capacityType),
      satisfiesMinValues:
        this.#spec.settings.minValuesPolicy === 'Strict'
          ? (candidates) => checkMinValues(candidates.map(typeView), requirements).short.size === 0
          : undefined,
      admitsZone: (zone) => requirements.get(ZONE_LABEL).has(zone),
    };
  }

  /** EC2 charges what spot costs now; Karpenter goes by what it read up to 12 hours ago. */
  #chargedPerHour(instanceType: string, { capacityType, zone, price }: Offering, nowMs: number): number {
    return capacityType === 'spot' ? (this.prices.spot(instanceType, zone, nowMs) ?? price) : price;
  }

  /** Karpenter reads prices at its start and every 12 hours (aws.md §7). */
  #refreshPrices(nowMs: number): void {
    const readMs = nowMs - (nowMs % PRICE_REFRESH_MS);
    if (!this.prices.moves || readMs <= this.#pricesReadMs) return;
    this.#pricesReadMs = readMs;
    this.#providers.clear();
  }

  /** v1beta1 has kubelet settings in the NodePool, so two NodePools of one NodeClass may differ. */
  #providerOf(nodeClass: EC2NodeClass, nodePool: NodePool): InstanceTypeProvider {
    const { kubelet } = nodePool.template;
    const key = `${nodeClass.hash}/${nodeClass.metadata.name}/${kubelet === undefined ? '' : nodePool.metadata.name}`;
    let provider = this.#providers.get(key);
    if (provider === undefined) {
      provider = new InstanceTypeProvider(this.#inputs(nodeClass, nodePool, this.#records), this.#unavailable);
      this.#providers.set(key, provider);
    }
    return provider;
  }

  #inputs(
    nodeClass: EC2NodeClass,
    nodePool: NodePool | undefined,
    records: readonly InstanceTypeRecord[],
  ): InstanceTypeInputs {
    const { region, vmMemoryOverheadPercent } = this.#spec;
    const readMs = this.#pricesReadMs;
    return {
      profile: this.#provider,
      records,
      nodeClass,
      nodePoolKubelet: nodePool?.template.kubelet,
      settings: { vmMemoryOverheadPercent, reservedENIs: 0 },
      region,
      zones: this.#zones,
      prices: {
        onDemand: (type) => this.prices.onDemand(type),
        spot: (type, zone) => this.prices.spot(type, zone, readMs),
      },
    };
  }
}
