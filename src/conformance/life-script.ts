import { decodePodDisruptionBudget } from '../kubernetes/manifest/decode-disruption-budget.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { ObjectStore } from '../simulation/cluster-store.js';
import type { DisruptionBudgetController } from '../simulation/disruption-budget-controller.js';
import type { Karpenter } from '../simulation/karpenter.js';
import type { PodLifecycle } from '../simulation/pod-lifecycle.js';
import { epochNow, PRIORITY, type World } from '../simulation/world.js';
import type { StoryCloud } from './life-cloud.js';
import type { StoryNodePools } from './life-manifests.js';
import type { Story, StoryAction } from './life-story.js';
import type { StoryWorkloads } from './life-workloads.js';
import { readManifest } from './read-manifest.js';
import { durationMs } from './recorded-duration.js';

/** Actions fall a moment after their time, apart from everything else. */
const PHASE_MS = 60;

/** What a script can touch. */
export interface StoryStage {
  readonly world: World;
  readonly cloud: StoryCloud;
  readonly pods: PodLifecycle;
  readonly workloads: StoryWorkloads;
  readonly budgets: DisruptionBudgetController;
  readonly nodePools: StoryNodePools;
  readonly karpenter: Karpenter;
}

/** Schedules a story's script. @throws Error for a time that cannot be read */
export function scheduleScript(script: Story['script'], stage: StoryStage): void {
  for (const action of script ?? []) {
    const at = durationMs(action.at) + PHASE_MS;
    stage.world.kernel.at(at, PRIORITY.scenario, `script at ${action.at}`, () => {
      for (const [kind, subject] of Object.entries(action)) {
        if (kind !== 'at') ACTIONS[kind as Exclude<keyof StoryAction, 'at'>](subject as never, stage);
      }
    });
  }
}

type Actions = {
  readonly [K in Exclude<keyof StoryAction, 'at'>]-?: (subject: NonNullable<StoryAction[K]>, stage: StoryStage) => void;
};

const ACTIONS: Actions = {
  scale: ({ deployment, replicas }, { workloads }) => {
    workloads.scale(deployment, replicas);
  },
  deletePod: (name, { pods }) => {
    pods.delete(`default/${name}`, 'scenario');
  },
  deleteNode: (name, { world, karpenter }) => {
    const node = world.store.nodes.get(name);
    const claim = node === undefined ? undefined : karpenter.state.claimOf(node.spec.providerID);
    if (claim !== undefined) karpenter.nodeClaims.delete(claim.metadata.name, 'scenario');
  },
  deleteNodeClaim: (name, { karpenter }) => {
    karpenter.nodeClaims.delete(name, 'scenario');
  },
  patchNodePool: ({ name, spec }, { world, nodePools }) => {
    const createdMs = world.store.nodePools.get(name)?.metadata.creationTimeMs ?? 0;
    world.store.nodePools.set(name, nodePools.patched(name, spec, createdMs));
  },
  makeUnavailable: (pool, { cloud }) => {
    cloud.setAvailable(pool, false);
  },
  makeAvailable: (pool, { cloud }) => {
    cloud.setAvailable(pool, true);
  },
  exhaust: (pool, { cloud }) => {
    cloud.setExhausted(pool, true);
  },
  restock: (pool, { cloud }) => {
    cloud.setExhausted(pool, false);
  },
  removeTaint: ({ node: only, key }, { world }) => {
    const { nodes } = world.store;
    for (const node of [...nodes.values()]) {
      if ((only ?? node.metadata.name) !== node.metadata.name) continue;
      const taints = node.spec.taints.filter((taint) => taint.key !== key);
      if (taints.length === node.spec.taints.length) continue;
      nodes.set(node.metadata.name, { ...node, spec: { ...node.spec, taints } });
    }
  },
  annotatePod: ({ name, key, value }, { world }) => {
    annotate(world.store.pods, `default/${name}`, key, value);
  },
  annotateNode: ({ name, key, value }, { world }) => {
    annotate(world.store.nodes, name, key, value);
  },
  setPodDisruptionBudget: (manifest, { world, budgets, karpenter }) => {
    budgets.apply(readManifest(manifest, decodePodDisruptionBudget, epochNow(world)));
    karpenter.state.invalidate();
  },
  deletePodDisruptionBudget: (name, { budgets, karpenter }) => {
    budgets.remove(`default/${name}`);
    karpenter.state.invalidate();
  },
};

function annotate<T extends { readonly metadata: ObjectMeta }>(
  objects: ObjectStore<T>,
  objectKey: string,
  key: string,
  value: string | undefined,
): void {
  const object = objects.get(objectKey);
  if (object === undefined) return;
  const others = Object.entries(object.metadata.annotations).filter(([other]) => other !== key);
  const annotations = Object.fromEntries(value === undefined ? others : [...others, [key, value]]);
  objects.set(objectKey, { ...object, metadata: { ...object.metadata, annotations } });
}
