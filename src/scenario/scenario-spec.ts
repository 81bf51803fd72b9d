import type { MonthWeights } from '../workload/month-weights.js';
import type { Baseline } from '../baseline/baseline.js';
import type { NoticeKind } from '../cloud/interruption/interruption-event.js';
import type { ReclaimModel } from '../cloud/interruption/spot-reclaims.js';
import type { CapacityReservation } from '../cloud/launch/capacity-reservations.js';
import type { Fault } from '../cloud/launch/launch-faults.js';
import type { PoolSelector } from '../cloud/launch/pool.js';
import type { ShortageModel } from '../cloud/launch/random-shortages.js';
import type { SubnetSpec } from '../cloud/launch/subnet-pool.js';
import type { AmiFamily, EC2NodeClass } from '../cloud/node-class.js';
import type { FittedLatency } from '../cloud/launch/fitted-latency.js';
import type { Commitment } from '../cloud/prices/commitment.js';
import type { PriceSelection } from '../cloud/prices/price-book.js';
import type { NodePool } from '../karpenter/nodepool.js';
import type { KarpenterSettings, KarpenterVersion } from '../karpenter/settings.js';
import type { HorizontalPodAutoscaler } from '../kubernetes/horizontal-pod-autoscaler.js';
import type { CronJob, Job } from '../kubernetes/job.js';
import type { ImagePull } from '../kubernetes/kubelet/image-store.js';
import type { UnmodelledField } from '../kubernetes/manifest/problem.js';
import type { Pod } from '../kubernetes/pod.js';
import type { PersistentVolume, StorageClass } from '../kubernetes/storage.js';
import type { Taint } from '../kubernetes/taints.js';
import type {
  DaemonSet,
  Deployment,
  Namespace,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  StatefulSet,
} from '../kubernetes/workloads.js';
import type { JobWork } from '../workload/job-work.js';
import type { ServiceLoad } from '../workload/service-load.js';
import type { BaselineSettings } from './baseline-settings.js';
import type { StartState } from './start-state.js';

/** Everything the manifests of a scenario define. */
export interface ClusterObjects {
  readonly nodePools: readonly NodePool[];
  readonly nodeClasses: readonly EC2NodeClass[];
  readonly deployments: readonly Deployment[];
  readonly statefulSets: readonly StatefulSet[];
  readonly daemonSets: readonly DaemonSet[];
  readonly jobs: readonly Job[];
  readonly cronJobs: readonly CronJob[];
  readonly horizontalPodAutoscalers: readonly HorizontalPodAutoscaler[];
  readonly podDisruptionBudgets: readonly PodDisruptionBudget[];
  readonly pods: readonly Pod[];
  readonly persistentVolumeClaims: readonly PersistentVolumeClaim[];
  readonly persistentVolumes: readonly PersistentVolume[];
  readonly storageClasses: readonly StorageClass[];
  readonly namespaces: readonly Namespace[];
}

