import type { CapacityType } from '../instance-type.js';
import type { LaunchCandidate } from './launch-request.js';

/** What EC2 said of free addresses is forgotten after so long; then a subnet that was not charged counts as full. */
const KNOWN_FOR_MS = 300_000;

/** A subnet of a NodeClass as EC2 described it. */
export interface Subnet {
  readonly id: string;
  readonly zone: string;
  readonly freeIPs: number;
}

/**
 * Which subnet of a zone a launch goes to: the one with most free addresses, less those that launches in flight may take
 * (aws.md §10). A launch charges the chosen subnet of every zone before EC2 chose one, and takes back what was not used.
 */
export class SubnetChoice {
  readonly #subnets: readonly Subnet[];
  /** Free addresses of subnets that were charged. */
  readonly #left = new Map<string, number>();

  constructor(
    subnets: readonly Subnet[],
    private readonly readAtMs: number,
  ) {
    this.#subnets = [...subnets].sort((a, b) => b.freeIPs - a.freeIPs || (a.id < b.id ? -1 : 1));
  }

  /** Chooses a subnet a zone and charges them all. */
  choose(
    candidates: readonly LaunchCandidate[],
    capacityType: CapacityType,
    nowMs: number,
  ): ReadonlyMap<string, Subnet> {
    const chosen = new Map<string, Subnet>();
    for (const subnet of this.#subnets) {
      const best = chosen.get(subnet.zone);
      if (best === undefined || this.#free(subnet, nowMs) > this.#free(best, nowMs)) chosen.set(subnet.zone, subnet);
    }
    for (const subnet of chosen.values()) {
      this.#left.set(subnet.id, this.#free(subnet, nowMs) - charge(candidates, capacityType, subnet.zone));
    }
    return chosen;
  }

  /**
   * Takes back the charge of the subnets that were offered to EC2 and not used. Those that were charged and not offered stay
   * charged until they are described again (corrections §10).
   */
  giveBack(
    chosen: ReadonlyMap<string, Subnet>,
    offered: ReadonlySet<string>,
    used: string | undefined,
    candidates: readonly LaunchCandidate[],
    capacityType: CapacityType,
    nowMs: number,
  ): void {
    if (!this.#isKnown(nowMs)) return;
    for (const { id, zone } of chosen.values()) {
      const left = this.#left.get(id);
      if (left === undefined || id === used || !offered.has(id)) continue;
      this.#left.set(id, left + charge(candidates, capacityType, zone));
    }
  }

  /** EC2 found no free address in the subnet. */
  markFull(id: string): void {
    this.#left.set(id, 0);
  }

  #free({ id, freeIPs }: Subnet, nowMs: number): number {
    return this.#left.get(id) ?? (this.#isKnown(nowMs) ? freeIPs : 0);
  }

  #isKnown(nowMs: number): boolean {
    return nowMs - this.readAtMs <= KNOWN_FOR_MS;
  }
}

/** Addresses that a launch may take in a zone: the pods of the smallest type that it could get there. */
function charge(candidates: readonly LaunchCandidate[], capacityType: CapacityType, zone: string): number {
  const pods = candidates
    .filter(({ offerings }) =>
      offerings.some(
        (offering) => offering.available && offering.zone === zone && offering.capacityType === capacityType,
      ),
    )
    .map(({ type }) => type.capacity['pods'] ?? 0);
  return pods.length === 0 ? 0 : Math.min(...pods);
}
