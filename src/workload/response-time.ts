/** Servers that share one queue: `slots` of them, which finish `capacity` requests a second between them. */
export interface ServerPool {
  /** Requests a second. */
  readonly capacity: number;
  /** Requests that are served at the same time; at least one. */
  readonly slots: number;
}

/** A distribution of response times. No plain function: V8 boxes every number that one of several functions returns. */
export interface Survival {
  /** Probability that a response takes longer than so many seconds. */
  at(seconds: number): number;
}

/** Everybody is answered at once. */
export const IMMEDIATE: Survival = { at: () => 0 };

/** Exponential service, and with the probability `waiting` an exponential wait before it. Rates a second. */
class SteadyResponse implements Survival {
  readonly #service: number;
  readonly #spare: number;
  readonly #waiting: number;
  /** Undefined in the limit where both rates are the same. */
  readonly #weight: number | undefined;

  constructor(service: number, spare: number, waiting: number) {
    this.#service = service;
    this.#spare = spare;
    this.#waiting = waiting;
    const gap = service - spare;
    this.#weight = Math.abs(gap) < 1e-6 * service ? undefined : (waiting * service) / gap;
  }

  at(seconds: number): number {
    const service = this.#service;
    const served = Math.exp(-service * seconds);
    const weight = this.#weight;
    if (weight === undefined) return served * (1 + this.#waiting * service * seconds);
    return served + weight * (Math.exp(-this.#spare * seconds) - served);
  }
}

/** The same wait for all, and exponential service. */
class QueuedResponse implements Survival {
  readonly #service: number;
  readonly #waitSeconds: number;

  constructor(service: number, waitSeconds: number) {
    this.#service = service;
    this.#waitSeconds = waitSeconds;
  }

  at(seconds: number): number {
    const wait = this.#waitSeconds;
    return seconds < wait ? 1 : Math.exp(-this.#service * (seconds - wait));
  }
}

/**
 * Erlang C: the probability that an arriving request must wait in an M/M/c queue (kubernetes.md §9.3).
 * @param slots - Servers, c.
 * @param load - Arrivals over the rate of one server, a = λ/μ; below `slots`.
 */
export function waitProbability(slots: number, load: number): number {
  if (load <= 0) return 0;
  // Erlang B by its inverse recursion, which neither overflows to NaN nor cancels.
  let inverse = 1;
  for (let k = 1; k <= slots; k++) inverse = 1 + (inverse * k) / load;
  const blocked = 1 / inverse;
  return blocked / (1 - (load / slots) * (1 - blocked));
}

/**
 * Response times of an M/M/c queue in its steady state: exponential service, and for some of the requests an exponential
 * wait before it (kubernetes.md §9.3).
 * @param rate - Arrivals a second, below the capacity.
 * @param longestWaitSeconds - 99 % of those that wait, wait less: close to saturation the steady state is one that a queue
 * would take hours to reach.
 */
export function steadyResponse({ capacity, slots }: ServerPool, rate: number, longestWaitSeconds: number): Survival {
  const service = capacity / slots;
  const waiting = waitProbability(slots, rate / service);
  return new SteadyResponse(service, Math.max(capacity - rate, Math.log(100) / longestWaitSeconds), waiting);
}

/** Response times of requests that all wait the same time before they are served. */
export function queuedResponse({ capacity, slots }: ServerPool, waitSeconds: number): Survival {
  return new QueuedResponse(capacity / slots, waitSeconds);
}
