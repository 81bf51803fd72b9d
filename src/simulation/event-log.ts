import type { MonthWeights } from '../workload/month-weights.js';
import type { InstanceExtras } from '../cloud/billing/instance-extras.js';
import type { ResourceList } from '../kubernetes/resource-list.js';

/** The cause of a deletion or an eviction, in Karpenter's and Kubernetes' words. */
export type DeletionCause =
  | 'disruption'
  | 'expiration'
  | 'interruption'
  | 'termination'
  | 'liveness'
  | 'insufficient-capacity'
  | 'nodeclass-not-ready'
  | 'garbage-collection'
  /** The cloud's node controller deleted the Node, whose instance was gone. */
  | 'node-failure'
  /** The pod's toleration of a NoExecute taint was over. */
  | 'taint-eviction'
  /** Node repair. */
  | 'unhealthy'
  | 'replicaset'
  | 'preemption'
  | 'eviction'
  | 'scale-down'
  | 'never-joined'
  | 'rebalance'
  | 'scenario';

/** Every event that can stand in a log, by type. Pods are named `namespace/name`, other objects by name. */
export interface EventPayloads {
  /** First event of every log. */
  readonly RunStarted: {
    readonly scenario: string;
    readonly seed: string;
    readonly karpenterVersion: string;
    readonly simulatorVersion: string;
    /** Epoch ms of the virtual clock's zero. */
    readonly startTimeMs: number;
    readonly durationMs: number;
    /** Dollars an hour for the cluster itself; absent where there is none. */
    readonly controlPlanePerHour?: number | undefined;
    /** What the nodes come from when it is not Karpenter, whose version then says nothing. */
    readonly baseline?: 'static' | 'cluster-autoscaler' | undefined;
    /** How many days of each kind a month has, and the dates of the prices; absent where the scenario does not say. */
    readonly month?:
      (MonthWeights & { readonly prices: readonly { readonly name: string; readonly asOf: string }[] }) | undefined;
  };
  /** Last event of every log. */
  readonly RunEnded: { readonly reason: 'duration' | 'interrupted' };
  /** Something the reader of the results must know (unsupported input, a fallback, an assumption). */
  readonly Note: { readonly code: string; readonly text: string };
  /** A scripted event of the scenario took effect. */
  readonly ScenarioEvent: { readonly text: string };

  readonly PodCreated: {
    readonly pod: string;
    /** Owning Deployment, StatefulSet or DaemonSet as `namespace/name`; empty for a bare pod. */
    readonly service: string;
    readonly daemonSet: boolean;
    readonly requests: ResourceList;
    /** It was there, and bound, before the run began. */
    readonly fromStart?: true | undefined;
  };
  /** kube-scheduler found no node: `PodScheduled=False, Unschedulable`. Logged the first time for each pod. */
  readonly PodUnschedulable: { readonly pod: string };
  readonly PodBound: { readonly pod: string; readonly node: string };
  readonly PodReady: { readonly pod: string; readonly node: string };
  /** Deletion begins; `node` is empty for a pod that was never bound. */
  readonly PodDeleting: { readonly pod: string; readonly node: string; readonly by: DeletionCause };
  /** The pod's containers have ended for good: it holds no room any more, and stays as an object until it is deleted. */
  readonly PodFinished: {
    readonly pod: string;
    readonly node: string;
    readonly phase: 'Succeeded' | 'Failed';
    /** In Kubernetes' words: `Completed`, `Error`, `OOMKilled`, `Evicted`. */
    readonly reason: string;
  };
  /** A container ended and the kubelet starts it again, after its back-off (`CrashLoopBackOff`). */
  readonly ContainerRestarted: {
    readonly pod: string;
    readonly node: string;
    readonly reason: string;
    /** This one included. */
    readonly restarts: number;
    readonly backoffMs: number;
  };
  readonly PodGone: { readonly pod: string; readonly node: string };
  /** An eviction was refused; logged once per pod and node. It is tried again, however the API server answers. */
  readonly EvictionBlocked: {
    readonly pod: string;
    readonly node: string;
    /** Names of the budgets in the way. */
    readonly podDisruptionBudget: string;
    /** 500: several budgets cover the pod, so that it can never be evicted. Absent: 429, too many requests. */
    readonly code?: 500 | undefined;
  };

