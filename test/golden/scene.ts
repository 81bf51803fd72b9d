import type { InstanceType } from '../../src/cloud/instance-type.js';
import { StoryCloud } from '../../src/conformance/life-cloud.js';
import { FirstFitScheduler } from '../../src/conformance/life-scheduler.js';
import type { StoryDelays } from '../../src/conformance/life-story.js';
import { StoryKubelet, StoryNames } from '../../src/conformance/life-surroundings.js';
import { StoryWorkloads } from '../../src/conformance/life-workloads.js';
import { readManifest } from '../../src/conformance/read-manifest.js';
import { recordedSettings } from '../../src/conformance/recorded-settings.js';
import { decodeNodePoolV1, decodeNodePoolV1beta1 } from '../../src/karpenter/manifest/decode-node-pool.js';
import type { NodePool } from '../../src/karpenter/nodepool.js';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import { Kernel } from '../../src/kernel/kernel.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import { decodePodDisruptionBudget } from '../../src/kubernetes/manifest/decode-disruption-budget.js';
import { decodeDaemonSet, decodeDeployment } from '../../src/kubernetes/manifest/decode-workloads.js';
import { ClusterStore } from '../../src/simulation/cluster-store.js';
import { DisruptionBudgetController } from '../../src/simulation/disruption-budget-controller.js';
import { installKarpenter, type Karpenter } from '../../src/simulation/karpenter.js';
import { PodLifecycle } from '../../src/simulation/pod-lifecycle.js';
import { RunLog } from '../../src/simulation/run-log.js';
import { PRIORITY, type World } from '../../src/simulation/world.js';
import { at } from '../karpenter/lifecycle/objects.js';
import { tell, type Excerpt } from './told.js';

/** Karpenter starts this much after the rest, so a run begins this much before the time that a scene names. */
const KARPENTER_START_MS = 237;

/** From pending pod to Ready node 44.7 s, if the pod is there when Karpenter starts. */
const DELAYS: StoryDelays = {
  launchSeconds: 2.7,
  registerSeconds: 31,
  readySeconds: 10,
  podStartSeconds: 4,
  podStopSeconds: 4,
  terminateSeconds: 28,
};

/** A manifest, without the fields that every one of its kind has alike. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a script can touch. */
export interface Stage {
  readonly world: World;
  readonly version: KarpenterVersion;
  readonly cloud: StoryCloud;
  readonly pods: PodLifecycle;
  readonly workloads: StoryWorkloads;
  readonly budgets: DisruptionBudgetController;
  readonly karpenter: Karpenter;
}

/** Something that happens to the cluster from outside. */
export type Action = (stage: Stage) => void;

/** A small cluster with fixed surroundings: those of the recorded stories, for either version of Karpenter. */
export interface Scene {
  readonly version?: KarpenterVersion;
  /** Time of day, `hh:mm:ss`, at which Karpenter starts; its loop looks every ten seconds from then on. */
  readonly begins: string;
  readonly ends: string;
  readonly types: readonly InstanceType[];
  readonly pools: readonly Fields[];
  readonly deployments?: readonly Fields[];
  readonly daemonSets?: readonly Fields[];
  readonly podDisruptionBudgets?: readonly Fields[];
  readonly delays?: Partial<StoryDelays>;
  readonly gates?: Readonly<Record<string, boolean>>;
  /** Every launch fails with an error that is not about capacity. */
  readonly createFails?: boolean;
  /** What happens at which time of day. */
  readonly script?: Readonly<Record<string, Action | readonly Action[]>>;
}

/** A cloud that refuses, as one does whose permissions are wrong. */
class RefusingCloud extends StoryCloud {
  override launch(): { readonly retry: string } {
    return { retry: 'UnauthorizedOperation' };
  }
}

/** Plays a scene; the answer tells what happened. */
export function play(scene: Scene): (excerpt?: Excerpt) => string[] {
  const { version = 'v1.14.1' } = scene;
  const startTimeMs = at(scene.begins) - KARPENTER_START_MS;
  const kernel = new Kernel();
  const log = new RunLog(() => kernel.now);
  const delays = { ...DELAYS, ...scene.delays };
  const cloud = new (scene.createFails === true ? RefusingCloud : StoryCloud)(scene.types, delays);
  const world: World = {
    kernel,
    streams: new RandomStreams('golden'),
    store: new ClusterStore(),
    log,
    names: new StoryNames(),
    settings: recordedSettings({ featureGates: { Drift: false, ...scene.gates } }, version),
    region: 'us-east-1',
    cloud,
    kubelet: new StoryKubelet(delays),
    startTimeMs,
  };
  const pods = new PodLifecycle(world);
  const daemonSets = (scene.daemonSets ?? []).map((set) => readManifest(set, decodeDaemonSet, startTimeMs));
  const workloads = new StoryWorkloads(world, pods, daemonSets);
  const budgets = new DisruptionBudgetController(world, (ownerUid) => workloads.scaleOf(ownerUid));
  workloads.onScale(() => {
    budgets.scaleChanged();
  });
  new FirstFitScheduler(world, pods, () => {
    workloads.syncDaemonSets();
  });
  const objects = {
    daemonSets,
    persistentVolumeClaims: [],
    persistentVolumes: [],
    storageClasses: [],
    namespaces: [],
  };
  const karpenter = installKarpenter(world, pods, {
    objects: () => objects,
    podDisruptionBudgets: () => budgets.budgets(),
  });
  const stage: Stage = { world, version, cloud, pods, workloads, budgets, karpenter };
  for (const manifest of scene.pools) applyPool(manifest)(stage);
  for (const manifest of scene.podDisruptionBudgets ?? []) setBudget(manifest)(stage);
  for (const manifest of scene.deployments ?? []) {
    const deployment = readManifest(manifest, decodeDeployment, startTimeMs);
    const { name } = deployment.metadata;
    workloads.apply({ ...deployment, metadata: { ...deployment.metadata, uid: `deployment/${name}` } });
  }
  for (const [time, actions] of Object.entries(scene.script ?? {})) {
    kernel.at(at(time) - startTimeMs, PRIORITY.scenario, `script at ${time}`, () => {
      for (const act of [actions].flat()) act(stage);
    });
  }
  kernel.run(at(scene.ends) - startTimeMs);
  return (excerpt) => tell(log.events, startTimeMs, excerpt);
}

/** Creates or replaces a NodePool. */
export function applyPool(manifest: Fields): Action {
  return ({ world, version }) => {
    const decode = version === 'v0.32.0' ? decodeNodePoolV1beta1 : decodeNodePoolV1;
    const pool: NodePool = readManifest(manifest, decode, world.startTimeMs);
    world.store.nodePools.set(pool.metadata.name, pool);
  };
}

/** Creates or replaces a PodDisruptionBudget. */
export function setBudget(manifest: Fields): Action {
  return ({ budgets, karpenter, world }) => {
    budgets.apply(readManifest(manifest, decodePodDisruptionBudget, world.startTimeMs));
    karpenter.state.invalidate();
  };
}
