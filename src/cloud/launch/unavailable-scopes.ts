/** How long a mark lives (aws.md §8). */
const LIFETIME_MS = 180_000;
/** Marks that are dead are dropped this often, counted from the start of the process; until then they are seen. */
const JANITOR_INTERVAL_MS = 10_000;

/**
 * Whole capacity types, or subnets, that the provider takes to have no room (v1.14.1): a capacity type when the account may not use
 * it, a subnet when it has run out of addresses. Like the marks of single pools they die after three minutes and are noticed to
 * be dead by a janitor.
 */
export class UnavailableScopes {
  readonly #expiresAtMs = new Map<string, number>();

  mark(scope: string, nowMs: number): void {
    this.#expiresAtMs.set(scope, nowMs + LIFETIME_MS);
  }

  /** Whether a mark is alive. */
  isMarked(scope: string, nowMs: number): boolean {
    return (this.#expiresAtMs.get(scope) ?? -Infinity) >= nowMs;
  }

  /**
   * Whether a type's offerings still show the mark.
   * @param madeMs when one of the type's own pools was marked last: its offerings were made again then
   */
  isShown(scope: string, nowMs: number, madeMs: number): boolean {
    const beat = Math.floor(nowMs / JANITOR_INTERVAL_MS) * JANITOR_INTERVAL_MS;
    return (this.#expiresAtMs.get(scope) ?? -Infinity) >= Math.max(beat, madeMs);
  }
}