  /** A NodePool was created or changed; its settings with defaults applied. */
  readonly NodePoolApplied: {
    readonly nodePool: string;
    readonly consolidationPolicy: string;
    /** Milliseconds; empty where a v1beta1 NodePool has none. */
    readonly consolidateAfter: number | 'Never' | '';
    readonly expireAfter: number | 'Never' | '';
    /** As written; `reasons` is empty for every reason. */
    readonly budgets: readonly {
      readonly nodes: string;
      readonly reasons: readonly string[];
      readonly schedule: string;
      /** Milliseconds; 0 without a schedule. */
      readonly durationMs: number;
    }[];
    readonly limits: ResourceList;
    readonly startupTaints: readonly string[];
    /** Nodes of a static NodePool; -1 for any other. */
    readonly replicas: number;
  };
  readonly BatchOpened: object;
  readonly BatchClosed: { readonly openedAtMs: number; readonly by: 'idle' | 'max' };
  /** A batch whose pass was skipped because cluster state was not synced (BAT-4). */
  readonly PassSkipped: { readonly unlaunched: readonly string[] };
  readonly SchedulingPass: {
    readonly pendingPods: number;
    readonly deletingPods: number;
    readonly newNodeClaims: number;
    readonly placedOnExisting: number;
    readonly failed: number;
    /** Open time of the batch that led to this pass, ms. */
    readonly batchOpenedAtMs: number;
  };
  /**
   * A pass decided where this pod goes: an existing node, or a NodeClaim. Logged when the machine is another than in the
   * pass before. Pods of nodes that go away are bound when this happens.
   */
  readonly PodNominated: { readonly pod: string; readonly target: string };
  /** Karpenter cannot place the pod. Logged when the reason changes. */
  readonly FailedScheduling: {
    readonly pod: string;
    readonly code: string;
    readonly message: string;
    /** NodePools whose limits were in the way. */
    readonly limited: readonly string[];
  };

