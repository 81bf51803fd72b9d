import type { EC2NodeClass } from '../node-class.js';
import type { Zone } from '../zones.js';
import { NO_ADDRESSES_ERROR } from './fleet-errors.js';
import type { LaunchPlan } from './launch-plan.js';
import type { CapacityErrors } from './pool.js';
import { SubnetChoice, type Subnet } from './subnet-choice.js';
import type { SubnetPool } from './subnet-pool.js';

/** Karpenter describes subnets this often (SUBNET_REFRESH_INTERVAL). */
const REFRESH_MS = 60_000;

/** A launch in its subnets, one chosen for each zone. */
export interface SubnetPlacement extends CapacityErrors {
  /** Ends it: charges go back, and an instance takes its addresses. */
  end(launched: { readonly zone: string; readonly addresses: number; readonly instance: string } | undefined): void;
}

/** Which subnets launches of a NodeClass go to, and what happens when they are full (aws.md §10). */
export class LaunchSubnets {
  readonly #choices = new Map<string, { readonly readMs: number; readonly choice: SubnetChoice }>();

  /** Zones that each NodeClass selects: subnets come and go only between runs. */
  readonly #zones = new WeakMap<EC2NodeClass, { readonly all: readonly Zone[]; readonly selected: readonly Zone[] }>();

  constructor(private readonly pool: SubnetPool) {}

  /** Those of the zones in which the NodeClass selects a subnet. */
  zonesOf(nodeClass: EC2NodeClass, zones: readonly Zone[]): readonly Zone[] {
    let known = this.#zones.get(nodeClass);
    if (known?.all !== zones) {
      const selected = new Set(this.pool.describe(nodeClass.subnetSelectorTerms).map(({ zone }) => zone));
      known = { all: zones, selected: zones.filter(({ name }) => selected.has(name)) };
      this.#zones.set(nodeClass, known);
    }
    return known.selected;
  }

  /** Chooses subnets for a launch. */
  place(
    nodeClass: EC2NodeClass,
    { candidates, capacityType = 'on-demand', overrides }: LaunchPlan,
    nowMs: number,
  ): SubnetPlacement {
    const choice = this.#choiceOf(nodeClass, nowMs);
    const chosen: ReadonlyMap<string, Subnet> = choice.choose(candidates, capacityType, nowMs);
    const offered = new Set(overrides.flatMap(({ offering }) => chosen.get(offering.zone)?.id ?? []));
    return {
      errorOf: ({ zone }) => {
        const subnet = chosen.get(zone);
        if (subnet === undefined || this.pool.hasRoom(subnet.id)) return undefined;
        choice.markFull(subnet.id);
        return NO_ADDRESSES_ERROR;
      },
      end: (launched) => {
        const used = launched === undefined ? undefined : chosen.get(launched.zone)?.id;
        choice.giveBack(chosen, offered, used, candidates, capacityType, nowMs);
        if (launched !== undefined && used !== undefined) this.pool.take(used, launched.addresses, launched.instance);
      },
    };
  }

  /** The instance has ended: its addresses are free again. */
  release(instance: string): void {
    this.pool.release(instance);
  }

  #choiceOf({ metadata, subnetSelectorTerms }: EC2NodeClass, nowMs: number): SubnetChoice {
    const readMs = nowMs - (nowMs % REFRESH_MS);
    const known = this.#choices.get(metadata.name);
    if (known?.readMs === readMs) return known.choice;
    const choice = new SubnetChoice(this.pool.describe(subnetSelectorTerms), nowMs);
    this.#choices.set(metadata.name, { readMs, choice });
    return choice;
  }
}
