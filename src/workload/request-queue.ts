import { LatencyDistribution, type LatencyQuantiles } from './latency-distribution.js';
import { IMMEDIATE, queuedResponse, steadyResponse, type ServerPool, type Survival } from './response-time.js';
import type { RequestModel } from './service-load.js';

/** While requests queue, time goes in steps of a second: a lost request that is tried again comes a second later. */
const OVERLOAD_STEP_SECONDS = 1;

/** What became of the requests of one service over some time. Fractions occur: requests flow, they are not drawn. */
export interface RequestFigures {
  /** Requests that clients began, not counting when they try again. */
  readonly requests: number;
  /** Requests that failed for good. */
  readonly lost: number;
  /** Of those that were served; undefined when none was, and for work that waits. */
  readonly latencySeconds: LatencyQuantiles | undefined;
  /** Requests that wait for a free slot now. */
  readonly waiting: number;
}

/**
 * Requests at one service: answered, queued, or lost (kubernetes.md §9.3). While its pods can serve what comes, response times
 * are those of an M/M/c queue. Else the queue grows as a fluid: a request that would wait longer than the timeout is lost, and a
 * share of the lost ones is tried once more. With an infinite timeout it is a work queue: nothing is lost, what a dying pod held
 * comes back, and there are no response times.
 */
export class RequestQueue {
  readonly #timeoutSeconds: number;
  readonly #retryShare: number;
  readonly #ioSeconds: number;
  readonly #latencies = new LatencyDistribution();
  /** Requests that wait for a free slot. */
  #waiting = 0;
  /** Requests that were lost and come again. */
  #again = 0;
  #requests = 0;
  #lost = 0;
  /** Requests in service, by Little's law. */
  #inService = 0;
  #handled = 0;
  #steadyState: { readonly rate: number; readonly pool: ServerPool; readonly response: Survival } | undefined;

  constructor({ ioMs, timeoutMs, retryShare }: RequestModel) {
    this.#ioSeconds = ioMs / 1000;
    this.#timeoutSeconds = timeoutMs / 1000;
    this.#retryShare = retryShare;
  }

  /** Whether requests wait or come again, so that the next second depends on this one. */
  get isOverloaded(): boolean {
    return this.#waiting > 0 || this.#again > 0;
  }

  /** Requests that pods have worked on since the beginning. */
  get handled(): number {
    return this.#handled;
  }

  /** Whether work waits however long it takes. */
  get keepsWork(): boolean {
    return this.#timeoutSeconds === Infinity;
  }

  /**
   * Lets time pass.
   * @param rate - Arrivals a second.
   * @param pool - What serves them; undefined when there is no ready pod.
   */
  pass(seconds: number, rate: number, pool: ServerPool | undefined): void {
    const canServe = pool !== undefined && rate < pool.capacity;
    if (canServe && !this.isOverloaded) {
      this.#steady(seconds, rate, pool);
      return;
    }
    for (let left = seconds; left > 1e-9; left -= OVERLOAD_STEP_SECONDS) {
      const step = Math.min(left, OVERLOAD_STEP_SECONDS);
      if (canServe && !this.isOverloaded) {
        this.#steady(left, rate, pool);
        return;
      }
      this.#overloaded(step, rate, pool);
    }
  }

  /** Requests are sent to where nobody answers. */
  turnAway(requests: number): void {
    this.#requests += requests;
    this.#fail(requests, 1);
  }

  /** Some of the pods die with everything they hold. `share` is their part of the capacity. */
  breakOff(share: number): void {
    if (this.keepsWork) {
      this.#waiting += this.#inService * share;
      this.#inService *= 1 - share;
      return;
    }
    const failed = (this.#waiting + this.#inService) * share;
    this.#waiting *= 1 - share;
    this.#inService *= 1 - share;
    this.#fail(failed, 1);
  }

  /** Figures since they were last taken. */
  take(): RequestFigures {
    const quantiles = this.#latencies.quantiles();
    const io = this.#ioSeconds;
    const figures = {
      requests: this.#requests,
      lost: this.#lost,
      waiting: this.#waiting,
      latencySeconds: quantiles && { p50: io + quantiles.p50, p90: io + quantiles.p90, p99: io + quantiles.p99 },
    };
    this.#requests = 0;
    this.#lost = 0;
    this.#latencies.clear();
    return figures;
  }

  #steady(seconds: number, rate: number, pool: ServerPool): void {
    const arrived = rate * seconds;
    this.#requests += arrived;
    this.#handled += arrived;
    this.#inService = rate * (this.#ioSeconds + pool.slots / pool.capacity);
    if (this.keepsWork) return;
    if (pool.capacity === Infinity) {
      this.#latencies.add(arrived, IMMEDIATE);
      return;
    }
    this.#latencies.add(arrived, this.#steadyResponse(rate, pool));
  }

  /** Steady traffic comes at the same rate to the same pods for hours. */
  #steadyResponse(rate: number, pool: ServerPool): Survival {
    const last = this.#steadyState;
    const isSame = last?.rate === rate && last.pool.capacity === pool.capacity && last.pool.slots === pool.slots;
    if (isSame) return last.response;
    const response = steadyResponse(pool, rate, this.#timeoutSeconds);
    this.#steadyState = { rate, pool, response };
    return response;
  }

  #overloaded(seconds: number, rate: number, pool: ServerPool | undefined): void {
    const first = rate * seconds;
    const again = this.#again;
    const arrived = first + again;
    const capacity = pool?.capacity ?? 0;
    const before = this.#waiting;
    const left = Math.max(0, before + arrived - capacity * seconds);
    const room = this.keepsWork ? Infinity : capacity * this.#timeoutSeconds;
    this.#waiting = Math.min(left, room);
    const failed = left - this.#waiting;
    this.#requests += first;
    this.#handled += before + arrived - left;
    this.#again = 0;
    this.#fail(failed, arrived === 0 ? 1 : first / arrived);
    if (pool === undefined || capacity === 0) {
      this.#inService = 0;
      return;
    }
    this.#inService = Math.min(rate, capacity) * this.#ioSeconds + pool.slots;
    if (this.keepsWork) return;
    const wait = (Math.min(before, room) + this.#waiting) / 2 / capacity;
    this.#latencies.add(Math.max(0, arrived - failed), queuedResponse(pool, wait));
  }

  /** Requests fail; of those that were tried for the first time a share is tried again. */
  #fail(failed: number, firstShare: number): void {
    const retried = failed * firstShare * this.#retryShare;
    this.#again += retried;
    this.#lost += failed - retried;
  }
}
