import type { InstanceExtras } from '../cloud/billing/instance-extras.js';
import type { InstanceType, Offering } from '../cloud/instance-type.js';
import type { PoolSelector } from '../cloud/launch/pool.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import type { NodePool } from '../karpenter/nodepool.js';
import type { Node } from '../kubernetes/node.js';
import type { Taint } from '../kubernetes/taints.js';
import type { Pod } from '../kubernetes/pod.js';

/** An instance the cloud has started. */
export interface LaunchedInstance {
  readonly providerID: string;
  readonly instanceType: InstanceType;
  readonly offering: Offering;
  /** What EC2 charges, dollars an hour, where it differs from the price that Karpenter goes by. */
  readonly pricePerHour?: number | undefined;
  readonly extras?: InstanceExtras | undefined;
  /** From the answer of the launch call to the Node object, ms; undefined: it never joins. */
  readonly registerAfterMs: number | undefined;
  /** From the Node object to Ready with its not-ready taint gone, ms; undefined: never. */
  readonly readyAfterMs: number | undefined;
  /** From Ready to a startup taint being gone, ms; undefined: nobody removes it. */
  readonly startupTaintAfterMs?: ((taint: Taint) => number | undefined) | undefined;
  /** From the answer of the launch call to a spot interruption warning, ms; undefined: never. */
  readonly interruptAfterMs?: number | undefined;
  /** From the answer of the launch call to a rebalance recommendation, ms; undefined: never. */
  readonly rebalanceAfterMs?: number | undefined;
}

/** Outcome of a launch call. */
export type LaunchOutcome =
  | { readonly launched: LaunchedInstance }
  /** Nothing that the request admits has capacity: Karpenter deletes the NodeClaim (CR-2). */
  | { readonly insufficientCapacity: string; readonly codes?: readonly string[] | undefined }
  /** The NodeClass is not ready: v1.14.1 deletes the NodeClaim (disruption.md §1.4). */
  | { readonly nodeClassNotReady: string; readonly codes?: readonly string[] | undefined }
  /** Another error: Karpenter keeps the NodeClaim and tries again. */
  | { readonly retry: string; readonly codes?: readonly string[] | undefined };

/**
 * EC2 and its provider as Karpenter sees them. The World is given one; it never makes one. Times are ms since the start of
 * the run.
 */
export interface Cloud {
  /** Types offered to a NodePool now, in provider order; the same array while nothing changed. */
  instanceTypes(nodePool: NodePool, nowMs: number): readonly InstanceType[];
  /** How long the launch call takes, ms. */
  launchCallMs(nodeClaim: NodeClaim, nodePool: NodePool, nowMs: number): number;
  /** Answer of the launch call. */
  launch(nodeClaim: NodeClaim, nodePool: NodePool, nowMs: number): LaunchOutcome;
  /** From the terminate call to the instance being gone, ms. */
  terminateMs(providerID: string): number;
  /** The provider's reason why an instance is not what its NodeClass asks for now; a cloud without one has none. */
  driftReason?(nodeClaim: NodeClaim): 'NodeClassDrift' | undefined;
  /** Told when a NodeClass was created or replaced. */
  onNodeClassApplied?(listener: () => void): void;
  /** A spot interruption warning came: the pool is hidden for a while. */
  interrupted(instanceType: string, zone: string, nowMs: number): void;
  /** Takes pools out of capacity for a while, unknown to the provider until a launch fails; undefined matches all. */
  exhaust(pools: PoolSelector, nowMs: number, untilMs: number): void;
}

/** What happens to a bound pod on its node. */
export interface Kubelet {
  /** From binding to started and to ready, ms. */
  startTimes(pod: Pod, node: Node): { readonly startedMs: number; readonly readyMs: number };
  /** The same for a container that starts again where it was. */
  restartTimes(pod: Pod, node: Node): { readonly startedMs: number; readonly readyMs: number };
  /** From the deletion request to the pod being gone, ms, given its grace period. */
  stopMs(pod: Pod, graceMs: number): number;
  /** The node is gone, and its images with it. */
  forgetNode(nodeName: string): void;
}

/** Names and ids that the API server and the cloud make up. */
export interface Names {
  /** A name that starts with the prefix; never the same twice. */
  generate(prefix: string): string;
  /** An object's uid; later ones need not sort after earlier ones. */
  uid(): string;
  /** Name of a new node; `nodeClaim` is undefined for one that Karpenter does not manage. */
  nodeName(region: string, nodeClaim?: string): string;
  /** Provider id of a new instance. */
  providerID(zone: string): string;
}
