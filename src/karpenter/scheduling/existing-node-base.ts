import { ObjectCache } from '../../kernel/object-cache.js';
import { sortFew } from '../../kernel/sort-few.js';
import { subtractResources } from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { CSINode } from '../../kubernetes/storage.js';
import type { ClusterSnapshot, StateNode } from '../cluster-snapshot.js';
import { findCondition } from '../lifecycle/conditions.js';
import type { NodePool } from '../nodepool.js';
import { labelRequirements } from '../requirements/label-requirements.js';
import { HOSTNAME_LABEL } from '../requirements/labels.js';
import { Requirement } from '../requirements/requirement.js';
import type { Requirements } from '../requirements/requirements.js';
import type { StateNodeView } from '../state-node-view.js';
import type { DaemonOverhead } from './daemon-overhead.js';
import { hostPortsInUse, type HostPortUsage } from './host-ports.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import { storageIndex, type StorageIndex } from './storage-index.js';
import { VolumeUsage } from './volume-usage.js';

/** A tracked node as every pass finds it. Passes copy what they change. */
export interface ExistingNodeBase {
  readonly view: StateNodeView;
  readonly requirements: Requirements;
  /** What the node has left once the daemon pods that it still lacks have come (EX-3). */
  readonly remaining: ResourceList;
  readonly ports: HostPortUsage;
  /** Undefined when the node has no limits to look at. */
  readonly volumeUsage: VolumeUsage | undefined;
  /** Until then (epoch ms) consolidation has to leave the node alone, and so must not fill it either (EX-5). */
  readonly settledAtMs: number;
}

interface CachedBase {
  readonly daemons: DaemonOverhead;
  readonly nodePool: NodePool | undefined;
  readonly csiNode: CSINode | undefined;
  readonly storage: StorageIndex;
  readonly base: ExistingNodeBase;
}

const cache = new ObjectCache<StateNodeView, CachedBase>();

/** What pods that come and go leave as it is. */
interface NodeParts {
  readonly hostname: string;
  readonly taints: StateNodeView['taints'];
  readonly daemons: DaemonOverhead;
  readonly requirements: Requirements;
  readonly expectedDaemons: ResourceList;
}

const partsOfLabels = new ObjectCache<StateNodeView['labels'], NodeParts>();

function partsOf(view: StateNodeView, daemons: DaemonOverhead): NodeParts {
  const { hostname, labels, taints } = view;
  const known = partsOfLabels.get(labels);
  if (known?.hostname === hostname && known.taints === taints && known.daemons === daemons) return known;
  const requirements = known?.hostname === hostname ? known.requirements : requirementsOf(view);
  const parts = { hostname, taints, daemons, requirements, expectedDaemons: daemons.expectedOn(view) };
  partsOfLabels.set(labels, parts);
  return parts;
}

/** The tracked nodes in the order in which a pass tries them: initialized ones first, then by name (EX-4). */
export function existingNodeBases(
  snapshot: ClusterSnapshot,
  profile: SchedulingProfile,
  nodePools: readonly NodePool[],
  daemons: DaemonOverhead,
): readonly ExistingNodeBase[] {
  const storage = storageIndex(snapshot);
  const csiNodes = csiNodesByName(snapshot.csiNodes);
  const bases: ExistingNodeBase[] = [];
  for (const view of profile.stateNodes.views(snapshot.stateNodes)) {
    const { stateNode } = view;
    const nodePool = nodePools.find(({ metadata }) => metadata.name === view.nodePoolName);
    const csiNode = csiNodes?.get(stateNode.node?.metadata.name ?? '');
    const known = cache.get(view);
    if (
      known?.daemons === daemons &&
      known.nodePool === nodePool &&
      known.csiNode === csiNode &&
      known.storage === storage
    ) {
      bases.push(known.base);
      continue;
    }
    const { requirements, expectedDaemons } = partsOf(view, daemons);
    const base: ExistingNodeBase = {
      view,
      requirements,
      remaining: remainingResources(view, expectedDaemons, profile.daemonsNeedListedResources),
      ports: hostPortsInUse(view.runningPods),
      volumeUsage: volumeUsage(view, csiNode, profile, storage),
      settledAtMs: settledAtMs(stateNode, nodePool),
    };
    cache.set(view, { daemons, nodePool, csiNode, storage, base });
    bases.push(base);
  }
  return sortFew(bases, compareNodes);
}

function csiNodesByName(csiNodes: readonly CSINode[]): ReadonlyMap<string, CSINode> | undefined {
  return csiNodes.length === 0 ? undefined : new Map(csiNodes.map((csiNode) => [csiNode.metadata.name, csiNode]));
}

function compareNodes({ view: a }: ExistingNodeBase, { view: b }: ExistingNodeBase): number {
  if (a.initialized !== b.initialized) return a.initialized ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function remainingResources(
  { available, daemonRequests }: StateNodeView,
  expectedDaemons: ResourceList,
  daemonsNeedListedResources: boolean,
): ResourceList {
  const missing: Record<string, number> = {};
  for (const name in expectedDaemons) {
    missing[name] = Math.max(0, (expectedDaemons[name] ?? 0) - (daemonRequests[name] ?? 0));
  }
  const remaining = { ...subtractResources(available, missing) };
  if (daemonsNeedListedResources) {
    for (const name in missing) if (!(name in available)) remaining[name] = 0 - (missing[name] ?? 0);
  }
  return remaining;
}

function requirementsOf(view: StateNodeView): Requirements {
  return labelRequirements(view.labels).and([Requirement.ofLabel(HOSTNAME_LABEL, view.hostname)]);
}

function volumeUsage(
  view: StateNodeView,
  csiNode: CSINode | undefined,
  profile: SchedulingProfile,
  storage: StorageIndex,
): VolumeUsage | undefined {
  if (csiNode === undefined) return undefined;
  const usage = new VolumeUsage(csiNode);
  if (!usage.hasLimits) return undefined;
  for (const pod of view.runningPods) usage.add(profile.podVolumes(pod, storage) ?? new Map());
  return usage;
}

function settledAtMs({ nodeClaim }: StateNode, nodePool: NodePool | undefined): number {
  const consolidateAfter = nodePool?.disruption.consolidateAfter;
  if (nodeClaim === undefined || typeof consolidateAfter !== 'number' || consolidateAfter === 0) return -Infinity;
  const initialized = findCondition(nodeClaim.status.conditions, 'Initialized');
  if (initialized?.status !== 'True') return -Infinity;
  return (nodeClaim.status.lastPodEventTimeMs ?? initialized.lastTransitionTimeMs) + consolidateAfter;
}
