import { instanceExtras, type InstanceExtras } from '../cloud/billing/instance-extras.js';
import { InstanceTypeProvider } from '../cloud/catalogue/instance-type-provider.js';
import { ReservedInstanceTypes } from '../cloud/catalogue/reserved-instance-types.js';
import { InstanceTypeBuilder, type InstanceTypeInputs } from '../cloud/catalogue/instance-types.js';
import { readInstanceTypeRecords, type InstanceTypeRecord } from '../cloud/catalogue/instance-type-record.js';
import type { InstanceType, Offering } from '../cloud/instance-type.js';
import { SpotReclaims } from '../cloud/interruption/spot-reclaims.js';
import { CapacityShortages } from '../cloud/launch/capacity-shortages.js';
import {
  type CapacityReservation,
  ReservationCounts,
  selectedReservations,
} from '../cloud/launch/capacity-reservations.js';
import { ApiBudget, MUTATING_CALLS } from '../cloud/launch/api-budget.js';
import { FleetBatcher, type FleetBatch } from '../cloud/launch/fleet-batcher.js';
import { NO_SUBNETS_ERROR } from '../cloud/launch/launch-advice.js';
import { LaunchFaults } from '../cloud/launch/launch-faults.js';
import { LaunchSubnets, type SubnetPlacement } from '../cloud/launch/launch-subnets.js';
import { SubnetPool } from '../cloud/launch/subnet-pool.js';
import { Fleet, type FleetOutcome } from '../cloud/launch/fleet.js';
import { LaunchLatencies, type LatencyBasis } from '../cloud/launch/launch-latency.js';
import type { LaunchRequest } from '../cloud/launch/launch-request.js';
import type { CapacityErrors, PoolSelector } from '../cloud/launch/pool.js';
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
  RESERVATION_ID_LABEL,
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

