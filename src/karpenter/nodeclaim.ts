import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { Condition } from '../kubernetes/pod.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { NodeSelectorRequirement } from '../kubernetes/selectors.js';
import type { Taint } from '../kubernetes/taints.js';
import type { NeverOrMs } from './nodepool.js';

/** A NodeClaim. Immutable, as every API object here. */
export interface NodeClaim {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly requirements: readonly NodeSelectorRequirement[];
    /** Pods planned on it plus daemon overhead. */
    readonly requests: ResourceList;
    readonly taints: readonly Taint[];
    readonly startupTaints: readonly Taint[];
    readonly nodeClassRef: { readonly group: string; readonly kind: string; readonly name: string };
    readonly expireAfter: NeverOrMs;
    readonly terminationGracePeriodMs?: number | undefined;
  };
  readonly status: {
    /** Undefined until launched. */
    readonly providerID?: string | undefined;
    readonly nodeName?: string | undefined;
    readonly capacity: ResourceList;
    readonly allocatable: ResourceList;
    /** Launched, Registered, Initialized, Consolidatable, Drifted, Empty, Expired, …; absent types are not set. */
    readonly conditions: readonly Condition[];
    readonly lastPodEventTimeMs?: number | undefined;
  };
}
