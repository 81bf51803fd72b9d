import type { RandomStream, RandomStreams } from '../../kernel/random-streams.js';
import { OutageProcess, type Outage } from '../launch/outage-process.js';
import type { CapacityPool, PoolCapacity } from '../launch/pool.js';
import type { InterruptionBucket, SpotAdvice } from '../prices/spot-advisor.js';
import { hazardPerHour } from './spot-hazard.js';

const HOUR_MS = 3_600_000;

/** EC2 takes a spot instance this long after its warning. */
export const SPOT_WARNING_MS = 120_000;

/** Warnings of one reclaim of a pool come within this time (aws.md §20.3). */
const WARNING_SPREAD_MS = 180_000;

/** How spot capacity is taken back (aws.md §20). All are assumptions: EC2 publishes one figure a type and month. */
export interface ReclaimModel {
  /** Factor on the advisor's hazard; 0 switches reclaims off. */
  readonly multiplier: number;
  /** Share of the hazard that hits whole pools (type and zone) at once; the rest hits single instances. */
  readonly correlation: number;
  /** Chance that an instance of a reclaimed pool is taken. */
  readonly poolShare: number;
  /** Mean time that a reclaimed pool has no spot capacity. */
  readonly meanOutageMs: number;
  /** Mean time from a rebalance recommendation to the warning; 0: no recommendation comes. */
  readonly meanRebalanceLeadMs: number;
}

export const DEFAULT_RECLAIM_MODEL: ReclaimModel = {
  multiplier: 1,
  correlation: 0.9,
  poolShare: 1,
  meanOutageMs: 30 * 60_000,
  meanRebalanceLeadMs: 5 * 60_000,
};

/** Bucket of a type that the advisor does not know. */
const UNKNOWN_BUCKET: InterruptionBucket = 4;

/**
 * When spot capacity is taken back. Times come from named streams in units of the hazard, so that another multiplier moves
 * them without a new draw, and what happens to one pool or instance says nothing of another's luck:
 * `reclaim/<zone>/<type>` for pools, the instance's own stream for instances.
 */
export class SpotReclaims implements PoolCapacity {
  readonly #pools = new Map<string, OutageProcess>();

  constructor(
    private readonly advice: ReadonlyMap<string, SpotAdvice>,
    private readonly streams: RandomStreams,
    private readonly model: ReclaimModel = DEFAULT_RECLAIM_MODEL,
  ) {}

  /** First reclaim of a pool after a time; undefined when there is none. */
  nextPoolReclaim(instanceType: string, zone: string, afterMs: number): Outage | undefined {
    const reclaim = this.#pool(instanceType, zone)?.firstAfter(afterMs);
    // A vanishing hazard gives times that no clock reaches.
    return reclaim !== undefined && Number.isSafeInteger(reclaim.atMs) ? reclaim : undefined;
  }

  /** Whether a reclaim has left a spot pool empty. */
  isExhausted(pool: CapacityPool, nowMs: number): boolean {
    if (pool.capacityType !== 'spot') return false;
    return this.#pool(pool.instanceType, pool.zone)?.isEmptyAt(nowMs) ?? false;
  }

  /**
   * When an instance launched at a time gets its warning, ms since the start of the run; undefined: never. The instance goes
   * `SPOT_WARNING_MS` later. Whichever comes first: a reclaim of its own, or the first of its pool that takes it.
   * @param stream the instance's own, such as `reclaim/instance/<nodeclaim>`
   */
  warningMs(instanceType: string, zone: string, launchedMs: number, stream: RandomStream): number | undefined {
    const ownRatePerMs = this.#ratePerMs(instanceType) * (1 - this.model.correlation);
    const ownUnits = stream.exponential(1);
    const own = ownRatePerMs === 0 ? Infinity : launchedMs + Math.round(ownUnits / ownRatePerMs);
    const pooled = this.#pooledWarningMs(instanceType, zone, launchedMs, own, stream);
    const warning = Math.min(own, pooled);
    return Number.isSafeInteger(warning) ? warning : undefined;
  }

  /**
   * When the rebalance recommendation for a warning comes: an exponential time before it, not before the launch, where EC2 sends
   * it with the warning at the latest; undefined: none comes.
   * @param stream the instance's own, such as `rebalance/<nodeclaim>`; one draw is taken
   */
  rebalanceMs(launchedMs: number, warningMs: number, stream: RandomStream): number | undefined {
    const leadMs = Math.round(stream.exponential(1) * this.model.meanRebalanceLeadMs);
    return this.model.meanRebalanceLeadMs === 0 ? undefined : Math.max(launchedMs, warningMs - leadMs);
  }

  #pool(instanceType: string, zone: string): OutageProcess | undefined {
    const ratePerMs = this.#ratePerMs(instanceType) * this.model.correlation;
    if (ratePerMs <= 0) return undefined;
    const name = `${zone}/${instanceType}`;
    let pool = this.#pools.get(name);
    if (pool === undefined) {
      pool = new OutageProcess(this.streams.stream(`reclaim/${name}`), ratePerMs, this.model.meanOutageMs);
      this.#pools.set(name, pool);
    }
    return pool;
  }

  #pooledWarningMs(
    instanceType: string,
    zone: string,
    launchedMs: number,
    beforeMs: number,
    stream: RandomStream,
  ): number {
    if (this.model.poolShare <= 0) return Infinity;
    let afterMs = launchedMs;
    while (afterMs < beforeMs) {
      const reclaim = this.nextPoolReclaim(instanceType, zone, afterMs);
      if (reclaim === undefined) return Infinity;
      const taken = stream.next() < this.model.poolShare;
      const delayMs = stream.int(WARNING_SPREAD_MS + 1);
      if (taken) return reclaim.atMs + delayMs;
      afterMs = reclaim.atMs;
    }
    return Infinity;
  }

  #ratePerMs(instanceType: string): number {
    const bucket = this.advice.get(instanceType)?.interruptionBucket ?? UNKNOWN_BUCKET;
    return hazardPerHour(bucket, this.model.multiplier) / HOUR_MS;
  }
}
