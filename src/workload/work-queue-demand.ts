import type { RequestMeter } from './request-meter.js';

/**
 * What the pods of a work queue have to do: not what arrives, but what they take from the queue, so that they are busy until it is
 * empty. Intervals are asked for one after another, as a {@link LoadMeter} does. Times are ms since the start of the run.
 */
export class WorkQueueDemand {
  readonly #requests: RequestMeter;
  #handled = 0;
  #rate = 0;

  constructor(requests: RequestMeter) {
    this.#requests = requests;
  }

  /** Mean of the requests a second that pods worked on from the end of the last interval on. */
  mean(fromMs: number, toMs: number): number {
    const handled = this.#requests.handled(toMs);
    this.#rate = ((handled - this.#handled) * 1000) / (toMs - fromMs);
    this.#handled = handled;
    return this.#rate;
  }

  /** The mean of the last interval. */
  at(): number {
    return this.#rate;
  }
}
