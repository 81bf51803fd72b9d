import type { DisruptionContext } from '../karpenter/disruption/disruption-method.js';
import { NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import { solve } from '../karpenter/scheduling/solver.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import { BlockingExecutor } from './blocking-executor.js';
import { type ClusterCatalog, ClusterState } from './cluster-state.js';
import { CommandExecution } from './command-execution.js';
import { DisruptionController } from './disruption-controller.js';
import { EvictionQueue } from './eviction-queue.js';
import { ExpirationController } from './expiration-controller.js';
import { GarbageCollectionController } from './garbage-collection-controller.js';
import type { InstanceNotices } from './instance-notices.js';
import { NodeClaimConditionsController } from './node-claim-conditions-controller.js';
import { NodeClaimController } from './node-claim-controller.js';
import { NodeFailureController } from './node-failure-controller.js';
import type { NodeProvider } from './node-provider.js';
import { NodeRepairController } from './node-repair-controller.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import { Provisioner } from './provisioner.js';
import { QueueExecutor } from './queue-executor.js';
import { TerminationController } from './termination-controller.js';
import { PRIORITY, type World } from './world.js';

/** Karpenter starts a moment after everything else, so that its polls do not fall on whole seconds (as in recorded runs). */
const KARPENTER_START_MS = 237;

/** Karpenter's controllers that others in a run talk to. */
export interface Karpenter {
  readonly state: ClusterState;
  readonly nodeClaims: NodeClaimController;
  readonly termination: TerminationController;
  readonly failures: NodeFailureController;
  readonly disruption: DisruptionController;
}

/** Karpenter's nodes as scripted events reach them. */
export function karpenterNodes(world: World, nodeClaims: NodeClaimController, notices: InstanceNotices): NodeProvider {
  return {
    spotInstances: (filter) => notices.instances(filter, 'spot'),
    instances: (filter) => notices.instances(filter),
    warn: (name) => {
      notices.warn(name);
    },
    recommendRebalance: (name) => {
      notices.recommendRebalance(name);
    },
    announceMaintenance: (name) => {
      notices.announceMaintenance(name);
    },
    deleteNode: (name) => {
      for (const { metadata, status } of world.store.nodeClaims.values()) {
        if (metadata.deletionTimeMs !== undefined) continue;
        if (![metadata.name, status.nodeName, metadata.labels[NODEPOOL_LABEL]].includes(name)) continue;
        nodeClaims.delete(metadata.name, 'scenario');
        return status.nodeName ?? metadata.name;
      }
      return undefined;
    },
  };
}

/** Makes Karpenter's controllers, connects them, and lets them start when their time comes. */
export function installKarpenter(world: World, pods: PodLifecycle, catalog: ClusterCatalog): Karpenter {
  const state = new ClusterState(world, catalog);
  const nodeClaims = new NodeClaimController(world, state);
  new NodeClaimConditionsController(world, state);
  new ExpirationController(world, nodeClaims);
  const evictions = new EvictionQueue(world, catalog.podDisruptionBudgets, pods);
  const termination = new TerminationController(world, state, nodeClaims, pods, evictions);
  const collector = new GarbageCollectionController(world, state, nodeClaims, termination);
  const failures = new NodeFailureController(world, pods, collector);
  if (world.settings.version === 'v1.14.1' && world.settings.featureGates.nodeRepair) {
    new NodeRepairController(world, state, nodeClaims);
  }
  const execution = new CommandExecution(world, state, nodeClaims, termination);
  const executor =
    world.settings.version === 'v0.32.0'
      ? new BlockingExecutor(world, execution)
      : new QueueExecutor(world, state, execution);
  const provisioner = new Provisioner(world, state, nodeClaims);
  const disruption = new DisruptionController(
    world,
    state,
    executor,
    disruptionContext(world, state, 'karpenter/disruption'),
  );
  world.kernel.at(KARPENTER_START_MS, PRIORITY.scenario, 'Karpenter starts', () => {
    provisioner.start();
    disruption.start();
  });
  return { state, nodeClaims, termination, failures, disruption };
}

/** What disruption methods are asked with, at the time of the call. `streamName`: their luck. */
export function disruptionContext(world: World, state: ClusterState, streamName: string): () => DisruptionContext {
  const { settings } = world;
  const scheduling = schedulingProfile(settings.version);
  const stream = world.streams.stream(streamName);
  return () => ({
    snapshot: state.snapshot(),
    settings,
    scheduling,
    solve: (request) => solve(request, scheduling),
    random: () => stream.next(),
    explain: false,
  });
}