  readonly NodeClaimCreated: {
    readonly nodeClaim: string;
    readonly nodePool: string;
    /** `start-state`: it was there before the run began, and so were the events of this instant that tell its stage. */
    readonly by: 'provisioner' | 'disruption' | 'start-state' | 'node-group';
    readonly requests: ResourceList;
    readonly instanceTypes: readonly string[];
    readonly pods: readonly string[];
  };
  /** On-demand usage is committed to for a term: a price on the run, which changes nothing else. */
  readonly CommitmentBought: {
    readonly plan: string;
    /** Dollars an hour; empty: what the least hour of the run uses. */
    readonly perHour: number | '';
    /** Share off the on-demand price by instance family, `*` for all others. */
    readonly savings: Readonly<Record<string, number>>;
  };
  /** A node group of the baseline, at the start of the run. */
  readonly NodeGroupDefined: {
    readonly nodeGroup: string;
    /** NodePool whose pods it serves; empty for none. */
    readonly nodePool: string;
    readonly instanceTypes: readonly string[];
    readonly capacityType: string;
    readonly zones: readonly string[];
    readonly taints: readonly string[];
    /** Equal where the group does not scale. */
    readonly minSize: number;
    readonly maxSize: number;
    /** For the priority expander; 0 for a group without. */
    readonly priority: number;
    /** Where its types and sizes come from. */
    readonly why: string;
  };
  /**
   * Cluster Autoscaler raises the desired capacity of groups (its own event for the pods). Instances of a node group stand in the log as
   * NodeClaims do, one each, from their request on.
   */
  readonly TriggeredScaleUp: {
    /** New nodes by group; more than one group where similar groups are balanced. */
    readonly increases: Readonly<Record<string, number>>;
    /** Pods that the new nodes are for. */
    readonly pods: readonly string[];
    /** Pods that were without a node then. */
    readonly pending: number;
    readonly expanders: readonly string[];
    /** `nodeGroup`, `nodes`, `pods`, `waste` of every group that could have grown. */
    readonly options: readonly {
      readonly nodeGroup: string;
      readonly nodes: number;
      readonly pods: number;
      readonly waste: number;
    }[];
    /** Why each other group could not: `backed-off`, `max-size`, `no-pod-fits`. */
    readonly refused: Readonly<Record<string, string>>;
  };
  /** Cluster Autoscaler has no group for the pod. Logged when the reasons change. */
  readonly NotTriggerScaleUp: { readonly pod: string; readonly reasons: Readonly<Record<string, string>> };
  /** Launches in the group failed; it is left alone until then (ms since the start of the run). */
  readonly NodeGroupBackedOff: { readonly nodeGroup: string; readonly failed: number; readonly untilMs: number };
  /** All pods of the node would fit elsewhere, and it is used little enough: it goes if that stays so. */
  readonly ScaleDownUnneeded: { readonly node: string; readonly utilisation: number };
  /** Why Cluster Autoscaler keeps the node. Logged when the reason changes. */
  readonly ScaleDownBlocked: {
    readonly node: string;
    readonly reason: string;
    readonly utilisation: number;
    /** Pod in the way; empty for none. */
    readonly pod: string;
  };
  /** Cluster Autoscaler begins to delete the node. */
  readonly ScaleDown: {
    readonly node: string;
    readonly nodeGroup: string;
    readonly utilisation: number;
    readonly unneededMs: number;
    /** Pods that have to move; none for an empty node. */
    readonly pods: readonly string[];
  };
  /** The drain came to nothing: the node stays, and no node goes for three minutes. */
  readonly ScaleDownFailed: { readonly node: string; readonly reason: string };
  /** The cloud returned an instance; billing starts. */
  readonly NodeClaimLaunched: {
    readonly nodeClaim: string;
    readonly nodePool: string;
    readonly instanceType: string;
    readonly zone: string;
    readonly capacityType: string;
    /** Dollars an hour. */
    readonly pricePerHour: number;
    readonly allocatable: ResourceList;
    /** What it costs beside that; absent where the cloud does not say. */
    readonly extras?: InstanceExtras | undefined;
  };
  /** EC2 charges another spot price for the hours of the instance that begin now. */
  readonly SpotPriceChanged: { readonly nodeClaim: string; readonly pricePerHour: number };
  readonly LaunchFailed: {
    readonly nodeClaim: string;
    readonly nodePool: string;
    readonly reason: string;
    /** Codes of EC2's errors, each once; absent where EC2 was not asked. */
    readonly codes?: readonly string[];
  };
  readonly NodeRegistered: { readonly node: string; readonly nodeClaim: string; readonly nodePool: string };
  /** The kubelet reports Ready and its not-ready taint is gone. */
  readonly NodeReady: { readonly node: string };
  /** The node is Ready but not initialized. Logged when what it waits for changes: `StartupTaintsExist` and the taint, say. */
  readonly NodeNotInitialized: {
    readonly node: string;
    readonly nodeClaim: string;
    /** Reason of the NodeClaim's Initialized condition. */
    readonly reason: string;
    /** Taint or resource it waits for. */
    readonly waitsFor: string;
  };
  readonly NodeInitialized: { readonly node: string; readonly nodeClaim: string };
  /** A node of a managed group, there from the start unless it replaces another: billed from now on, `nodePool` is the group's name. */
  readonly ManagedNodeJoined: {
    readonly node: string;
    readonly nodePool: string;
    readonly instanceType: string;
    readonly zone: string;
    readonly capacityType: string;
    readonly pricePerHour: number;
    readonly allocatable: ResourceList;
    readonly extras?: InstanceExtras | undefined;
    /** A node of the baseline's static fleet, which carries the application as Karpenter's nodes would. */
    readonly baseline?: true | undefined;
    /**
     * The node of the group whose instance was lost: this one was launched in its place and is billed from now on, and its Node
     * is there and Ready with NodeReady.
     */
    readonly replaces?: string | undefined;
  };
  /** A condition of a NodeClaim became true, or stopped being true. */
  readonly ConditionChanged: {
    readonly nodeClaim: string;
    readonly node: string;
    readonly condition: string;
    readonly status: boolean;
    readonly reason: string;
  };
  /** First pod event (bound, terminal, terminating) in 10 s on the node, as `status.lastPodEventTime` records it. */
  readonly PodEventRecorded: { readonly node: string };

