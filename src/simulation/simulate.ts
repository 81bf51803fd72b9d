import type { DisruptionContext } from '../karpenter/disruption/disruption-method.js';
import { solve } from '../karpenter/scheduling/solver.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import { Kernel } from '../kernel/kernel.js';
import { RandomStreams } from '../kernel/random-streams.js';
import { KubeletModel } from '../kubernetes/kubelet/kubelet-model.js';
import { SchedulerCache } from '../kubernetes/scheduler/scheduler-cache.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { BlockingExecutor } from './blocking-executor.js';
import { applyObjects, type ObjectTakers } from './cluster-objects.js';
import { ClusterState } from './cluster-state.js';
import { ClusterStore } from './cluster-store.js';
import { CommandExecution } from './command-execution.js';
import { DisruptionBudgetController } from './disruption-budget-controller.js';
import { DisruptionController } from './disruption-controller.js';
import { Ec2 } from './ec2.js';
import type { EventLog } from './event-log.js';
import { EvictionQueue } from './eviction-queue.js';
import { ExpirationController } from './expiration-controller.js';
import { InterruptionController } from './interruption-controller.js';
import { startManagedNodes } from './managed-node-groups.js';
import { NameGenerator } from './names.js';
import { NodeClaimConditionsController } from './node-claim-conditions-controller.js';
import { NodeClaimController } from './node-claim-controller.js';
import { PodLifecycle } from './pod-lifecycle.js';
import { Provisioner } from './provisioner.js';
import { QueueExecutor } from './queue-executor.js';
import { RunLog } from './run-log.js';
import { logLatencyNotes, logScenarioNotes } from './run-notes.js';
import { SchedulerController } from './scheduler-controller.js';
import { ScenarioScript } from './scenario-script.js';
import { TerminationController } from './termination-controller.js';
import { TrafficController } from './traffic-controller.js';
import { WorkloadController } from './workload-controller.js';
import type { World } from './world.js';

/** How to run. */
export interface SimulateOptions {
  /** Stands in the log's first event. */
  readonly simulatorVersion: string;
  /** @param fraction 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** A finished run. */
export interface Simulation {
  readonly log: EventLog;
}

/** Karpenter starts a moment after everything else, so that its polls do not fall on whole seconds (as in recorded runs). */
const KARPENTER_START_MS = 237;

/**
 * Runs a scenario from its start to its end. The same scenario, seed and version give the same log, byte for byte.
 * @throws KernelError when a controller fails, with the event that caused it
 * @throws DataFileError when a shipped data file cannot be read
 */
export function simulate(spec: ScenarioSpec, options: SimulateOptions): Simulation {
  const kernel = new Kernel();
  const streams = new RandomStreams(spec.seed);
  const log = new RunLog(() => kernel.now);
  const ec2 = new Ec2(spec, streams);
  const world: World = {
    kernel,
    streams,
    store: new ClusterStore(),
    log,
    names: new NameGenerator(streams),
    settings: spec.settings,
    region: spec.region,
    cloud: ec2,
    kubelet: new KubeletModel(streams, () => kernel.now),
    startTimeMs: spec.startTimeMs,
  };
  log.append('RunStarted', {
    scenario: spec.name,
    seed: spec.seed,
    karpenterVersion: spec.settings.version,
    simulatorVersion: options.simulatorVersion,
    startTimeMs: spec.startTimeMs,
    durationMs: spec.durationMs,
  });
  logScenarioNotes(log, spec, ec2.prices);
  const { startKarpenter } = wire(world, ec2, spec);
  kernel.at(KARPENTER_START_MS, 0, 'Karpenter starts', startKarpenter);
  kernel.run(spec.durationMs, {
    onProgress: (nowMs) => {
      options.onProgress?.(nowMs / spec.durationMs);
    },
  });
  logLatencyNotes(log, ec2.latencyBases());
  log.append('RunEnded', { reason: 'duration' });
  return { log: log.events };
}

/** Makes the controllers and connects them; objects of the scenario exist when it returns. */
function wire(world: World, ec2: Ec2, spec: ScenarioSpec): { readonly startKarpenter: () => void } {
  const { settings } = spec;
  const cache = new SchedulerCache();
  const pods = new PodLifecycle(world);
  const workloads = new WorkloadController(world, pods, cache);
  const budgets = new DisruptionBudgetController(world, (ownerUid) => workloads.scaleOf(ownerUid));
  workloads.onScale(() => {
    budgets.scaleChanged();
  });
  const state = new ClusterState(world, {
    objects: () => ({ ...spec.cluster, daemonSets: workloads.daemonSets }),
    podDisruptionBudgets: () => budgets.budgets(),
  });
  new SchedulerController(world, pods, cache);
  const nodeClaims = new NodeClaimController(world, state);
  new NodeClaimConditionsController(world, state);
  new ExpirationController(world, nodeClaims);
  const evictions = new EvictionQueue(world, budgets, pods);
  const termination = new TerminationController(world, state, nodeClaims, pods, evictions);
  const interruptions = new InterruptionController(world, nodeClaims, termination);
  const provisioner = new Provisioner(world, state, nodeClaims);
  const execution = new CommandExecution(world, state, nodeClaims, termination);
  const executor =
    settings.version === 'v0.32.0'
      ? new BlockingExecutor(world, execution)
      : new QueueExecutor(world, state, execution);
  const disruption = new DisruptionController(world, state, executor, disruptionContext(world, state));
  const traffic = new TrafficController(world, pods, workloads, spec.services);
  const takers: ObjectTakers = { world, ec2, state, cache, pods, workloads, traffic, budgets };
  startManagedNodes(world, ec2, spec.managedNodeGroups);
  applyObjects(spec.cluster, takers, false);
  new ScenarioScript(takers, nodeClaims, interruptions).schedule(spec.events);
  traffic.start();
  return {
    startKarpenter: () => {
      provisioner.start();
      disruption.start();
    },
  };
}

function disruptionContext(world: World, state: ClusterState): () => DisruptionContext {
  const { settings } = world;
  const scheduling = schedulingProfile(settings.version);
  const stream = world.streams.stream('karpenter/disruption');
  return () => ({
    snapshot: state.snapshot(),
    settings,
    scheduling,
    solve: (request) => solve(request, scheduling),
    random: () => stream.next(),
    explain: false,
  });
}
