import type { CapacityType, InstanceType } from '../../cloud/instance-type.js';
import { NO_ADDRESSES_ERROR, SPOT_ROLE_ERROR } from '../../cloud/launch/fleet-errors.js';
import type { PlacedOverride } from '../../cloud/launch/launch-templates.js';
import { SubnetChoice } from '../../cloud/launch/subnet-choice.js';
import { UnavailableOfferings } from '../../cloud/launch/unavailable-offerings.js';
import { UnavailableScopes } from '../../cloud/launch/unavailable-scopes.js';
import type { EC2NodeClass } from '../../cloud/node-class.js';
import { providerProfile } from '../../cloud/provider-profile.js';
import type { SoldType } from '../case-catalogs.js';
import type { FleetAnswer } from './launch-case.js';
import { LaunchTypes } from './launch-types.js';
import type { RecordedAccount, RecordedMarks } from './recorded-account.js';

const PROFILE = providerProfile('v1.14.1');
/** How long the mark of a pool lives (aws.md §8). */
const MARK_LIFETIME_MS = 180_000;

/** What the provider of a case has learnt of EC2: what is out of capacity, free reservations, free addresses. */
export class LaunchMemory {
  readonly subnets: SubnetChoice;
  readonly #pools = new UnavailableOfferings(PROFILE);
  readonly #scopes = new UnavailableScopes();
  readonly #free: Map<string, number>;
  readonly #types: LaunchTypes;
  /** Marks of pools with their ends. */
  readonly #marked = new Map<string, number>();
  readonly #markedAtMs = new Map<string, number>();
  /** The last list, until something is learnt or time passes. */
  #listed: { readonly nowMs: number; readonly types: readonly InstanceType[] } | undefined;

  constructor(
    private readonly account: RecordedAccount,
    private readonly sold: readonly SoldType[],
    nodeClass: EC2NodeClass,
  ) {
    this.#free = new Map((account.reservations ?? []).map(({ id, free }) => [id, free]));
    this.subnets = new SubnetChoice(account.subnets, 0);
    const marks = {
      pools: this.#pools,
      scopes: this.#scopes,
      markedAtMs: (type: string) => this.#markedAtMs.get(type) ?? -Infinity,
    };
    this.#types = new LaunchTypes(account, sold, nodeClass, marks, (id) => this.#free.get(id) ?? 0);
    this.mark(account.unavailable, 0);
  }

  types(nowMs: number): readonly InstanceType[] {
    if (this.#listed?.nowMs !== nowMs) this.#listed = { nowMs, types: this.#types.list(nowMs) };
    return this.#listed.types;
  }

  mark({ offerings = [], capacityTypes = [], subnets = [] }: RecordedMarks, nowMs: number): void {
    this.#listed = undefined;
    for (const offering of offerings) {
      const [capacityType = '', type = '', zone = ''] = offering.split(':');
      this.#markPool(type, zone, capacityType as CapacityType, nowMs);
    }
    for (const scope of [...capacityTypes, ...subnets]) this.#scopes.mark(scope, nowMs);
  }

  /** What the provider believes, as recordings write it. */
  state(nowMs: number): object {
    const capacityTypes = ['on-demand', 'spot', 'reserved'].filter((each) => this.#scopes.isMarked(each, nowMs));
    const offerings = [...this.#marked]
      .filter(([key, expiresAtMs]) => expiresAtMs >= nowMs && !capacityTypes.includes(key.split(':')[0] ?? ''))
      .map(([key]) => key)
      .sort();
    const subnets = this.account.subnets.map(({ id }) => id).filter((id) => this.#scopes.isMarked(id, nowMs));
    return {
      unavailable: {
        ...(offerings.length > 0 && { offerings }),
        ...(capacityTypes.length > 0 && { capacityTypes }),
        ...(subnets.length > 0 && { subnets }),
      },
      ...(this.#free.size > 0 && { reservations: Object.fromEntries(this.#free) }),
    };
  }

  /** EC2 gave an instance of a reservation. */
  used(reservationId: string): void {
    this.#free.set(reservationId, Math.max(0, (this.#free.get(reservationId) ?? 0) - 1));
    this.#listed = undefined;
  }

  /** Takes EC2's errors to a call to heart. Returns how many of them were about the account's role for spot instances. */
  learn(
    errors: NonNullable<FleetAnswer['errors']>,
    overrides: readonly PlacedOverride[],
    capacityType: CapacityType,
    nowMs: number,
  ): number {
    this.#listed = undefined;
    let roleErrors = 0;
    for (const { type, zone, subnet, code } of errors) {
      const hasNoRoom = PROFILE.capacityErrorCodes.includes(code);
      if (capacityType === 'reserved') {
        const pool = overrides.find((each) => each.type.name === type && each.offering.zone === zone);
        if (hasNoRoom) this.#free.set(pool?.offering.reservationId ?? '', 0);
        continue;
      }
      if (hasNoRoom) this.#markPool(type, zone, capacityType, nowMs);
      if (code === NO_ADDRESSES_ERROR) {
        this.#scopes.mark(subnet, nowMs);
        this.subnets.markFull(subnet);
      }
      if (code === SPOT_ROLE_ERROR) {
        this.#scopes.mark('spot', nowMs);
        roleErrors++;
      }
    }
    return roleErrors;
  }

  #markPool(instanceType: string, zone: string, capacityType: CapacityType, nowMs: number): void {
    this.#pools.mark({ instanceType, zone, capacityType }, nowMs);
    this.#markedAtMs.set(instanceType, nowMs);
    if (this.sold.some(({ name }) => name === instanceType)) {
      this.#marked.set(`${capacityType}:${instanceType}:${zone}`, nowMs + MARK_LIFETIME_MS);
    }
  }
}
