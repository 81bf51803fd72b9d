import type { ApiBudget } from './api-budget.js';

/** A window ends when no equal request has come for so long, after so long in all, or with so many requests (aws.md §11). */
const IDLE_MS = 35;
const LONGEST_MS = 1000;
const MOST_REQUESTS = 1000;

/** Equal requests that become one CreateFleet call. */
export interface FleetBatch {
  readonly openedMs: number;
  /** When the window ends if nothing more comes. */
  endsMs: number;
  requests: number;
  /** Whether EC2 took the call; undefined until the window has ended. */
  taken: boolean | undefined;
}

/**
 * Gathers equal launch requests into CreateFleet calls, as the provider does, and spends the account's API rate on each call.
 * Requests are equal when they ask for the same of the same NodeClass; NodeClaims of one scheduling pass often are.
 */
export class FleetBatcher {
  readonly #open = new Map<string, FleetBatch>();
  #calls = 0;
  #requests = 0;
  #refused = 0;

  constructor(private readonly budget: ApiBudget) {}

  /** How many requests became how many calls, and how many of these EC2 refused. */
  get figures(): { readonly requests: number; readonly calls: number; readonly refused: number } {
    return { requests: this.#requests, calls: this.#calls, refused: this.#refused };
  }

  /** Adds a request to the window of its equals. */
  join(request: string, nowMs: number): FleetBatch {
    this.#requests++;
    const open = this.#open.get(request);
    const isOpen =
      open !== undefined &&
      nowMs <= Math.min(open.endsMs, open.openedMs + LONGEST_MS) &&
      open.requests < MOST_REQUESTS &&
      open.taken === undefined;
    if (isOpen) {
      open.requests++;
      open.endsMs = Math.min(nowMs + IDLE_MS, open.openedMs + LONGEST_MS);
      return open;
    }
    const batch: FleetBatch = { openedMs: nowMs, endsMs: nowMs + IDLE_MS, requests: 1, taken: undefined };
    this.#open.set(request, batch);
    return batch;
  }

  /** Whether EC2 takes the call of a window that has ended. */
  isTaken(batch: FleetBatch): boolean {
    if (batch.taken === undefined) {
      batch.taken = this.budget.take(batch.endsMs);
      this.#calls++;
      if (!batch.taken) this.#refused++;
    }
    return batch.taken;
  }
}
