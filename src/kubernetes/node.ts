import type { ObjectMeta } from './object-meta.js';
import type { Condition } from './pod.js';
import type { ResourceList } from './resource-list.js';
import type { Taint } from './taints.js';

/** A container image on a node, by all its names. */
export interface ContainerImage {
  readonly names: readonly string[];
  readonly sizeBytes: number;
}

/** A node. Immutable, as every API object here. */
export interface Node {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly providerID: string;
    readonly taints: readonly Taint[];
    readonly unschedulable: boolean;
  };
  readonly status: {
    readonly capacity: ResourceList;
    readonly allocatable: ResourceList;
    readonly conditions: readonly Condition[];
    /** Images present on the node; undefined when the run does not model them. */
    readonly images?: readonly ContainerImage[] | undefined;
  };
}
