import { ObjectCache } from '../../kernel/object-cache.js';
import type { InstanceType, Offering } from '../../cloud/instance-type.js';
import { isEmptyResourceList, mergeResources, subtractResources } from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { CAPACITY_TYPE_LABEL, RESERVATION_ID_LABEL, ZONE_ID_LABEL, ZONE_LABEL } from '../requirements/labels.js';
import { Requirements } from '../requirements/requirements.js';

/** An offering of a type. */
export interface OfferingView {
  readonly offering: Offering;
}

/** Offerings of a type that come with the same allocatable resources (REQ-22). */
export interface AllocatableGroup {
  readonly allocatable: ResourceList;
  /** Available ones only, in provider order. */
  readonly offerings: readonly OfferingView[];
}

/** An instance type with everything derived from it alone, computed once per type object. */
export interface TypeView {
  readonly type: InstanceType;
  readonly requirements: Requirements;
  /** All offerings, available or not, in provider order. */
  readonly offerings: readonly OfferingView[];
  readonly available: readonly OfferingView[];
  /** Capacity minus overhead, nothing else taken off: what versions before v1.7 count with (D38). */
  readonly plainAllocatable: ResourceList;
  readonly allocatableGroups: readonly AllocatableGroup[];
}

const views = new ObjectCache<InstanceType, TypeView>();
const listViews = new ObjectCache<readonly InstanceType[], readonly TypeView[]>();

export function typeView(type: InstanceType): TypeView {
  let view = views.get(type);
  if (view === undefined) {
    view = readType(type);
    views.set(type, view);
  }
  return view;
}

/** Views of a provider's list; the same array for the same list. */
export function typeViews(types: readonly InstanceType[]): readonly TypeView[] {
  let list = listViews.get(types);
  if (list === undefined) {
    list = types.map(typeView);
    listViews.set(types, list);
  }
  return list;
}

/**
 * Whether the offering may serve a node with these requirements (REQ-23). It is loose compatibility, asked of the node's
 * map, with what an offering says about itself: one zone, one capacity type, perhaps a zone id, and a reservation id or
 * that there is none. All four labels are well-known, so only those that the node's map has can speak against it.
 */
export function offeringMatches({ offering }: OfferingView, requirements: Requirements): boolean {
  const { zone, capacityType, zoneId, reservationId } = offering;
  if (requirements.find(ZONE_LABEL)?.has(zone) === false) return false;
  if (requirements.find(CAPACITY_TYPE_LABEL)?.has(capacityType) === false) return false;
  const reservation = requirements.find(RESERVATION_ID_LABEL);
  if (reservation !== undefined) {
    const { operator } = reservation;
    const allowsNone = operator === 'NotIn' || operator === 'DoesNotExist';
    if (reservationId === undefined ? !allowsNone : !reservation.has(reservationId)) return false;
  }
  return zoneId === undefined || requirements.find(ZONE_ID_LABEL)?.has(zoneId) !== false;
}

function readType(type: InstanceType): TypeView {
  const offerings = type.offerings.map((offering) => ({ offering }));
  const available = offerings.filter(({ offering }) => offering.available);
  return {
    type,
    requirements: Requirements.fromExpressions(type.requirements, 'inclusive'),
    offerings,
    available,
    plainAllocatable: subtractResources(type.capacity, type.overhead),
    allocatableGroups: groupByOverride(type, available),
  };
}

/** Capacity minus overhead; huge pages come out of memory (REQ-21). */
function allocatableOf(capacity: ResourceList, overhead: ResourceList): ResourceList {
  const allocatable: Record<string, number> = { ...subtractResources(capacity, overhead) };
  for (const name in capacity) {
    if (!name.startsWith('hugepages-') || allocatable['memory'] === undefined) continue;
    allocatable['memory'] = Math.max(0, allocatable['memory'] - (capacity[name] ?? 0));
  }
  return allocatable;
}

/** Overrides add to the type's own amounts although they are documented to replace them (REQ-22). */
function groupByOverride(type: InstanceType, available: readonly OfferingView[]): readonly AllocatableGroup[] {
  const isPlain = ({ offering }: OfferingView): boolean =>
    isEmptyResourceList(offering.capacityOverride ?? {}) && isEmptyResourceList(offering.overheadOverride ?? {});
  const allocatable = allocatableOf(type.capacity, type.overhead);
  if (available.every(isPlain)) return [{ allocatable, offerings: available }];
  const groups = new Map<string, { allocatable: ResourceList; offerings: OfferingView[] }>();
  groups.set('', { allocatable, offerings: available.filter(isPlain) });
  for (const view of available) {
    if (isPlain(view)) continue;
    const { capacityOverride = {}, overheadOverride = {} } = view.offering;
    const identity = `${amountsText(capacityOverride)}/${amountsText(overheadOverride)}`;
    let group = groups.get(identity);
    if (group === undefined) {
      const capacity = mergeResources(type.capacity, capacityOverride);
      group = { allocatable: allocatableOf(capacity, mergeResources(type.overhead, overheadOverride)), offerings: [] };
      groups.set(identity, group);
    }
    group.offerings.push(view);
  }
  return [...groups.values()];
}

function amountsText(list: ResourceList): string {
  return Object.keys(list)
    .sort()
    .map((name) => `${name}=${list[name] ?? 0}`)
    .join(',');
}
