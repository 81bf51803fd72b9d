import { Kernel } from '../kernel/kernel.js';
import { RandomStreams } from '../kernel/random-streams.js';
import { decodePodDisruptionBudget } from '../kubernetes/manifest/decode-disruption-budget.js';
import { decodeDaemonSet, decodeDeployment } from '../kubernetes/manifest/decode-workloads.js';
import type { KarpenterSettings } from '../karpenter/settings.js';
import { ClusterStore } from '../simulation/cluster-store.js';
import { DisruptionBudgetController } from '../simulation/disruption-budget-controller.js';
import { installKarpenter } from '../simulation/karpenter.js';
import { PodLifecycle } from '../simulation/pod-lifecycle.js';
import { RunLog } from '../simulation/run-log.js';
import type { World } from '../simulation/world.js';
import type { CaseCatalogs } from './case-catalogs.js';
import { StoryCloud } from './life-cloud.js';
import { StoryNodePools } from './life-manifests.js';
import { LifeRecorder } from './life-recorder.js';
import { FirstFitScheduler } from './life-scheduler.js';
import { scheduleScript } from './life-script.js';
import { durationMs } from './recorded-duration.js';
import type { LifeRecording, Story } from './life-story.js';
import { StoryKubelet, StoryNames } from './life-surroundings.js';
import { StoryWorkloads } from './life-workloads.js';
import { readManifest } from './read-manifest.js';
import { recordedSettings } from './recorded-settings.js';

/** Saturday 2000-01-01 00:00:00 UTC: where the recorded clock starts. */
const START_TIME_MS = 946_684_800_000;

/**
 * Plays a story in the surroundings of the recordings and tells what happened as they do.
 *
 * @param seed decides between what the real controller leaves to map order
 * @throws Error for a story that cannot be read
 */
export function playStory(story: Story, catalogs: CaseCatalogs, seed = '1'): LifeRecording {
  const kernel = new Kernel();
  const streams = new RandomStreams(seed);
  const log = new RunLog(() => kernel.now);
  const settings: KarpenterSettings = {
    ...recordedSettings(story.settings, 'v1.14.1'),
    batchIdleMs: durationMs(story.settings?.batchIdleDuration ?? '1s'),
    batchMaxMs: durationMs(story.settings?.batchMaxDuration ?? '10s'),
  };
  const cloud = new StoryCloud(catalogs.resolve(story.instanceTypes, settings.version), story.world);
  const world: World = {
    kernel,
    streams,
    store: new ClusterStore(),
    log,
    names: new StoryNames(),
    settings,
    region: 'us-east-1',
    cloud,
    kubelet: new StoryKubelet(story.world),
    startTimeMs: START_TIME_MS,
  };
  const recorder = new LifeRecorder(world);
  const pods = new PodLifecycle(world);
  const daemonSets = (story.daemonSets ?? []).map((set) => readManifest(set, decodeDaemonSet, START_TIME_MS));
  const workloads = new StoryWorkloads(world, pods, daemonSets);
  const budgets = new DisruptionBudgetController(world, (ownerUid) => workloads.scaleOf(ownerUid));
  workloads.onScale(() => {
    budgets.scaleChanged();
  });
  new FirstFitScheduler(world, pods, () => {
    workloads.syncDaemonSets();
  });
  const karpenter = installKarpenter(world, pods, {
    objects: () => ({
      daemonSets,
      persistentVolumeClaims: [],
      persistentVolumes: [],
      storageClasses: [],
      namespaces: [],
    }),
    podDisruptionBudgets: () => budgets.budgets(),
  });
  const nodePools = new StoryNodePools(story.nodePools ?? []);
  for (const pool of nodePools.decoded(START_TIME_MS)) world.store.nodePools.set(pool.metadata.name, pool);
  for (const manifest of story.podDisruptionBudgets ?? []) {
    budgets.apply(readManifest(manifest, decodePodDisruptionBudget, START_TIME_MS));
  }
  for (const manifest of story.deployments ?? []) {
    const deployment = readManifest(manifest, decodeDeployment, START_TIME_MS);
    const { name, namespace } = deployment.metadata;
    const uid = `deployment/${namespace}/${name}`;
    workloads.apply({ ...deployment, metadata: { ...deployment.metadata, uid } });
  }
  scheduleScript(story.script, { world, cloud, pods, workloads, budgets, nodePools, karpenter });
  kernel.run(durationMs(story.duration));
  return recorder.recording(story.name);
}
