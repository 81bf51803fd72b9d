import type { Subnet } from './subnet-choice.js';

/** A subnet as a scenario describes it. */
export interface SubnetSpec {
  readonly id: string;
  readonly zone: string;
  /** Free addresses at the start. */
  readonly freeIPs: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** One term of subnetSelectorTerms: an id, or tags of which `*` matches any value. */
export interface SelectorTerm {
  readonly id?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Whether one of the terms selects something with that id and those tags. */
export function isSelected(
  { id, tags }: { readonly id: string; readonly tags: Readonly<Record<string, string>> },
  terms: readonly SelectorTerm[] | undefined,
): boolean {
  if (terms === undefined) return true;
  return terms.some(
    (term) =>
      (term.id === undefined || term.id === id) &&
      Object.entries(term.tags ?? {}).every(([key, value]) => tags[key] === value || (value === '*' && key in tags)),
  );
}

/** The subnets of the account with the addresses that are free now: EC2's own view, which Karpenter reads once a minute. */
export class SubnetPool {
  readonly #free: Map<string, number>;
  readonly #heldBy = new Map<string, { readonly subnet: string; readonly addresses: number }>();

  constructor(private readonly specs: readonly SubnetSpec[]) {
    this.#free = new Map(specs.map(({ id, freeIPs }) => [id, freeIPs]));
  }

  /** The subnets that a NodeClass selects, as EC2 describes them now. */
  describe(terms: readonly SelectorTerm[] | undefined): readonly Subnet[] {
    return this.specs
      .filter((spec) => isSelected(spec, terms))
      .map(({ id, zone }) => ({ id, zone, freeIPs: this.#free.get(id) ?? 0 }));
  }

  hasRoom(subnet: string): boolean {
    return (this.#free.get(subnet) ?? 0) > 0;
  }

  /**
   * An instance starts: it takes addresses for all pods that it can have, or what is left.
   * @param addresses as many as its max-pods; the CNI takes them piece by piece, in the end nearly all of them
   */
  take(subnet: string, addresses: number, instance: string): void {
    const free = this.#free.get(subnet) ?? 0;
    const taken = Math.min(free, addresses);
    this.#free.set(subnet, free - taken);
    this.#heldBy.set(instance, { subnet, addresses: taken });
  }

  /** An instance has ended. */
  release(instance: string): void {
    const held = this.#heldBy.get(instance);
    if (held === undefined) return;
    this.#heldBy.delete(instance);
    this.#free.set(held.subnet, (this.#free.get(held.subnet) ?? 0) + held.addresses);
  }
}
