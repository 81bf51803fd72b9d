import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstanceType, Offering } from '../cloud/instance-type.js';
import {
  CAPACITY_TYPE_LABEL,
  INSTANCE_TYPE_LABEL,
  RESERVATION_ID_LABEL,
  ZONE_LABEL,
} from '../karpenter/requirements/labels.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { isQuantityError, parseAmount } from '../kubernetes/quantity.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { NodeSelectorOperator, NodeSelectorRequirement } from '../kubernetes/selectors.js';
import type { CaseInstanceType, CaseInstanceTypes } from './case-file.js';

/** A type of a catalogue, as far as a launch looks at it: where it is sold, and for how much. */
export interface SoldType {
  readonly name: string;
  readonly offerings: readonly { readonly zone: string; readonly capacityType: string; readonly price: number }[];
}

/** Instance types by catalogue name, read once; cases that name the same catalogue share the type objects. */
export class CaseCatalogs {
  readonly #loaded = new Map<string, readonly InstanceType[]>();
  readonly #sold = new Map<string, readonly SoldType[]>();

  /** @param folders searched in this order for `<name>.json` */
  constructor(private readonly folders: readonly string[]) {}

  /** @throws Error when no folder has a catalogue of that name, or an amount cannot be read. */
  resolve(types: CaseInstanceTypes | undefined, version: KarpenterVersion): readonly InstanceType[] {
    if (types === undefined) return [];
    if (typeof types !== 'string') return types.map((type) => readInstanceType(type, version));
    const identity = `${version}/${types}`;
    let loaded = this.#loaded.get(identity);
    if (loaded === undefined) {
      loaded = this.#read(types).map((type) => readInstanceType(type, version));
      this.#loaded.set(identity, loaded);
    }
    return loaded;
  }

  /** Where the types of a catalogue are sold, and for how much. @throws Error when no folder has it */
  sold(name: string): readonly SoldType[] {
    let sold = this.#sold.get(name);
    if (sold === undefined) {
      sold = this.#read(name).map((type) => ({ name: type.name, offerings: type.offerings ?? [] }));
      this.#sold.set(name, sold);
    }
    return sold;
  }

  #read(name: string): readonly CaseInstanceType[] {
    const path = this.folders.map((folder) => join(folder, `${name}.json`)).find((file) => existsSync(file));
    if (path === undefined) throw new Error(`no catalogue "${name}" in ${this.folders.join(', ')}`);
    return (JSON.parse(readFileSync(path, 'utf8')) as { readonly instanceTypes: readonly CaseInstanceType[] })
      .instanceTypes;
  }
}

/** Amounts of a resource list as a case writes it. */
export function readAmounts(list: Readonly<Record<string, string>> | undefined): ResourceList {
  const amounts: Record<string, number> = {};
  for (const [name, text] of Object.entries(list ?? {})) {
    const amount = parseAmount(name, text);
    if (isQuantityError(amount)) throw new Error(`"${text}" is not a quantity of ${name}`);
    amounts[name] = amount;
  }
  return amounts;
}

function readInstanceType(source: CaseInstanceType, version: KarpenterVersion): InstanceType {
  const offerings = (source.offerings ?? []).map((offering): Offering => ({
    ...offering,
    capacityType: offering.capacityType as Offering['capacityType'],
  }));
  const requirements: NodeSelectorRequirement[] = (source.requirements ?? []).map((requirement) => ({
    ...requirement,
    operator: requirement.operator as NodeSelectorOperator,
    values: requirement.values ?? [],
  }));
  const available = offerings.filter((offering) => offering.available);
  const derived: Record<string, readonly string[]> = {
    [INSTANCE_TYPE_LABEL]: [source.name],
    [ZONE_LABEL]: available.map(({ zone }) => zone),
    [CAPACITY_TYPE_LABEL]: available.map(({ capacityType }) => capacityType),
  };
  const reservations = available.flatMap(({ reservationId }) => (reservationId === undefined ? [] : [reservationId]));
  if (version === 'v1.14.1' && reservations.length > 0) derived[RESERVATION_ID_LABEL] = reservations;
  for (const [key, values] of Object.entries(derived)) {
    if (requirements.every((requirement) => requirement.key !== key)) {
      requirements.push({ key, operator: 'In', values: [...new Set(values)] });
    }
  }
  return {
    name: source.name,
    capacity: readAmounts(source.capacity),
    overhead: readAmounts(source.overhead),
    requirements,
    offerings,
  };
}