/** A managed node group that is there from the start and never scales: carries Karpenter itself and CoreDNS. */
export interface ManagedNodeGroup {
  readonly name: string;
  readonly instanceType: string;
  readonly count: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** Which running instances an event is about; an undefined field matches all. */
export interface InstanceSelector {
  readonly instanceType?: string | undefined;
  readonly zone?: string | undefined;
  /** At most so many, in order of launch. */
  readonly count?: number | undefined;
}

/** A scripted event; `atMs` since the start of the run. */
export type ScenarioEvent = { readonly atMs: number } & (
  | { readonly action: 'apply'; readonly file: string; readonly objects: ClusterObjects }
  | { readonly action: 'scale'; readonly deployment: string; readonly replicas: number }
  | { readonly action: 'deleteNode'; readonly node: string }
  /** A node dies without notice. */
  | { readonly action: 'failNode'; readonly node: string; readonly failure: 'instance-gone' | 'unreachable' }
  /** Every instance of a zone ends without notice. */
  | { readonly action: 'failZone'; readonly zone: string }
  /** Spot interruption warning, or rebalance recommendation, for matching spot instances. */
  | ({ readonly action: 'interrupt' | 'rebalance' } & InstanceSelector)
  /** Announced maintenance of the hosts of matching instances of any kind. */
  | ({ readonly action: 'maintenance' } & InstanceSelector)
  /** No capacity in the matching pools for a time; the provider learns it by a failed launch. */
  | ({ readonly action: 'exhaust'; readonly durationMs: number } & PoolSelector)
  /** Launches fail for a time for a reason that is none of capacity. */
  | {
      readonly action: 'failLaunches';
      readonly fault: Fault;
      readonly nodeClass?: string | undefined;
      readonly zone?: string | undefined;
      readonly durationMs: number;
    }
);

/** The same run with other settings, as the scenario declares it. */
export interface VariantDeclaration {
  readonly name: string;
  /** Undefined: that of the run. */
  readonly karpenterVersion?: KarpenterVersion | undefined;
  /** `path=value`, as `--set` takes it. */
  readonly set: readonly string[];
}

/** Parts of a node's and a pod's start that the observed launch times do not have. */
export interface NodeStart {
  /** Added to the boot by AMI family, ms. */
  readonly amiBootMs: Readonly<Partial<Record<AmiFamily, number>>>;
  /** From Ready to the removal of the startup taints of that key, ms; one that is missing stays. */
  readonly startupTaintMs: Readonly<Record<string, number>>;
  readonly imagePull: ImagePull;
}

/** A scripted `kubectl apply`. */
export type AppliedChange = Extract<ScenarioEvent, { readonly action: 'apply' }>;

/** A resolved scenario: immutable, all defaults applied, all manifests read. The only input of a simulation. */
export interface ScenarioSpec {
  readonly name: string;
  readonly description: string;
  /** `traffic-spike`: prints the guide's six steps; `underutilization`: its five steps; `none`: the summary only. */
  readonly story: 'traffic-spike' | 'underutilization' | 'none';
  readonly settings: KarpenterSettings;
  /** v1's VM_MEMORY_OVERHEAD_PERCENT, 0.075 by default. */
  readonly vmMemoryOverheadPercent: number;
  readonly region: string;
  readonly zones: readonly string[];
  readonly startTimeMs: number;
  readonly durationMs: number;
  readonly seed: string;
  readonly cluster: ClusterObjects;
  readonly managedNodeGroups: readonly ManagedNodeGroup[];
  /** What runs already when the run begins; undefined: a cluster without a pod. */
  readonly startState?: StartState | undefined;
  readonly services: readonly ServiceLoad[];
  /** Work of every Job and CronJob of the manifests, applied ones included. */
  readonly jobs: readonly JobWork[];
  readonly events: readonly ScenarioEvent[];
  /** A window of special interest (the spike), ms since start; undefined when there is none. */
  readonly window?: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** How Karpenter hears of interruptions. */
  readonly interruption: {
    /** INTERRUPTION_QUEUE; empty: it does not. */
    readonly queue: string;
    /** Kinds of notices that EventBridge rules send there. */
    readonly events: readonly NoticeKind[];
  };
  readonly spot: {
    /** Factor on the interruption hazard of the advisor's buckets; 0 switches interruptions off. */
    readonly interruptionMultiplier: number;
    readonly reclaims: Omit<ReclaimModel, 'multiplier'>;
    /** How far below the deepest pool a spot pool may lie and still be chosen for its price: 0 depth alone, 1 price alone. */
    readonly depthTolerance: number;
  };
  /** Empty: every zone has one that every NodeClass selects and that is never full. */
  readonly subnets: readonly SubnetSpec[];
  readonly capacityReservations: readonly CapacityReservation[];
  /** Shortages that come by chance. */
  readonly shortages: ShortageModel;
  /** Which prices the run uses. */
  readonly prices: PriceSelection;
  /** Launch latency of the user's own; undefined: the shipped rows. */
  readonly latency?: FittedLatency | undefined;
  /** On-demand usage that is committed to for a term; undefined: everything at list price. */
  readonly commitment?: Commitment | undefined;
  /** How often days like the simulated ones come in a month; undefined: no month is projected. */
  readonly month?: MonthWeights | undefined;
  /** What the nodes come from instead of Karpenter, see with-baseline.ts; undefined: Karpenter. */
  readonly baseline?: Baseline | undefined;
  /** What the scenario says about its baselines. */
  readonly baselineSettings?: BaselineSettings | undefined;
  readonly nodeStart: NodeStart;
  /** Remarks of the scenario's author, printed with the results. */
  readonly notes: readonly string[];
  /** Not part of this run; see load-variants.ts. */
  readonly variants: readonly VariantDeclaration[];
  readonly unmodelled: readonly UnmodelledField[];
}