interface LastProvider {
  readonly nodeClass: EC2NodeClass;
  readonly zones: readonly Zone[];
  readonly provider: InstanceTypeProvider | ReservedInstanceTypes;
}

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
  readonly #providers = new Map<string, InstanceTypeProvider | ReservedInstanceTypes>();
  /** The provider that each NodePool was last given. */
  #lastProviders = new WeakMap<NodePool, LastProvider>();
  readonly #reservations: ReservationCounts;
  readonly #unavailable: UnavailableOfferings;
  readonly #shortages = new CapacityShortages();
  readonly #reclaims: SpotReclaims;
  readonly #latencies: LaunchLatencies;
  readonly #fleet: Fleet;
  /** Undefined: every zone has a subnet with addresses without end. */
  readonly #subnets: LaunchSubnets | undefined;
  readonly #batcher = new FleetBatcher(new ApiBudget(MUTATING_CALLS));
  /** The window that the last request of a NodeClaim went into. */
  readonly #batches = new Map<string, FleetBatch>();
  /** EC2NodeClasses that selected no subnet at some time. */
  readonly withoutSubnets = new Set<string>();
  /** Failures that the scenario scripts. */
  readonly faults = new LaunchFaults();
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
    this.#subnets = spec.subnets.length === 0 ? undefined : new LaunchSubnets(new SubnetPool(spec.subnets));
    this.#reservations = new ReservationCounts(spec.capacityReservations);
    this.#fleet = new Fleet({
      profile: this.#provider,
      unavailable: this.#unavailable,
      capacity: [this.#shortages, this.#reclaims, new RandomShortages(streams, spec.shortages)],
      depths: new SpotDepths(spotAdvice, streams),
      depthTolerance: spec.spot.depthTolerance,
      reservationEmptied: (id, nowMs) => {
        this.#reservations.markEmpty(id, nowMs);
      },
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
    const zones = this.#zonesOf(nodeClass, nowMs);
    // v1.14.1 has no types for a NodeClass without subnets, v0.32.0 types that cannot be had.
    if (zones.length === 0 && this.#provider.version === 'v1.14.1') return [];
    let last = this.#lastProviders.get(nodePool);
    if (last?.nodeClass !== nodeClass || last.zones !== zones) {
      last = { nodeClass, zones, provider: this.#providerOf(nodeClass, nodePool, zones) };
      this.#lastProviders.set(nodePool, last);
    }
    return last.provider.list(nowMs);
  }

  launchCallMs(nodeClaim: NodeClaim, nodePool: NodePool, nowMs: number): number {
    const { requirements } = nodeClaim.spec;
    const request = JSON.stringify([nodePool.metadata.name, nodePool.template.nodeClassRef.name, requirements]);
    this.#batches.set(nodeClaim.metadata.name, this.#batcher.join(request, nowMs));
    const names = requirements.find(({ key }) => key === INSTANCE_TYPE_LABEL)?.values ?? [];
    const types = this.instanceTypes(nodePool, nowMs);
    const type = types.find(({ name }) => name === names[0]) ?? types[0];
    // The call takes equally long for every type; only the later phases depend on the machine (aws.md §19.3).
    const stream = this.#streams.stream(`latency/call/${nodeClaim.metadata.name}`);
    return type === undefined ? 0 : this.#latencies.forType(type).sample(stream).createdToLaunchedMs;
  }

  launch(nodeClaim: NodeClaim, nodePool: NodePool, nowMs: number): LaunchOutcome {
    const { name } = nodeClaim.metadata;
    const nodeClass = this.#nodeClasses.get(nodeClaim.spec.nodeClassRef.name);
    const refusal = this.#refusal(name, nodeClass, nowMs);
    if (refusal !== undefined) return refusal;
    const types = this.instanceTypes(nodePool, nowMs);
    const stream = this.#streams.stream(`launch/${name}`);
    let placement: SubnetPlacement | undefined;
    const outcome = this.#fleet.launch(types, this.#request(nodeClaim), nowMs, stream, (plan) => {
      placement = nodeClass && this.#subnets?.place(nodeClass, plan, nowMs);
      return firstError([this.faults.of(nodeClass?.metadata.name ?? ''), placement]);
    });
    if (outcome.outcome !== 'launched') {
      placement?.end(undefined);
      return failure(outcome);
    }
    const { type, offering, providerID } = outcome;
    this.#usedTypes.set(type.name, type);
    placement?.end({ zone: offering.zone, addresses: type.capacity['pods'] ?? 0, instance: providerID });
    if (offering.reservationId !== undefined) this.#reservations.take(offering.reservationId, providerID);
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
      ({ zone, capacityType, reservationId }) =>
        zone === labels[ZONE_LABEL] &&
        capacityType === labels[CAPACITY_TYPE_LABEL] &&
        reservationId === labels[RESERVATION_ID_LABEL],
    );
    if (instanceType === undefined || offering === undefined) return undefined;
    if (offering.reservationId !== undefined) {
      this.#reservations.take(offering.reservationId, status.providerID ?? '');
    }
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

  /** What stands in the way of a request before EC2 looks at its pools. */
  #refusal(nodeClaim: string, nodeClass: EC2NodeClass | undefined, nowMs: number): LaunchOutcome | undefined {
    const batch = this.#batches.get(nodeClaim);
    this.#batches.delete(nodeClaim);
    if (nodeClass === undefined) return undefined;
    const { name } = nodeClass.metadata;
    if (this.#zonesOf(nodeClass, nowMs).length === 0) {
      return {
        nodeClassNotReady: `no subnet matches the selector terms of EC2NodeClass ${name}`,
        codes: [NO_SUBNETS_ERROR],
      };
    }
    const code =
      this.faults.callError(name, nowMs) ??
      (batch === undefined || this.#batcher.isTaken(batch) ? undefined : 'RequestLimitExceeded');
    return code === undefined ? undefined : { retry: `creating instance: ${code}`, codes: [code] };
  }

  /** The instance of a NodeClaim has ended. */
  ended(providerID: string): void {
    this.#subnets?.release(providerID);
    this.#reservations.release(providerID);
  }

  /** How many launch requests became how many calls of CreateFleet, and how many of these EC2 refused for their rate. */
  get callFigures(): FleetBatcher['figures'] {
    return this.#batcher.figures;
  }

  #zonesOf(nodeClass: EC2NodeClass, nowMs: number): readonly Zone[] {
    const { name } = nodeClass.metadata;
    const zones = this.faults.hasNoSubnets(name, nowMs)
      ? []
      : (this.#subnets?.zonesOf(nodeClass, this.#zones) ?? this.#zones);
    if (zones.length === 0) this.withoutSubnets.add(name);
    return zones;
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
    const inputs = { ...this.#inputs(nodeClass, undefined, records, this.#zones), nodePoolKubelet: kubelet };
    return new InstanceTypeBuilder(inputs).build()[0];
  }

  /**
   * An instance for a group that Karpenter knows nothing of, in the first of the offered zones that has capacity; undefined where
   * none has. Karpenter does not hear of it either way.
   *
   * @param nodeClass - of which AMI it is
   * @param luck - what the instance's latencies are drawn by
   */
  launchOutside(
    type: InstanceType,
    offerings: readonly Offering[],
    { amiFamily }: Pick<EC2NodeClass, 'amiFamily'>,
    luck: string,
    nowMs: number,
  ):
    | {
        readonly offering: Offering;
        readonly pricePerHour: number;
        readonly registerAfterMs: number;
        readonly readyAfterMs: number;
      }
    | undefined {
    const offering = offerings.find(
      ({ zone, capacityType }) => !this.#fleet.isExhausted({ instanceType: type.name, zone, capacityType }, nowMs),
    );
    if (offering === undefined) return undefined;
    this.#usedTypes.set(type.name, type);
    const delays = this.#latencies.forType(type).sample(this.#streams.stream(`latency/outside/${luck}`));
    return {
      offering,
      pricePerHour: this.#chargedPerHour(type.name, offering, nowMs),
      registerAfterMs: delays.launchedToRegisteredMs + (this.#spec.nodeStart.amiBootMs[amiFamily] ?? 0),
      readyAfterMs: delays.registeredToInitializedMs,
    };
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

  /**
   * EC2 charges what spot costs now, where Karpenter goes by what it read up to 12 hours ago, and the on-demand price for what is
   * reserved, which Karpenter takes to cost next to nothing.
   */
  #chargedPerHour(instanceType: string, { capacityType, zone, price }: Offering, nowMs: number): number {
    if (capacityType === 'reserved') return this.prices.onDemand(instanceType) ?? price;
    return capacityType === 'spot' ? (this.prices.spot(instanceType, zone, nowMs) ?? price) : price;
  }

  /** Karpenter reads prices at its start and every 12 hours (aws.md §7). */
  #refreshPrices(nowMs: number): void {
    const readMs = nowMs - (nowMs % PRICE_REFRESH_MS);
    if (!this.prices.moves || readMs <= this.#pricesReadMs) return;
    this.#pricesReadMs = readMs;
    this.#providers.clear();
    this.#lastProviders = new WeakMap();
  }

  /** v1beta1 has kubelet settings in the NodePool, so two NodePools of one NodeClass may differ. */
  #providerOf(
    nodeClass: EC2NodeClass,
    nodePool: NodePool,
    zones: readonly Zone[],
  ): InstanceTypeProvider | ReservedInstanceTypes {
    const { kubelet } = nodePool.template;
    const place = zones.length === this.#zones.length ? '' : zones.map((zone) => zone.name).join();
    const reservations = this.#reservationsOf(nodeClass);
    const key = [
      nodeClass.hash,
      nodeClass.metadata.name,
      kubelet === undefined ? '' : nodePool.metadata.name,
      place,
      ...reservations.map(({ id }) => id),
    ].join('/');
    let provider = this.#providers.get(key);
    if (provider === undefined) {
      const plain = new InstanceTypeProvider(
        this.#inputs(nodeClass, nodePool, this.#records, zones),
        this.#unavailable,
      );
      provider = reservations.length === 0 ? plain : new ReservedInstanceTypes(plain, reservations, this.#reservations);
      this.#providers.set(key, provider);
    }
    return provider;
  }

  /** Reservations whose capacity Karpenter offers for a NodeClass: none before v1 or with its feature gate off. */
  #reservationsOf({ capacityReservationSelectorTerms }: EC2NodeClass): readonly CapacityReservation[] {
    const { capacityReservations, settings } = this.#spec;
    if (this.#provider.version !== 'v1.14.1' || !settings.featureGates.reservedCapacity) return [];
    return selectedReservations(capacityReservations, capacityReservationSelectorTerms);
  }

  #inputs(
    nodeClass: EC2NodeClass,
    nodePool: NodePool | undefined,
    records: readonly InstanceTypeRecord[],
    zones: readonly Zone[],
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
      zones,
      prices: {
        onDemand: (type) => this.prices.onDemand(type),
        spot: (type, zone) => this.prices.spot(type, zone, readMs),
      },
    };
  }
}

function firstError(sources: readonly (CapacityErrors | undefined)[]): CapacityErrors {
  return {
    errorOf: (pool, nowMs) => sources.map((source) => source?.errorOf(pool, nowMs)).find((code) => code !== undefined),
  };
}

/** A launch that came to nothing, in words. */
function failure(outcome: Exclude<FleetOutcome, { readonly outcome: 'launched' }>): LaunchOutcome {
  const pools = outcome.failedPools.map((pool) => `${pool.capacityType}/${pool.instanceType}/${pool.zone}`);
  const codes = [...new Set(outcome.failedPools.map(({ code }) => code))];
  if (outcome.outcome === 'insufficient-capacity') {
    const { reason } = outcome;
    return { insufficientCapacity: pools.length === 0 ? reason : `${reason}: ${pools.join(', ')}`, codes };
  }
  if (pools.length === 0) return { retry: 'no capacity offerings are currently available' };
  return { retry: `creating instance: ${codes.join(', ')}: ${pools.join(', ')}`, codes };
}
