/** Servers that share one queue: `slots` of them, which finish `capacity` requests a second between them. */
export interface ServerPool {
  /** Requests a second. */
  readonly capacity: number;
  /** Requests that are served at the same time; at least one. */
  readonly slots: number;
}

/** Probability that a response takes longer than so many seconds. */
export type Survival = (seconds: number) => number;

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
  const spare = Math.max(capacity - rate, Math.log(100) / longestWaitSeconds);
  const gap = service - spare;
  if (Math.abs(gap) < 1e-6 * service) return (t) => Math.exp(-service * t) * (1 + waiting * service * t);
  const weight = (waiting * service) / gap;
  return (t) => {
    const served = Math.exp(-service * t);
    return served + weight * (Math.exp(-spare * t) - served);
  };
}

/** Response times of requests that all wait the same time before they are served. */
export function queuedResponse({ capacity, slots }: ServerPool, waitSeconds: number): Survival {
  const service = capacity / slots;
  return (t) => (t < waitSeconds ? 1 : Math.exp(-service * (t - waitSeconds)));
}
