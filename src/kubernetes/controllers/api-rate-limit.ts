/**
 * A client's token bucket towards the API server: kube-controller-manager has 20 requests a second with a burst of 30 for
 * each controller (kubernetes.md §2.1), so that 100 creations take 3.5 s.
 */
export class ApiRateLimit {
  readonly #intervalMs: number;
  readonly #burst: number;
  /** When the bucket would have been empty if requests had come without pause. */
  #emptyAtMs = -Infinity;

  constructor(qps = 20, burst = 30) {
    this.#intervalMs = 1000 / qps;
    this.#burst = burst;
  }

  /** Takes one token; returns how long the request must wait, ms. */
  reserve(nowMs: number): number {
    const full = nowMs - this.#burst * this.#intervalMs;
    this.#emptyAtMs = Math.max(this.#emptyAtMs, full) + this.#intervalMs;
    return Math.max(0, Math.round(this.#emptyAtMs - nowMs));
  }
}
