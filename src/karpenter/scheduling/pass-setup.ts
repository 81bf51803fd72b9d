// What passes over one cluster share is kept between them: consolidation asks several questions about the same nodes, and
// every pass of the provisioner finds most of them as it left them. That halves the set-up of a pass.
import { ObjectCache } from '../../kernel/object-cache.js';
import type { InstanceType } from '../../cloud/instance-type.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { ClusterSnapshot, StateNode } from '../cluster-snapshot.js';
import type { NodePool } from '../nodepool.js';
import type { KarpenterSettings } from '../settings.js';
import { daemonOverhead, type DaemonOverhead } from './daemon-overhead.js';
import { daemonPods } from './daemon-pods.js';
import { existingNodeBases, type ExistingNodeBase } from './existing-node-base.js';
import { openableClaims } from './limits.js';
import type { NodeClaimTemplate } from './node-claim-template.js';
import { hasReservations } from './reservations.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import { nodeClaimTemplate } from './template.js';
import { topologyUniverse, type TopologyUniverse } from './topology-universe.js';

/** A NodePool with the instance types it can be given. */
interface PoolTypes {
  readonly nodePool: NodePool;
  readonly types: readonly InstanceType[];
}

/** The part of a pass that depends neither on its pods nor on which nodes take part. */
export interface PassSetup {
  readonly pools: readonly PoolTypes[];
  readonly templates: readonly NodeClaimTemplate[];
  readonly toleratesPreferNoSchedule: boolean;
  /** Some type of some NodePool is reserved: NodePools may share what is free of it. */
  readonly hasReservations: boolean;
  readonly universe: TopologyUniverse;
  readonly daemons: DaemonOverhead;
  /** Nodes marked for deletion. */
  readonly deletingNodeNames: ReadonlySet<string>;
  /** Every tracked node, in the order in which a pass tries them (EX-4). */
  readonly nodes: readonly ExistingNodeBase[];
  /** For each template the NodeClaims that limits leave room for whatever their types are, even if all nodes count. */
  readonly openable: readonly number[];
}

interface CachedSetup {
  readonly snapshot: ClusterSnapshot;
  readonly profile: SchedulingProfile;
  readonly minValuesPolicy: KarpenterSettings['minValuesPolicy'];
  readonly daemonPods: readonly Pod[];
  readonly setup: PassSetup;
}

/** By the list of nodes, which is another one as soon as anything about a node or its pods changes. */
const setups = new ObjectCache<readonly StateNode[], CachedSetup>();

/** The set-up of a pass that tries these NodePools in this order. */
export function passSetup(
  snapshot: ClusterSnapshot,
  nodePools: readonly NodePool[],
  profile: SchedulingProfile,
  { minValuesPolicy }: KarpenterSettings,
): PassSetup {
  const daemons = daemonPods(snapshot);
  const known = setups.get(snapshot.stateNodes);
  if (
    known?.profile === profile &&
    known.minValuesPolicy === minValuesPolicy &&
    known.daemonPods === daemons &&
    known.snapshot.csiNodes === snapshot.csiNodes &&
    known.snapshot.persistentVolumeClaims === snapshot.persistentVolumeClaims &&
    known.snapshot.persistentVolumes === snapshot.persistentVolumes &&
    known.snapshot.storageClasses === snapshot.storageClasses &&
    samePools(known.setup.pools, nodePools, snapshot)
  ) {
    return known.setup;
  }
  const setup = buildSetup(snapshot, nodePools, profile, minValuesPolicy, daemons);
  setups.set(snapshot.stateNodes, { snapshot, profile, minValuesPolicy, daemonPods: daemons, setup });
  return setup;
}

function samePools(pools: readonly PoolTypes[], nodePools: readonly NodePool[], snapshot: ClusterSnapshot): boolean {
  if (pools.length !== nodePools.length) return false;
  return pools.every(
    ({ nodePool, types }, index) =>
      nodePool === nodePools[index] && types === snapshot.instanceTypes(nodePool.metadata.name),
  );
}

function buildSetup(
  snapshot: ClusterSnapshot,
  nodePools: readonly NodePool[],
  profile: SchedulingProfile,
  minValuesPolicy: KarpenterSettings['minValuesPolicy'],
  daemons: readonly Pod[],
): PassSetup {
  const pools = nodePools.map((nodePool) => ({ nodePool, types: snapshot.instanceTypes(nodePool.metadata.name) }));
  const templates: NodeClaimTemplate[] = [];
  for (const { nodePool, types } of pools) {
    const template = nodeClaimTemplate(nodePool, types, profile, minValuesPolicy);
    if (template !== undefined) templates.push(template);
  }
  const overhead = daemonOverhead(profile.daemonOverhead, {
    templates,
    daemons,
    wellKnown: profile.wellKnownLabels,
    reading: profile.boundsReading,
    podRequests: profile.podRequests,
  });
  const views = profile.stateNodes.views(snapshot.stateNodes);
  const deletingNodeNames = new Set<string>();
  for (const view of views) if (view.markedForDeletion) deletingNodeNames.add(view.name);
  return {
    pools,
    templates,
    toleratesPreferNoSchedule: nodePools.some(({ template }) =>
      template.taints.some(({ effect }) => effect === 'PreferNoSchedule'),
    ),
    hasReservations: pools.some(({ types }) => hasReservations(types)),
    universe: topologyUniverse(pools, profile.boundsReading),
    daemons: overhead,
    deletingNodeNames,
    nodes: existingNodeBases(snapshot, profile, nodePools, overhead),
    openable: templates.map((template) => openableClaims(template, views)),
  };
}

/** A settling node takes only pods that wait, or that have to leave anyway (EX-5). */
export function mayDisturb({ spec, status }: Pod, { deletingNodeNames }: PassSetup): boolean {
  return status.phase === 'Pending' || deletingNodeNames.has(spec.nodeName ?? '');
}
