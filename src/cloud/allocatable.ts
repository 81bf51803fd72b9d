import { ObjectCache } from '../kernel/object-cache.js';
import { subtractResources } from '../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { InstanceType } from './instance-type.js';

const cache = new ObjectCache<InstanceType, ResourceList>();

/** What pods may request on a node of the type: capacity less overhead, for the resources it has (aws.md §4.4). */
export function allocatableOf(type: InstanceType): ResourceList {
  let allocatable = cache.get(type);
  if (allocatable === undefined) cache.set(type, (allocatable = subtractResources(type.capacity, type.overhead)));
  return allocatable;
}