  readonly DisruptionCommand: {
    readonly command: string;
    readonly method: string;
    readonly reason: string;
    readonly decision: 'delete' | 'replace';
    readonly nodes: readonly string[];
    readonly nodePools: readonly string[];
    readonly pods: readonly string[];
    readonly replacements: readonly string[];
    /** Projected, dollars an hour, as Karpenter computes it. */
    readonly savingsPerHour: number;
  };
  /** When the method first computed a command, before its validation delay. */
  readonly DisruptionProposed: {
    readonly command: string;
    readonly method: string;
    readonly decision: 'delete' | 'replace';
    readonly nodes: readonly string[];
  };
  readonly DisruptionAbandoned: { readonly command: string; readonly method: string; readonly reason: string };
  readonly DisruptionSucceeded: { readonly command: string };
  readonly DisruptionFailed: { readonly command: string; readonly reason: string };
  /**
   * Why a node stays. Logged when the reason changes, and again when the node has been Consolidatable anew since. Nodes that
   * are not initialized or on their way out are not named: other events tell that.
   */
  readonly DisruptionBlocked: {
    readonly node: string;
    /** Method that looked at the node in vain; empty for a reason that keeps every method away. */
    readonly method: string;
    /** A `FindingCode`. */
    readonly code: string;
    /** Karpenter's event on the Node, `DisruptionBlocked` or `Unconsolidatable`; empty where it publishes none. */
    readonly event: string;
    /** In the words of Karpenter's event, where it has one. */
    readonly message: string;
    /** Subject and numbers: dollars an hour, epoch ms, counts. */
    readonly detail: Readonly<Record<string, string | number | readonly string[]>>;
  };
  /**
   * Consolidation found nothing to do about so many candidates, and does not look again before the cluster changes, five
   * minutes at most (disruption.md §4.1).
   */
  readonly ConsolidationPaused: { readonly candidates: number };
  /**
   * What a method would do about the state that the run begins with. Karpenter does what its first method says, and looks
   * again.
   */
  readonly DisruptionOutlook: {
    readonly method: string;
    readonly reason: string;
    readonly decision: 'delete' | 'replace';
    readonly nodes: readonly string[];
    /** Pods that would move, without those of DaemonSets. */
    readonly pods: number;
    readonly replacements: readonly { readonly nodePool: string; readonly instanceTypes: readonly string[] }[];
    /** As Karpenter computes it, dollars an hour. */
    readonly savingsPerHour: number;
  };
  /** What kept every method away from the node has gone. */
  readonly DisruptionUnblocked: { readonly node: string };

