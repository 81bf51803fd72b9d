import type { CapacityType } from '../instance-type.js';

/** A pool of EC2 capacity: instances of one type in one zone, bought one way. */
export interface CapacityPool {
  readonly instanceType: string;
  readonly zone: string;
  readonly capacityType: CapacityType;
  /** Of a reserved pool. */
  readonly reservationId?: string | undefined;
}

/** Something that can leave pools without capacity, whatever Karpenter believes of them. */
export interface PoolCapacity {
  isExhausted(pool: CapacityPool, nowMs: number): boolean;
}

/** Something that lets EC2 refuse pools, with the code of its error. */
export interface CapacityErrors {
  errorOf(pool: CapacityPool, nowMs: number): string | undefined;
}

/** A pool that EC2 refused, and why. */
export interface RefusedPool extends CapacityPool {
  /** Code of EC2's error. */
  readonly code: string;
}

/** A selection of pools; an undefined field matches all. */
export interface PoolSelector {
  readonly instanceType?: string | undefined;
  /** The part of the type's name before its dot, such as `c5`. */
  readonly instanceFamily?: string | undefined;
  readonly zone?: string | undefined;
  readonly capacityType?: CapacityType | undefined;
}

/** Whether the selection holds the pool. */
export function selectsPool(selector: PoolSelector, pool: CapacityPool): boolean {
  return (
    (selector.instanceType === undefined || selector.instanceType === pool.instanceType) &&
    (selector.instanceFamily === undefined || selector.instanceFamily === familyOfType(pool.instanceType)) &&
    (selector.zone === undefined || selector.zone === pool.zone) &&
    (selector.capacityType === undefined || selector.capacityType === pool.capacityType)
  );
}

/** `c5` of `c5.large`. */
export function familyOfType(instanceType: string): string {
  return instanceType.slice(0, Math.max(0, instanceType.indexOf('.')));
}
