import type { StateNode } from '../cluster-snapshot.js';
import { findCondition } from '../lifecycle/conditions.js';
import type { NodePool } from '../nodepool.js';
import type { StateNodeView } from '../state-node-view.js';
import type { DaemonOverhead } from './daemon-overhead.js';
import { compareExistingNodes, ExistingNode } from './existing-node.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import type { SchedulingRequest } from './scheduling-result.js';
import { storageIndex } from './storage-index.js';
import type { Topology } from './topology.js';
import { VolumeUsage } from './volume-usage.js';

/** The nodes that a pass may put pods on, in the order in which they are tried (EX-3, EX-4). */
export function existingNodes(
  views: readonly StateNodeView[],
  { snapshot, purpose }: SchedulingRequest,
  profile: SchedulingProfile,
  nodePools: readonly NodePool[],
  topology: Topology,
  daemons: DaemonOverhead,
): readonly ExistingNode[] {
  const storage = storageIndex(snapshot);
  const csiNodes = new Map(snapshot.csiNodes.map((csiNode) => [csiNode.metadata.name, csiNode]));
  const poolsByName = new Map(nodePools.map((nodePool) => [nodePool.metadata.name, nodePool]));
  const guards = purpose === 'consolidation' && profile.guardsSettlingNodes;
  const nodes = views.map((view) => {
    const usage = new VolumeUsage(csiNodes.get(view.stateNode.node?.metadata.name ?? ''));
    if (usage.hasLimits) {
      for (const pod of view.runningPods) usage.add(profile.podVolumes(pod, storage) ?? new Map());
    }
    const nodePool = poolsByName.get(view.nodePoolName ?? '');
    return new ExistingNode(
      view,
      daemons.expectedOn(view),
      usage.hasLimits ? usage : undefined,
      guards && isSettling(view.stateNode, nodePool, snapshot.nowMs),
      topology,
      profile.daemonsNeedListedResources,
    );
  });
  return nodes.sort(compareExistingNodes);
}

/** Whether consolidation has to leave the node alone for a while, and so must not fill it either (EX-5). */
function isSettling({ nodeClaim }: StateNode, nodePool: NodePool | undefined, nowMs: number): boolean {
  const consolidateAfter = nodePool?.disruption.consolidateAfter;
  if (nodeClaim === undefined || typeof consolidateAfter !== 'number' || consolidateAfter === 0) return false;
  const initialized = findCondition(nodeClaim.status.conditions, 'Initialized');
  if (initialized?.status !== 'True') return false;
  const since = nodeClaim.status.lastPodEventTimeMs ?? initialized.lastTransitionTimeMs;
  return nowMs - since < consolidateAfter;
}
