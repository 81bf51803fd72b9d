import { ObjectCache } from '../../kernel/object-cache.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { ClusterSnapshot, StateNode } from '../cluster-snapshot.js';
import { findCondition } from '../lifecycle/conditions.js';
import type { NodePool } from '../nodepool.js';
import { isProvisionable } from '../pod-predicates.js';
import { movingPods, pendingPods, podsOfDeletingNodes } from '../scheduling/pod-intake.js';
import { schedulingErrorMessage } from '../scheduling/scheduling-error-message.js';
import type { PlannedNodeClaim, SchedulingError, SchedulingRequest } from '../scheduling/scheduling-result.js';
import type { Candidate } from './candidate.js';
import type { DisruptionContext } from './disruption-method.js';
import type { FindingDetail } from './finding.js';

/** A pod that would find no place, and why. */
interface UnscheduledPod {
  readonly pod: Pod;
  readonly error: SchedulingError;
}

/** Where the pods would go if the candidates were gone (disruption.md §5.1). */
export interface Simulation {
  readonly newNodeClaims: readonly PlannedNodeClaim[];
  /** Existing nodes that would receive pods. */
  readonly destinations: readonly StateNode[];
  /** Pods that would be left over, pending ones aside: any of them forbids the disruption. */
  readonly unscheduled: readonly UnscheduledPod[];
}

/** What differs between the versions in trusting the nodes that pods would move to. */
interface SimulationPolicy {
  /** A node must be Ready besides being initialized. */
  readonly needsReadyNodes: boolean;
  /** Pods of nodes that go away anyway may count on a node that is not initialized yet. */
  readonly trustsStartingNodes: boolean;
}

/** How v1.14.1 simulates (disruption.md §5.1). */
export const SIMULATION_V1: SimulationPolicy = { needsReadyNodes: false, trustsStartingNodes: true };

/** How v0.32.0 simulates. */
export const SIMULATION_V0: SimulationPolicy = { needsReadyNodes: true, trustsStartingNodes: false };

/** The part of a simulation that does not depend on who the candidates are. */
interface Surroundings {
  readonly snapshot: ClusterSnapshot;
  readonly activeNodes: readonly StateNode[];
  readonly pendingPods: readonly Pod[];
  readonly deletingPods: readonly Pod[];
}

/** Of the last snapshot with these nodes. */
const surroundings = new ObjectCache<readonly StateNode[], Surroundings>();

function surroundingsOf({ snapshot, scheduling }: DisruptionContext): Surroundings {
  let known = surroundings.get(snapshot.stateNodes);
  if (known?.snapshot !== snapshot) {
    known = {
      snapshot,
      activeNodes: scheduling.stateNodes.active(snapshot.stateNodes),
      pendingPods: pendingPods(snapshot, scheduling).pods,
      deletingPods: podsOfDeletingNodes(snapshot, scheduling),
    };
    surroundings.set(snapshot.stateNodes, known);
  }
  return known;
}

function isDynamic({ replicas, metadata }: NodePool): boolean {
  return replicas === undefined && metadata.deletionTimeMs === undefined;
}

/** Without a NodePool to launch from Karpenter cannot even ask: building its scheduler fails. */
export function hasDynamicNodePool({ nodePools }: ClusterSnapshot): boolean {
  return nodePools.some(isDynamic);
}

function isReliable(stateNode: StateNode, { scheduling }: DisruptionContext, policy: SimulationPolicy): boolean {
  if (!scheduling.stateNodes.view(stateNode).initialized) return false;
  return !policy.needsReadyNodes || findCondition(stateNode.node?.status.conditions ?? [], 'Ready')?.status === 'True';
}

function uninitializedNode({ node, nodeClaim }: StateNode): SchedulingError {
  return {
    code: 'uninitialized-node',
    detail: { nodeClaim: nodeClaim?.metadata.name ?? '', node: node?.metadata.name ?? '' },
    causes: [],
  };
}

/** Pods named in a finding; the rest are only counted. */
const NAMED_PODS = 5;

/** Pods that a disruption would leave without a place, each with its error, and the codes of these errors. */
export function unscheduledDetail({ unscheduled }: Simulation): FindingDetail {
  const named = unscheduled.slice(0, NAMED_PODS);
  return {
    count: unscheduled.length,
    pods: named.map(
      ({ pod, error }) => `${pod.metadata.namespace}/${pod.metadata.name} => ${schedulingErrorMessage(error)}`,
    ),
    codes: [...new Set(named.map(({ error }) => error.code))],
  };
}

/**
 * Asks the solver for a world without the candidates. Their capacity is not counted against NodePool limits.
 *
 * @param wear candidates' pods as earlier simulations of the same round have left them, by UID; kept up to date. Pods of
 *   v0.32.0 give up their wishes once and for all, so a set of nodes that was tried after a larger one is easier to move.
 */
export function simulateWithout(
  context: DisruptionContext,
  policy: SimulationPolicy,
  purpose: Extract<SchedulingRequest['purpose'], 'consolidation' | 'drift'>,
  candidates: readonly Candidate[],
  wear?: Map<string, Pod>,
): Simulation {
  const { snapshot, settings, scheduling, random } = context;
  const { activeNodes, pendingPods, deletingPods } = surroundingsOf(context);
  const leaving = new Set<StateNode>();
  const pods = [...pendingPods];
  for (const { stateNode } of candidates) {
    leaving.add(stateNode);
    for (const pod of movingPods(stateNode, snapshot, scheduling)) pods.push(wear?.get(pod.metadata.uid) ?? pod);
  }
  for (const pod of deletingPods) pods.push(pod);
  const result = context.solve({
    snapshot,
    pods,
    destinations: activeNodes.filter((stateNode) => !leaving.has(stateNode)),
    purpose,
    settings,
    random,
  });
  for (const [uid, pod] of result.relaxedPods ?? []) wear?.set(uid, pod);
  const unscheduled: UnscheduledPod[] = [];
  const fails = (pod: Pod, error: SchedulingError): void => {
    if (!isProvisionable(pod)) unscheduled.push({ pod, error });
  };
  if (result.errors.size > 0) {
    for (const pod of pods) {
      const error = result.errors.get(pod.metadata.uid);
      if (error !== undefined) fails(pod, error);
    }
  }
  const isUprooted = (pod: Pod): boolean => policy.trustsStartingNodes && deletingPods.includes(pod);
  for (const { stateNode, pods: placed } of result.existingNodes) {
    if (isReliable(stateNode, context, policy)) continue;
    for (const pod of placed) if (!isUprooted(pod)) fails(pod, uninitializedNode(stateNode));
  }
  return {
    newNodeClaims: result.newNodeClaims,
    destinations: result.existingNodes.map(({ stateNode }) => stateNode),
    unscheduled,
  };
}
