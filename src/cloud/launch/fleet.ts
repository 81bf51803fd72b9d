import type { RandomStream } from '../../kernel/random-streams.js';
import type { CapacityType, InstanceType, Offering } from '../instance-type.js';
import type { ProviderProfile } from '../provider-profile.js';
import { planLaunch, type FleetOverride, type LaunchPlan } from './launch-plan.js';
import type { LaunchRequest } from './launch-request.js';
import { isInsufficientCapacity, NO_ADDRESSES_ERROR, NO_CAPACITY_ERROR, SPOT_ROLE_ERROR } from './fleet-errors.js';
import type { CapacityErrors, CapacityPool, PoolCapacity, RefusedPool } from './pool.js';
import type { SpotDepths } from './spot-depth.js';
import type { UnavailableOfferings } from './unavailable-offerings.js';

/**
 * How far below the deepest pool a spot pool may score and still be chosen for its price: 0 looks at depth alone, 1 at price
 * alone. 0.4 is two of the advisor's five buckets. An assumption: EC2 does not say how it weighs the two.
 */
export const DEFAULT_DEPTH_TOLERANCE = 0.4;

/** The parts of EC2 and the provider that a launch meets. */
export interface FleetOptions {
  readonly profile: ProviderProfile;
  readonly unavailable: UnavailableOfferings;
  /** A pool is empty when any of these says so. */
  readonly capacity: readonly PoolCapacity[];
  readonly depths: SpotDepths;
  /** Told of a capacity error of a reservation, which hides the reservation instead of its pool (aws.md §8). */
  readonly reservationEmptied?: ((reservationId: string, nowMs: number) => void) | undefined;
  readonly depthTolerance?: number | undefined;
}

/** How a launch was decided. */
export interface LaunchTrace {
  readonly plan: LaunchPlan;
  /** Pools that EC2 tried and refused; those without room are marked unavailable. */
  readonly failedPools: readonly RefusedPool[];
}

/** Outcome of a launch call. */
export type FleetOutcome =
  | (LaunchTrace & {
      readonly outcome: 'launched';
      readonly type: InstanceType;
      readonly offering: Offering;
      readonly providerID: string;
    })
  /** Karpenter deletes the NodeClaim (aws.md §12). */
  | (LaunchTrace & { readonly outcome: 'insufficient-capacity'; readonly reason: InsufficientCapacityReason })
  /** Karpenter keeps the NodeClaim and tries again: no offering is left to ask for, or EC2 refused for other reasons than capacity. */
  | (LaunchTrace & { readonly outcome: 'create-error' });

/** Why nothing was launched: no type passed the filters, minValues cannot be met, or every pool was empty. */
export type InsufficientCapacityReason = 'no-instance-types' | 'min-values' | 'pools-empty';

/** Launches instances as the provider and EC2's fleet API do together. */
export class Fleet {
  constructor(private readonly options: FleetOptions) {}

  /**
   * One launch.
   * @param types the NodeClass's types as Karpenter sees them now
   * @param stream the NodeClaim's own, such as `launch/<nodeclaim>`; three draws are taken
   * @param errorsOf what EC2 refuses of a request, beside pools without capacity
   */
  launch(
    types: readonly InstanceType[],
    request: LaunchRequest,
    nowMs: number,
    stream: RandomStream,
    errorsOf?: (plan: LaunchPlan) => CapacityErrors,
  ): FleetOutcome {
    const luck = { zone: stream.next(), id: instanceId(stream) };
    const plan = planLaunch(types, request, this.options.profile);
    const { candidates, capacityType, overrides, minValuesUnsatisfied } = plan;
    if (candidates.length === 0 || capacityType === undefined) {
      const reason = minValuesUnsatisfied ? 'min-values' : 'no-instance-types';
      return { outcome: 'insufficient-capacity', reason, plan, failedPools: [] };
    }
    if (overrides.length === 0) return { outcome: 'create-error', plan, failedPools: [] };
    const failedPools: RefusedPool[] = [];
    const errors = errorsOf?.(plan);
    const errorOf = (pool: CapacityPool): string | undefined =>
      errors?.errorOf(pool, nowMs) ?? (this.isExhausted(pool, nowMs) ? NO_CAPACITY_ERROR : undefined);
    const chosen = this.#firstWithCapacity(overrides, capacityType, luck.zone, errorOf, failedPools);
    for (const pool of failedPools) this.#learn(pool, types, nowMs);
    if (chosen === undefined) {
      const codes = failedPools.map(({ code }) => code);
      return isInsufficientCapacity(codes, this.options.profile)
        ? { outcome: 'insufficient-capacity', reason: 'pools-empty', plan, failedPools }
        : { outcome: 'create-error', plan, failedPools };
    }
    return {
      outcome: 'launched',
      ...chosen,
      providerID: `aws:///${chosen.offering.zone}/${luck.id}`,
      plan,
      failedPools,
    };
  }

