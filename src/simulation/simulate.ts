import { Kernel } from '../kernel/kernel.js';
import { RandomStreams } from '../kernel/random-streams.js';
import { KubeletModel } from '../kubernetes/kubelet/kubelet-model.js';
import { SchedulerCache } from '../kubernetes/scheduler/scheduler-cache.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { AutoscalerController } from './autoscaler-controller.js';
import { applyObjects, type ObjectTakers } from './cluster-objects.js';
import { ClusterStore } from './cluster-store.js';
import { DisruptionBudgetController } from './disruption-budget-controller.js';
import { Ec2 } from './ec2.js';
import type { EventLog } from './event-log.js';
import { InstanceNotices } from './instance-notices.js';
import { InterruptionController } from './interruption-controller.js';
import { installClusterAutoscaler } from './cluster-autoscaler.js';
import { CronJobController } from './cron-job-controller.js';
import { JobController } from './job-controller.js';
import { installKarpenter, type Karpenter, karpenterNodes } from './karpenter.js';
import { startManagedNodes, STANDING_NODES, startStaticFleet } from './managed-node-groups.js';
import { StandingGroups } from './standing-groups.js';
import { NameGenerator } from './names.js';
import { watchDatabaseConnections } from './database-connections.js';
import { NodeFailureController } from './node-failure-controller.js';
import { NodeMemoryController } from './node-memory-controller.js';
import type { NodeProvider } from './node-provider.js';
import { PodLifecycle } from './pod-lifecycle.js';
import { RunLog } from './run-log.js';
import {
  logCommitment,
  logLatencyNotes,
  logLaunchFailureNotes,
  logNodeGroups,
  logScenarioNotes,
  logThinkingTimeNote,
  logUnheardNote,
} from './run-notes.js';
import { SchedulerController } from './scheduler-controller.js';
import { ScenarioScript } from './scenario-script.js';
import { resume } from './resume.js';
import { SpotPriceController } from './spot-price-controller.js';
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
    kubelet: new KubeletModel(streams, () => kernel.now, { imagePull: spec.nodeStart.imagePull }),
    startTimeMs: spec.startTimeMs,
  };
  log.append('RunStarted', {
    scenario: spec.name,
    seed: spec.seed,
    karpenterVersion: spec.settings.version,
    simulatorVersion: options.simulatorVersion,
    startTimeMs: spec.startTimeMs,
    durationMs: spec.durationMs,
    controlPlanePerHour: ec2.servicePrices.controlPlanePerHour,
    ...(spec.baseline === undefined ? {} : { baseline: spec.baseline.kind }),
    ...(spec.month === undefined
      ? {}
      : { month: { ...spec.month, prices: ec2.prices.sources.map(({ name, asOf }) => ({ name, asOf })) } }),
  });
  if (spec.commitment !== undefined) logCommitment(log, spec.commitment);
  logScenarioNotes(log, spec, [...ec2.prices.sources, ec2.servicePrices.source]);
  const { karpenter, traffic, notices } = wire(world, ec2, spec);
  kernel.run(spec.durationMs, {
    onProgress: (nowMs) => {
      options.onProgress?.(nowMs / spec.durationMs);
    },
  });
  traffic.finish();
  logLatencyNotes(log, ec2.latencyBases());
  logLaunchFailureNotes(log, ec2.callFigures, ec2.withoutSubnets);
  if (notices !== undefined) logUnheardNote(log, notices.unheard, spec.interruption.queue);
  if (karpenter !== undefined) logThinkingTimeNote(log, karpenter.disruption.mostCandidates, spec.settings.version);
  log.append('RunEnded', { reason: 'duration' });
  return { log: log.events };
}

/**
 * Makes the cluster around what provides its nodes, and that: Karpenter, which is returned, or a baseline. Objects of the scenario
 * exist when it returns.
 */
function wire(
  world: World,
  ec2: Ec2,
  spec: ScenarioSpec,
): {
  readonly karpenter: Karpenter | undefined;
  readonly traffic: TrafficController;
  readonly notices: InstanceNotices | undefined;
} {
  const cache = new SchedulerCache();
  const pods = new PodLifecycle(world);
  const workloads = new WorkloadController(world, pods, cache);
  const budgets = new DisruptionBudgetController(world, (ownerUid) => workloads.scaleOf(ownerUid));
  workloads.onScale(() => {
    budgets.scaleChanged();
  });
  new SchedulerController(world, pods, cache);
  const { karpenter, nodes, notices } = provideNodes(world, ec2, spec, pods, workloads, budgets);
  const traffic = new TrafficController(world, pods, spec.services);
  const autoscalers = new AutoscalerController(world, workloads, (uid) => traffic.metrics(uid));
  watchDatabaseConnections(world, pods, spec.services);
  new NodeMemoryController(world, pods, traffic.usage).start();
  const jobs = new JobController(world, pods, spec.jobs);
  const cronJobs = new CronJobController(world, jobs);
  const state = karpenter?.state;
  const takers: ObjectTakers = { world, ec2, state, cache, pods, workloads, jobs, cronJobs, autoscalers, budgets };
  const standing = new StandingGroups(world, ec2);
  startManagedNodes(standing, spec.managedNodeGroups);
  if (spec.baseline?.kind === 'static') startStaticFleet(standing, spec.baseline.groups);
  if (spec.startState === undefined || karpenter === undefined) applyObjects(spec.cluster, takers, false);
  else resume(spec.startState, spec.cluster, takers, karpenter, standing);
  const failures = karpenter?.failures ?? new NodeFailureController(world, pods);
  failures.onInstanceGone((nodeClaim, _, node) => {
    if (nodeClaim !== '') return;
    standing.lost(node);
    nodes.lost?.(node);
  });
  new ScenarioScript(takers, nodes, failures).schedule(spec.events);
  traffic.start();
  return { karpenter, traffic, notices };
}

function provideNodes(
  world: World,
  ec2: Ec2,
  spec: ScenarioSpec,
  pods: PodLifecycle,
  workloads: WorkloadController,
  budgets: DisruptionBudgetController,
): {
  readonly karpenter?: Karpenter | undefined;
  readonly notices?: InstanceNotices | undefined;
  readonly nodes: NodeProvider;
} {
  if (spec.baseline !== undefined) {
    logNodeGroups(world.log, spec.baseline);
    if (spec.baseline.kind === 'static') return { nodes: STANDING_NODES };
    const { namespaces } = spec.cluster;
    const around = { pods, budgets, namespaces, daemonSets: () => workloads.daemonSets };
    return { nodes: installClusterAutoscaler(world, ec2, spec.baseline, around) };
  }
  const karpenter = installKarpenter(world, pods, {
    objects: () => ({ ...spec.cluster, daemonSets: workloads.daemonSets }),
    podDisruptionBudgets: () => budgets.budgets(),
  });
  const { nodeClaims } = karpenter;
  const interruptions = new InterruptionController(world, nodeClaims);
  const notices = new InstanceNotices(world, spec.interruption, { ...karpenter, interruptions });
  new SpotPriceController(world, ec2.prices, nodeClaims);
  world.store.nodeClaims.subscribe(({ before, after }) => {
    const providerID = before?.status.providerID;
    if (after === undefined && providerID !== undefined) ec2.ended(providerID);
  });
  return { karpenter, notices, nodes: karpenterNodes(world, nodeClaims, notices) };
}