  readonly SpotInterruption: {
    readonly node: string;
    readonly instanceType: string;
    readonly zone: string;
    /** Karpenter has no queue, or EventBridge no rule, for it: present where the warning is lost. */
    readonly unheard?: true;
  };
  /** AWS Health announces maintenance of an instance's host, heard or not. */
  readonly InstanceNotice: {
    readonly node: string;
    readonly instanceType: string;
    readonly zone: string;
    readonly kind: 'scheduled-change';
  };
  /** EC2 recommends to move away from a spot instance. Karpenter only publishes it. */
  readonly SpotRebalanceRecommendation: { readonly node: string; readonly instanceType: string; readonly zone: string };
  /** A node died without notice: its instance is gone, or runs on and is not heard of. Nobody knows yet. */
  readonly NodeFailed: {
    readonly node: string;
    readonly nodeClaim: string;
    readonly failure: 'instance-gone' | 'unreachable';
  };
  /** The node controller has missed its heartbeats: Ready is Unknown, its pods are not ready. */
  readonly NodeUnreachable: { readonly node: string };
  readonly NodeClaimDeleting: { readonly nodeClaim: string; readonly node: string; readonly by: DeletionCause };
  readonly NodeTainted: { readonly node: string };
  readonly NodeUntainted: { readonly node: string };
  readonly NodeDrained: { readonly node: string };
  /** TerminateInstances called, or reclaimed; billing stops. */
  readonly InstanceTerminating: { readonly nodeClaim: string; readonly node: string; readonly reclaimed: boolean };
  readonly NodeDeleted: { readonly node: string };
  readonly NodeClaimDeleted: { readonly nodeClaim: string };

  /** The kubelet reports MemoryPressure, or that it is over. */
  readonly MemoryPressure: { readonly node: string; readonly status: boolean };
  /** A starting or restarting pod of a service with a connection pool fills it. */
  readonly DatabaseConnectionsOpened: {
    readonly service: string;
    readonly pod: string;
    readonly connections: number;
  };

  /** A Job was created; `cronJob` is empty for one that is none's. Both as `namespace/name`. */
  readonly JobCreated: { readonly job: string; readonly cronJob: string };
  /** `reason` is empty for a complete one, and `BackoffLimitExceeded` or `DeadlineExceeded` for a failed one. */
  readonly JobFinished: {
    readonly job: string;
    readonly result: 'Complete' | 'Failed';
    readonly reason: string;
    readonly succeeded: number;
    readonly failed: number;
  };
  /** A run of a CronJob was due and did not begin: `JobAlreadyActive` or `MissSchedule`. */
  readonly CronJobSkipped: { readonly cronJob: string; readonly reason: string };

  readonly ReplicasChanged: {
    readonly service: string;
    readonly from: number;
    readonly to: number;
    readonly by: 'hpa' | 'scenario';
  };
  /** Demand of a service, once a simulated minute and at the end; the later fields are about the time since the one before. */
  readonly Demand: {
    readonly service: string;
    readonly requestsPerSecond: number;
    readonly readyPods: number;
    /** Requests that clients began. Fractions occur, requests are not drawn one by one. */
    readonly requests?: number | undefined;
    /** Of these, requests that failed for good. */
    readonly lost?: number | undefined;
    /** Requests in the queue then; absent where there are none. */
    readonly waiting?: number | undefined;
    /** Requests before the service had its first ready pod, not among `requests`; absent later. */
    readonly early?: number | undefined;
    /** Response times of the requests served; absent where there was none. */
    readonly latencySeconds?: { readonly p50: number; readonly p90: number; readonly p99: number } | undefined;
  };
  /** In place of Demand for a service whose requests are unknown: the CPU (milli) that its pods need together. */
  readonly CpuDemand: {
    readonly service: string;
    readonly cpuMilli: number;
    readonly readyPods: number;
  };
  /**
   * CPU (milli) and memory (bytes) in use by all pods of the nodes Karpenter manages, once a minute. Pods without a traffic
   * model count with their requests.
   */
  readonly UsageSampled: {
    readonly cpuMilli: number;
    readonly memoryBytes: number;
    /** CPU in use by node, of nodes whose CPU above a baseline is charged, those of managed groups included. */
    readonly burstableCpuMilli?: Readonly<Record<string, number>> | undefined;
  };
}

/** Type of an event. */
export type EventType = keyof EventPayloads;

/** One entry of the log: `timeMs` since the start of the run, `seq` from 0 without gaps. */
export type LogEvent = {
  [T in EventType]: { readonly seq: number; readonly timeMs: number; readonly type: T } & EventPayloads[T];
}[EventType];

/** A whole log, in order. */
export type EventLog = readonly LogEvent[];