  /**
   * What the provider makes of an error (aws.md §8). v1.14.1 marks a whole capacity type when the account may not use it, and the
   * subnet that has no addresses: with one subnet a zone, everything there.
   */
  #learn({ code, ...pool }: RefusedPool, types: readonly InstanceType[], nowMs: number): void {
    const { profile, unavailable } = this.options;
    const hasNoRoom = profile.capacityErrorCodes.includes(code);
    if (pool.reservationId !== undefined) {
      if (hasNoRoom) this.options.reservationEmptied?.(pool.reservationId, nowMs);
      return;
    }
    if (hasNoRoom) unavailable.mark(pool, nowMs);
    if (profile.version !== 'v1.14.1') return;
    const isMarked = ({ capacityType, zone }: Offering): boolean =>
      (code === SPOT_ROLE_ERROR && capacityType === 'spot') || (code === NO_ADDRESSES_ERROR && zone === pool.zone);
    for (const { name, offerings } of types) {
      for (const offering of offerings) {
        if (isMarked(offering)) unavailable.mark({ ...offering, instanceType: name }, nowMs);
      }
    }
  }

  /** Whether EC2 has no capacity in the pool now, whatever Karpenter believes. What is reserved is kept free whatever else runs short. */
  isExhausted(pool: CapacityPool, nowMs: number): boolean {
    return pool.capacityType !== 'reserved' && this.options.capacity.some((source) => source.isExhausted(pool, nowMs));
  }

  /** EC2 tries pools in the order of the strategy; each empty one adds an error to the answer, even of a success. */
  #firstWithCapacity(
    overrides: readonly FleetOverride[],
    capacityType: CapacityType,
    zoneLuck: number,
    errorOf: (pool: CapacityPool) => string | undefined,
    failedPools: RefusedPool[],
  ): FleetOverride | undefined {
    let left = overrides;
    while (left.length > 0) {
      const choice = capacityType === 'spot' ? this.#priceCapacityOptimized(left) : lowestPrice(left, zoneLuck);
      const { zone, reservationId } = choice.offering;
      const pool = { instanceType: choice.type.name, zone, capacityType, reservationId };
      const code = errorOf(pool);
      if (code === undefined) return choice;
      failedPools.push({ ...pool, code });
      left = left.filter((override) => override !== choice);
    }
    return undefined;
  }

  /** The cheapest of the pools that are nearly as deep as the deepest (aws.md §9.6); ties go by type, then zone. */
  #priceCapacityOptimized(overrides: readonly FleetOverride[]): FleetOverride {
    const { depths, depthTolerance = DEFAULT_DEPTH_TOLERANCE } = this.options;
    const scores = overrides.map(({ type, offering }) => depths.score(type.name, offering.zone));
    const floor = Math.max(...scores) - depthTolerance;
    return cheapestOf(overrides.filter((_, index) => (scores[index] ?? 0) >= floor));
  }
}

/** The cheapest type; between its zones, which all cost the same, chance decides. */
function lowestPrice(overrides: readonly FleetOverride[], luck: number): FleetOverride {
  const cheapest = cheapestOf(overrides);
  const zones = overrides.filter(
    ({ type, offering }) => type === cheapest.type && offering.price === cheapest.offering.price,
  );
  return zones[Math.floor(luck * zones.length)] ?? cheapest;
}

function cheapestOf(overrides: readonly FleetOverride[]): FleetOverride {
  return overrides.reduce((best, override) => (isCheaper(override, best) ? override : best));
}

function isCheaper(a: FleetOverride, b: FleetOverride): boolean {
  if (a.offering.price !== b.offering.price) return a.offering.price < b.offering.price;
  if (a.type.name !== b.type.name) return a.type.name < b.type.name;
  return a.offering.zone < b.offering.zone;
}

/** 17 hexadecimal digits, as EC2 gives. */
function instanceId(stream: RandomStream): string {
  const half = (): string =>
    stream
      .int(2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return `i-0${half()}${half()}`;
}
