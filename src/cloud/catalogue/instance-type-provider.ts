import type { InstanceType } from '../instance-type.js';
import {
  poolKey,
  type HiddenOfferings,
  type HiddenPools,
  type UnavailableOfferings,
} from '../launch/unavailable-offerings.js';
import { InstanceTypeBuilder, type InstanceTypeInputs } from './instance-types.js';

/**
 * Instance types of one NodeClass as Karpenter gets them over time. The array and its objects keep their identity while
 * nothing changes, since what is computed from them is cached by it.
 */
export class InstanceTypeProvider {
  readonly #builder: InstanceTypeBuilder;
  readonly #all: readonly InstanceType[];
  readonly #indexByName: ReadonlyMap<string, number>;
  /** Types with hidden offerings, by name and then by what is hidden: shortages come and go in few combinations. */
  readonly #variants = new Map<string, InstanceType>();
  #hidden: HiddenOfferings | undefined;
  #list: readonly InstanceType[];

  constructor(
    inputs: InstanceTypeInputs,
    private readonly unavailable: UnavailableOfferings,
  ) {
    this.#builder = new InstanceTypeBuilder(inputs);
    this.#all = this.#builder.build();
    this.#list = this.#all;
    this.#indexByName = new Map(this.#all.map((type, index) => [type.name, index]));
  }

  /** Types in ascending order of name, with offerings that are believed to be out of capacity unavailable. */
  list(nowMs: number): readonly InstanceType[] {
    const hidden = this.unavailable.hidden(nowMs);
    if (hidden !== this.#hidden) {
      this.#hidden = hidden;
      this.#list = this.#apply(hidden);
    }
    return this.#list;
  }

  /** Whether EC2 sells the type in the zone for use with the NodeClass, be there capacity or not. */
  sells(name: string, zone: string): boolean {
    const type = this.#all[this.#indexByName.get(name) ?? -1];
    return type?.offerings.some((offering) => offering.zone === zone && offering.available) ?? false;
  }

  #apply(hidden: HiddenOfferings): readonly InstanceType[] {
    if (hidden.byType.size === 0) return this.#all;
    const list = [...this.#all];
    for (const [name, pools] of hidden.byType) {
      const index = this.#indexByName.get(name);
      const type = index === undefined ? undefined : this.#all[index];
      if (index !== undefined && type !== undefined) list[index] = this.#variant(type, pools);
    }
    return list;
  }

  #variant(type: InstanceType, hidden: HiddenPools): InstanceType {
    const key = `${type.name} ${hidden.key}`;
    let variant = this.#variants.get(key);
    if (variant === undefined) {
      variant = this.#builder.withHidden(type, (offering) => hidden.pools.has(poolKey(offering)));
      this.#variants.set(key, variant);
    }
    return variant;
  }
}
