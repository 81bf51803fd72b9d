import type { RandomStream, RandomStreams } from '../../kernel/random-streams.js';
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
}

export const DEFAULT_RECLAIM_MODEL: ReclaimModel = {
  multiplier: 1,
  correlation: 0.9,
  poolShare: 1,
  meanOutageMs: 30 * 60_000,
};

/** Capacity of a whole pool is taken back. */
export interface PoolReclaim {
  /** Since the start of the run. */
  readonly atMs: number;
  /** How long the pool then has no spot capacity. */
  readonly outageMs: number;
}

/** Bucket of a type that the advisor does not know. */
const UNKNOWN_BUCKET: InterruptionBucket = 4;

/**
 * When spot capacity is taken back. Times come from named streams in units of the hazard, so that another multiplier moves
 * them without a new draw, and what happens to one pool or instance says nothing of another's luck:
 * `reclaim/<zone>/<type>` for pools, the instance's own stream for instances.
 */
export class SpotReclaims implements PoolCapacity {
  readonly #pools = new Map<string, PoolProcess>();

  constructor(
    private readonly advice: ReadonlyMap<string, SpotAdvice>,
    private readonly streams: RandomStreams,
    private readonly model: ReclaimModel = DEFAULT_RECLAIM_MODEL,
  ) {}

  /** First reclaim of a pool after a time; undefined when there is none. */
  nextPoolReclaim(instanceType: string, zone: string, afterMs: number): PoolReclaim | undefined {
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

  #pool(instanceType: string, zone: string): PoolProcess | undefined {
    const ratePerMs = this.#ratePerMs(instanceType) * this.model.correlation;
    if (ratePerMs <= 0) return undefined;
    const name = `${zone}/${instanceType}`;
    let pool = this.#pools.get(name);
    if (pool === undefined) {
      pool = new PoolProcess(this.streams.stream(`reclaim/${name}`), ratePerMs, this.model.meanOutageMs);
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

/** Reclaims of one pool in order, drawn as far as anyone has asked. */
class PoolProcess {
  readonly #reclaims: (PoolReclaim & { readonly emptyUntilMs: number })[] = [];
  #units = 0;

  constructor(
    private readonly stream: RandomStream,
    private readonly ratePerMs: number,
    private readonly meanOutageMs: number,
  ) {}

  firstAfter(afterMs: number): PoolReclaim {
    return this.#reclaims[this.#indexAfter(afterMs)] ?? this.#draw();
  }

  isEmptyAt(timeMs: number): boolean {
    const last = this.#reclaims[this.#indexAfter(timeMs) - 1];
    return last !== undefined && timeMs < last.emptyUntilMs;
  }

  /** Index of the first reclaim after a time; all before it are drawn. */
  #indexAfter(timeMs: number): number {
    while ((this.#reclaims.at(-1)?.atMs ?? -1) <= timeMs) this.#draw();
    let low = 0;
    let high = this.#reclaims.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#reclaims[middle]?.atMs ?? Infinity) > timeMs) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #draw(): PoolReclaim {
    this.#units += this.stream.exponential(1);
    const atMs = Math.round(this.#units / this.ratePerMs);
    const outageMs = Math.round(this.stream.exponential(this.meanOutageMs));
    const emptyUntilMs = Math.max(atMs + outageMs, this.#reclaims.at(-1)?.emptyUntilMs ?? 0);
    const reclaim = { atMs, outageMs, emptyUntilMs };
    this.#reclaims.push(reclaim);
    return reclaim;
  }
}
