import { NO_ADDRESSES_ERROR, SPOT_ROLE_ERROR } from './fleet-errors.js';
import type { CapacityPool, CapacityErrors } from './pool.js';

/** What can be wrong with an account, in a scenario's words. */
export const FAULTS = [
  'unauthorized',
  'no-subnets',
  'no-free-ips',
  'vcpu-quota',
  'spot-quota',
  'spot-role',
  'throttled',
] as const;

/** One of {@link FAULTS}. */
export type Fault = (typeof FAULTS)[number];

/** A fault for a while, of all launches or of those of one EC2NodeClass, in one zone or in all. */
export interface LaunchFault {
  readonly fault: Fault;
  readonly nodeClass?: string | undefined;
  /** Only for faults of a zone: no-free-ips. */
  readonly zone?: string | undefined;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Errors of the whole call: nothing is launched, and nothing is learnt of pools. */
const CALL_ERRORS: Readonly<Partial<Record<Fault, string>>> = {
  unauthorized: 'UnauthorizedOperation',
  throttled: 'RequestLimitExceeded',
};

/** Errors of single pools. */
const POOL_ERRORS: Readonly<Partial<Record<Fault, string>>> = {
  'no-free-ips': NO_ADDRESSES_ERROR,
  'vcpu-quota': 'VcpuLimitExceeded',
  'spot-quota': 'MaxSpotInstanceCountExceeded',
  'spot-role': SPOT_ROLE_ERROR,
};

/** Launch failures written into a scenario (aws.md §12). */
export class LaunchFaults {
  readonly #faults: LaunchFault[] = [];

  add(fault: LaunchFault): void {
    this.#faults.push(fault);
  }

  /** The selector terms of the NodeClass match no subnet. */
  hasNoSubnets(nodeClass: string, nowMs: number): boolean {
    return this.#faults.some((fault) => fault.fault === 'no-subnets' && isCurrent(fault, nodeClass, nowMs));
  }

  /** Code of EC2's answer to the call as a whole; undefined when it is taken. */
  callError(nodeClass: string, nowMs: number): string | undefined {
    return this.#current(nodeClass, nowMs)
      .map(({ fault }) => CALL_ERRORS[fault])
      .find((code) => code !== undefined);
  }

  /** What EC2 says of single pools when a NodeClass launches. */
  of(nodeClass: string): CapacityErrors {
    return {
      errorOf: (pool, nowMs) =>
        this.#current(nodeClass, nowMs)
          .filter((fault) => concerns(fault, pool))
          .map(({ fault }) => POOL_ERRORS[fault])
          .find((code) => code !== undefined),
    };
  }

  #current(nodeClass: string, nowMs: number): readonly LaunchFault[] {
    return this.#faults.filter((fault) => isCurrent(fault, nodeClass, nowMs));
  }
}

function isCurrent({ fromMs, untilMs, nodeClass }: LaunchFault, name: string, nowMs: number): boolean {
  return nowMs >= fromMs && nowMs < untilMs && (nodeClass === undefined || nodeClass === name);
}

function concerns({ fault, zone }: LaunchFault, pool: CapacityPool): boolean {
  const isSpot = pool.capacityType === 'spot';
  // A reservation counts towards the quota from the day it is made, used or not.
  if (fault === 'vcpu-quota' && pool.capacityType !== 'on-demand') return false;
  if ((fault === 'spot-quota' || fault === 'spot-role') && !isSpot) return false;
  return zone === undefined || zone === pool.zone;
}
