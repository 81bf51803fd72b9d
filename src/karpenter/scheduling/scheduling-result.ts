import type { InstanceType } from '../../cloud/instance-type.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { NodeSelectorRequirement } from '../../kubernetes/selectors.js';
import type { Taint } from '../../kubernetes/taints.js';
import type { ClusterSnapshot, StateNode } from '../cluster-snapshot.js';
import type { NeverOrMs } from '../nodepool.js';
import type { Requirements } from '../requirements/requirements.js';
import type { KarpenterSettings } from '../settings.js';

/** One question to the solver: where do these pods go? (POD-12) */
export interface SchedulingRequest {
  readonly snapshot: ClusterSnapshot;
  /** Pods to place, in input order (pending pods, then pods of deleting nodes or candidates). */
  readonly pods: readonly Pod[];
  /** Those of the snapshot's nodes that take part; the caller leaves out nodes marked for deletion and candidates. */
  readonly destinations: readonly StateNode[];
  /** Only consolidation leaves nodes of any usable NodePool alone that are under consolidateAfter (EX-5). */
  readonly purpose: 'provisioning' | 'consolidation' | 'drift';
  readonly settings: KarpenterSettings;
  /** Uniform draw in [0, 1) for the choices the reference leaves to map order (scheduling.md §13). */
  readonly random: () => number;
}

/** A NodeClaim the solver decided to open, finalised (scheduling.md §8). */
export interface PlannedNodeClaim {
  readonly nodePoolName: string;
  readonly pods: readonly Pod[];
  /** Kept instance types, cheapest compatible available price first. */
  readonly instanceTypes: readonly InstanceType[];
  /** Requirements of the created object, sorted by key; instance-type included. */
  readonly requirements: readonly NodeSelectorRequirement[];
  /**
   * The claim as it was packed: after FIN-3, before FIN-4 cut its list and narrowed its requirements. Consolidation reads
   * this (does it admit spot?) and narrows it further before the object is made. The solver always sets it.
   */
  readonly packed?:
    | {
        readonly requirements: Requirements;
        /** All kept types, in packing order. */
        readonly instanceTypes: readonly InstanceType[];
      }
    | undefined;
  readonly requests: ResourceList;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly startupTaints: readonly Taint[];
  readonly nodeClassRef: { readonly group: string; readonly kind: string; readonly name: string };
  readonly expireAfter: NeverOrMs;
  readonly terminationGracePeriodMs?: number | undefined;
}

/** Why a pod cannot be placed: a stable code, the subject, the numbers. Prose is written at the edge. */
export interface SchedulingError {
  readonly code: string;
  /** NodePool the error is about, where there is one. */
  readonly nodePoolName?: string | undefined;
  readonly detail: Readonly<Record<string, string | number | readonly string[]>>;
  /** Errors of the single NodePools, in template order, for a combined error. */
  readonly causes: readonly SchedulingError[];
}

/** Why an existing node does not take a pod. */
export interface NodeRefusal {
  readonly nodeName: string;
  readonly error: SchedulingError;
}

/** Decision of one pass (RES-1). */
export interface SchedulingResult {
  readonly newNodeClaims: readonly PlannedNodeClaim[];
  /** Existing nodes that received pods in this pass. */
  readonly existingNodes: readonly { readonly stateNode: StateNode; readonly pods: readonly Pod[] }[];
  /** By pod UID; only pods still failing. */
  readonly errors: ReadonlyMap<string, SchedulingError>;
  /**
   * v0.32.0: pods that gave up wishes, as they are left, by UID. It gives them up on the very object it was handed, so a
   * caller that asks again with the same objects asks without those wishes.
   */
  readonly relaxedPods?: ReadonlyMap<string, Pod> | undefined;
  /** Why the existing nodes, as the pass leaves them, do not take a pod of the pass, by its UID. Worked out when asked. */
  readonly nodeRefusals?: ((podUid: string) => readonly NodeRefusal[]) | undefined;
}
