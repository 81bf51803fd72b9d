import type { EventLog, LogEvent } from '../simulation/event-log.js';
import { LatencyDistribution, survivalOf } from '../workload/latency-distribution.js';

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

type Demand = Extract<LogEvent, { readonly type: 'Demand' }>;

class Tally {
  #requests = 0;
  #lost = 0;
  early = 0;
  readonly #latencies = new LatencyDistribution();

  add({ requests = 0, lost = 0, early = 0, latencySeconds }: Partial<Demand>): void {
    this.#requests += requests;
    this.#lost += lost;
    this.early += early;
    if (latencySeconds !== undefined) this.#latencies.add(requests - lost, survivalOf(latencySeconds));
  }

  get hasOpened(): boolean {
    return this.#requests > 0;
  }

  totals(): RequestTotals {
    const total = Math.round(this.#requests);
    const lost = Math.round(this.#lost);
    const quantiles = this.#latencies.quantiles();
    const milli = (seconds: number | undefined): number | null =>
      seconds === undefined ? null : Math.round(seconds * 1e4) / 1e4;
    return {
      total,
      served: total - lost,
      lost,
      lostShare: this.#requests === 0 ? 0 : Math.round((this.#lost / this.#requests) * 1e6) / 1e6,
      latencySeconds: { p50: milli(quantiles?.p50), p90: milli(quantiles?.p90), p99: milli(quantiles?.p99) },
    };
  }
}

/**
 * Adds up what the log says about requests. A service that never had a ready pod has lost everything that was sent to it.
 */
export function runRequests(log: EventLog): RunRequests {
  const services = new Map<string, Demand[]>();
  for (const event of log) {
    if (event.type !== 'Demand') continue;
    const samples = services.get(event.service);
    if (samples === undefined) services.set(event.service, [event]);
    else samples.push(event);
  }
  const all = new Tally();
  const byService: Record<string, RequestTotals> = {};
  for (const [service, samples] of services) {
    const opened = samples.some(({ requests = 0 }) => requests > 0);
    const tally = new Tally();
    for (const sample of samples) {
      const { early = 0 } = sample;
      const counted = opened ? sample : { requests: early, lost: early };
      tally.add(counted);
      all.add(counted);
    }
    byService[service] = tally.totals();
  }
  return { ...all.totals(), byService, early: all.early };
}
