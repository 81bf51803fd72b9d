import type { EventLog, LogEvent } from '../simulation/event-log.js';
import { LatencyDistribution, survivalOf } from '../workload/latency-distribution.js';
import { eventsOfType } from './events-of-type.js';
import type { TimeWindow } from './provisioning-steps.js';

/** Response times of the requests served, seconds; `null` when none was. */
export interface RequestLatency {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
}

/** What became of requests. Whole requests; those that came before a service had its first ready pod are left out. */
export interface RequestTotals {
  readonly total: number;
  readonly served: number;
  readonly lost: number;
  /** Of all, 0–1. */
  readonly lostShare: number;
  readonly latencySeconds: RequestLatency;
}

/** The requests of a run, all services together and one by one. */
export interface RunRequests extends RequestTotals {
  /** By `namespace/name` of the Deployment, in order of appearance. */
  readonly byService: Readonly<Record<string, RequestTotals>>;
  /** Requests before the first ready pod of services that got one. */
  readonly early: number;
}

const WHOLE_RUN: TimeWindow = { fromMs: -Infinity, toMs: Infinity };

type Demand = Extract<LogEvent, { readonly type: 'Demand' }>;

/** Running sums over the samples of a service, or of several. */
class RequestTally {
  requests = 0;
  lost = 0;
  early = 0;
  readonly #latencies = new LatencyDistribution();

  add({ requests = 0, lost = 0, early = 0, latencySeconds }: Demand): void {
    this.requests += requests;
    this.lost += lost;
    this.early += early;
    if (latencySeconds !== undefined) this.#latencies.add(requests - lost, survivalOf(latencySeconds));
  }

  merge(other: RequestTally): void {
    this.requests += other.requests;
    this.lost += other.lost;
    this.early += other.early;
    this.#latencies.merge(other.#latencies);
  }

  /** No pod was ever ready: all that was sent is lost. */
  loseEarly(): void {
    this.requests = this.early;
    this.lost = this.early;
    this.early = 0;
  }

  totals(): RequestTotals {
    const total = Math.round(this.requests);
    const lost = Math.round(this.lost);
    const { p50, p90, p99 } = this.#latencies.quantiles() ?? {};
    return {
      total,
      served: total - lost,
      lost,
      lostShare: this.requests === 0 ? 0 : Math.round((this.lost / this.requests) * 1e6) / 1e6,
      latencySeconds: { p50: seconds(p50), p90: seconds(p90), p99: seconds(p99) },
    };
  }
}

/**
 * Adds up what the log says about requests. A service that never had a ready pod has lost everything that was sent to it.
 * @param window - Only the minutes that end in this part of the run; the whole of it when not given.
 */
export function runRequests(log: EventLog, window: TimeWindow = WHOLE_RUN): RunRequests {
  const tallies = new Map<string, RequestTally>();
  for (const event of eventsOfType(log, 'Demand')) {
    if (event.timeMs <= window.fromMs || event.timeMs > window.toMs) continue;
    let tally = tallies.get(event.service);
    if (tally === undefined) tallies.set(event.service, (tally = new RequestTally()));
    tally.add(event);
  }
  const all = new RequestTally();
  const byService: Record<string, RequestTotals> = {};
  for (const [service, tally] of tallies) {
    if (tally.requests === 0) tally.loseEarly();
    byService[service] = tally.totals();
    all.merge(tally);
  }
  return { ...all.totals(), byService, early: Math.round(all.early) };
}

/** To a tenth of a millisecond. */
function seconds(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1e4) / 1e4;
}
