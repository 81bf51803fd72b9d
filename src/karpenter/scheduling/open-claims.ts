import { unstableSortInPlace } from './unstable-sort.js';

/** What its order depends on. */
interface FillingClaim {
  readonly pods: readonly unknown[];
  readonly isFull: boolean;
}

/**
 * The NodeClaims of a pass in the order in which they are tried: by number of pods, as Go's unstable sort leaves them,
 * and as they stood after the sort before (LOOP-4, LOOP-5). Sorting a sorted list moves nothing, so it is only done when
 * the last placement put the list out of order; and NodeClaims too full for the smallest pod are passed over. Without
 * that, 50,000 pods that each need a node would be 2.5 thousand million looks at full nodes.
 */
export class OpenClaims<Claim extends FillingClaim> {
  readonly #claims: Claim[] = [];
  readonly #positions = new Map<Claim, number>();
  #sorted = true;
  /** Those with room, in order; undefined when it has to be worked out again. */
  #withRoom: Claim[] | undefined = [];

  get all(): readonly Claim[] {
    return this.#claims;
  }

  /** The NodeClaims to try now, in order. Full ones are left out. */
  inOrder(): readonly Claim[] {
    if (!this.#sorted) {
      unstableSortInPlace(this.#claims, (a, b) => a.pods.length < b.pods.length);
      this.#claims.forEach((claim, position) => this.#positions.set(claim, position));
      this.#sorted = true;
      this.#withRoom = undefined;
    }
    this.#withRoom ??= this.#claims.filter(({ isFull }) => !isFull);
    return this.#withRoom;
  }

  /** Takes in a NodeClaim that has just been opened. */
  append(claim: Claim): void {
    const last = this.#claims.at(-1);
    this.#positions.set(claim, this.#claims.length);
    this.#claims.push(claim);
    if (last !== undefined && last.pods.length > claim.pods.length) this.#sorted = false;
    if (!claim.isFull) this.#withRoom?.push(claim);
  }

  /** A NodeClaim got another pod. */
  grew(claim: Claim): void {
    const next = this.#claims[(this.#positions.get(claim) ?? 0) + 1];
    if (next !== undefined && next.pods.length < claim.pods.length) this.#sorted = false;
    if (claim.isFull) this.#withRoom = undefined;
  }
}
