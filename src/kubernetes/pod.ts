import type { ObjectMeta } from './object-meta.js';
import type { ResourceList } from './resource-list.js';
import type { LabelSelector, NodeSelectorTerm } from './selectors.js';
import type { Toleration } from './taints.js';

/** A port of a container; only host ports matter for placement. `hostPort` 0 means none, `hostIP` '' means unset. */
export interface ContainerPort {
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostIP: string;
  readonly protocol: string;
}

/** The readiness probe's timing, seconds (Kubernetes defaults applied). */
export interface ReadinessProbe {
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
}

/** A container with its requests and limits; `requests` already has limits copied into missing entries. */
export interface Container {
  readonly name: string;
  readonly image?: string | undefined;
  readonly requests: ResourceList;
  readonly limits: ResourceList;
  readonly ports: readonly ContainerPort[];
  /** `Always` on an init container makes it a sidecar. */
  readonly restartPolicy?: 'Always' | undefined;
  readonly readinessProbe?: ReadinessProbe | undefined;
}

/** A preferred node-affinity term with its weight, 1–100. */
export interface PreferredSchedulingTerm {
  readonly weight: number;
  readonly preference: NodeSelectorTerm;
}

/** `spec.affinity.nodeAffinity`. `required` undefined: no requirement; its terms are OR-ed. */
export interface NodeAffinity {
  readonly required?: readonly NodeSelectorTerm[] | undefined;
  readonly preferred: readonly PreferredSchedulingTerm[];
}

/** A pod (anti-)affinity term. */
export interface PodAffinityTerm {
  readonly topologyKey: string;
  readonly labelSelector?: LabelSelector | undefined;
  readonly namespaces: readonly string[];
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly matchLabelKeys: readonly string[];
  readonly mismatchLabelKeys: readonly string[];
}

/** A preferred pod (anti-)affinity term with its weight, 1–100. */
export interface WeightedPodAffinityTerm {
  readonly weight: number;
  readonly term: PodAffinityTerm;
}

/** `spec.affinity.podAffinity` or `podAntiAffinity`. */
export interface PodAffinity {
  readonly required: readonly PodAffinityTerm[];
  readonly preferred: readonly WeightedPodAffinityTerm[];
}

/** `spec.affinity`. */
export interface Affinity {
  readonly nodeAffinity?: NodeAffinity | undefined;
  readonly podAffinity?: PodAffinity | undefined;
  readonly podAntiAffinity?: PodAffinity | undefined;
}

/** A topology spread constraint; policies undefined mean the Kubernetes default (affinity Honor, taints Ignore). */
export interface TopologySpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
  readonly labelSelector?: LabelSelector | undefined;
  readonly minDomains?: number | undefined;
  readonly nodeAffinityPolicy?: 'Honor' | 'Ignore' | undefined;
  readonly nodeTaintsPolicy?: 'Honor' | 'Ignore' | undefined;
  readonly matchLabelKeys: readonly string[];
}

/** A volume that needs a claim; other kinds of volume impose nothing and are not kept. */
export type PodVolume =
  | { readonly name: string; readonly kind: 'persistentVolumeClaim'; readonly claimName: string }
  | { readonly name: string; readonly kind: 'ephemeral'; readonly storageClassName?: string | undefined };

/** The pod spec as far as the simulator models it. */
export interface PodSpec {
  readonly nodeName?: string | undefined;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  /** Pod-level requests (`spec.resources.requests`). */
  readonly resources?: ResourceList | undefined;
  readonly overhead?: ResourceList | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly affinity?: Affinity | undefined;
  readonly tolerations: readonly Toleration[];
  readonly topologySpreadConstraints: readonly TopologySpreadConstraint[];
  readonly volumes: readonly PodVolume[];
  readonly priority?: number | undefined;
  readonly priorityClassName?: string | undefined;
  readonly preemptionPolicy?: 'Never' | 'PreemptLowerPriority' | undefined;
  readonly terminationGracePeriodSeconds?: number | undefined;
  readonly schedulingGates: readonly string[];
  readonly hostNetwork: boolean;
  /** Undefined: `Always`. */
  readonly restartPolicy?: 'OnFailure' | 'Never' | undefined;
  /** Who binds the pod, when it is not the default scheduler; the simulator has no other. */
  readonly schedulerName?: string | undefined;
  /** Number of dynamic resource claims; Karpenter refuses such pods by default. */
  readonly resourceClaims: number;
}

/** A pod's spec with some of its fields changed. Spelled out, so that all of them share one hidden class (kernel/copies.ts). */
export function changedSpec(spec: PodSpec, change: Partial<PodSpec>): PodSpec {
  const copy: Required<PodSpec> = {
    nodeName: spec.nodeName,
    containers: spec.containers,
    initContainers: spec.initContainers,
    resources: spec.resources,
    overhead: spec.overhead,
    nodeSelector: spec.nodeSelector,
    affinity: spec.affinity,
    tolerations: spec.tolerations,
    topologySpreadConstraints: spec.topologySpreadConstraints,
    volumes: spec.volumes,
    priority: spec.priority,
    priorityClassName: spec.priorityClassName,
    preemptionPolicy: spec.preemptionPolicy,
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds,
    schedulingGates: spec.schedulingGates,
    hostNetwork: spec.hostNetwork,
    restartPolicy: spec.restartPolicy,
    schedulerName: spec.schedulerName,
    resourceClaims: spec.resourceClaims,
  };
  return Object.assign(copy, change);
}

/** Phase of a pod. */
export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

/** A pod or node condition. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly lastTransitionTimeMs: number;
}

/** Observed resources of a container, for pods that are being resized. */
export interface ContainerStatus {
  readonly name: string;
  readonly requests?: ResourceList | undefined;
  readonly allocatedResources?: ResourceList | undefined;
  readonly restartCount: number;
}

/** Status of a pod. */
export interface PodStatus {
  readonly phase: PodPhase;
  readonly conditions: readonly Condition[];
  readonly nominatedNodeName?: string | undefined;
  readonly startTimeMs?: number | undefined;
  readonly containerStatuses: readonly ContainerStatus[];
}

/** A pod. API objects are immutable: a change makes a new object, so a snapshot is a list of references. */
export interface Pod {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly status: PodStatus;
}

/**
 * The pod with some of its status changed. Field by field, since pods are copied more often than anything else, and in the order
 * in which they are made: all pods then share a hidden class, see kernel/copies.ts.
 */
export function withStatus({ metadata, spec, status }: Pod, change: Partial<PodStatus>): Pod {
  const { phase, conditions, startTimeMs, containerStatuses } = change;
  const nominatedNodeName = 'nominatedNodeName' in change ? change.nominatedNodeName : status.nominatedNodeName;
  const changed = {
    phase: phase ?? status.phase,
    conditions: conditions ?? status.conditions,
    nominatedNodeName,
    startTimeMs: startTimeMs ?? status.startTimeMs,
    containerStatuses: containerStatuses ?? status.containerStatuses,
  } satisfies Required<PodStatus>;
  return { metadata, spec, status: changed };
}
