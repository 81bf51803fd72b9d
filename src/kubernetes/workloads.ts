import type { ObjectMeta } from './object-meta.js';
import type { PodSpec } from './pod.js';
import type { LabelSelector } from './selectors.js';

/** `spec.template` of a workload. */
export interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** An integer or a percentage such as `"25%"`. */
export type IntOrPercent = number | `${number}%`;

/** apps/v1 Deployment. */
export interface Deployment {
  readonly metadata: ObjectMeta;
  readonly replicas: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
  readonly strategy:
    | { readonly type: 'Recreate' }
    | { readonly type: 'RollingUpdate'; readonly maxSurge: IntOrPercent; readonly maxUnavailable: IntOrPercent };
  readonly minReadySeconds: number;
}

/** apps/v1 ReplicaSet. */
export interface ReplicaSet {
  readonly metadata: ObjectMeta;
  readonly replicas: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
  readonly minReadySeconds: number;
}

/** v1 Service, as far as pod spreading by default looks at it. `selector` undefined selects nothing. */
export interface Service {
  readonly metadata: ObjectMeta;
  readonly selector?: Readonly<Record<string, string>> | undefined;
}

/** apps/v1 StatefulSet. */
export interface StatefulSet {
  readonly metadata: ObjectMeta;
  readonly replicas: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
  readonly podManagementPolicy: 'OrderedReady' | 'Parallel';
  /** Ordinals below `partition` keep the old template. */
  readonly updateStrategy:
    { readonly type: 'OnDelete' } | { readonly type: 'RollingUpdate'; readonly partition: number };
  readonly minReadySeconds: number;
  readonly volumeClaimTemplates: readonly PersistentVolumeClaim[];
}

/** apps/v1 DaemonSet. */
export interface DaemonSet {
  readonly metadata: ObjectMeta;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
  readonly updateStrategy:
    { readonly type: 'OnDelete' } | { readonly type: 'RollingUpdate'; readonly maxUnavailable: IntOrPercent };
  readonly minReadySeconds: number;
}

/** policy/v1 PodDisruptionBudget. `selector` undefined selects nothing, an empty one the whole namespace. */
export interface PodDisruptionBudget {
  readonly metadata: ObjectMeta;
  readonly selector?: LabelSelector | undefined;
  readonly minAvailable?: IntOrPercent | undefined;
  readonly maxUnavailable?: IntOrPercent | undefined;
  readonly unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow' | undefined;
  readonly status: {
    readonly disruptionsAllowed: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
    readonly expectedPods: number;
    /** Pods whose eviction was granted and which are not gone yet: name to the time of the eviction, epoch ms. */
    readonly disruptedPods?: Readonly<Record<string, number>> | undefined;
    /** Why the last sync failed; no disruption is allowed then, and the other fields are those of the sync before. */
    readonly syncError?: string | undefined;
  };
}

/** v1 PersistentVolumeClaim. */
export interface PersistentVolumeClaim {
  readonly metadata: ObjectMeta;
  readonly storageClassName?: string | undefined;
  readonly volumeName?: string | undefined;
  readonly phase: 'Pending' | 'Bound' | 'Lost';
  readonly accessModes?: readonly string[] | undefined;
  /** `spec.resources.requests.storage`, bytes. */
  readonly storageBytes?: number | undefined;
}

/** v1 Namespace. */
export interface Namespace {
  readonly metadata: ObjectMeta;
}
