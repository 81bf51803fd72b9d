import { describe, expect, it } from 'vitest';
import { blockingPod, podsToMove } from '../../../src/baseline/cluster-autoscaler/drain-blockers.js';
import { nodeUtilisation } from '../../../src/baseline/cluster-autoscaler/node-utilisation.js';
import {
  type DeletionRoom,
  type ScaleDownCandidate,
  ScaleDownPlanner,
} from '../../../src/baseline/cluster-autoscaler/scale-down-planner.js';
import { CLUSTER_AUTOSCALER_PRESETS } from '../../../src/baseline/cluster-autoscaler/settings.js';
import { ClusterSnapshot } from '../../../src/baseline/cluster-snapshot.js';
import type { Node } from '../../../src/kubernetes/node.js';
import type { Pod } from '../../../src/kubernetes/pod.js';
import type { PodDisruptionBudget } from '../../../src/kubernetes/workloads.js';
import { GI, MI, node, ownedBy, runningPod, selector } from '../../kubernetes/objects.js';

const MINUTE = 60_000;
const { default: DEFAULT } = CLUSTER_AUTOSCALER_PRESETS;
const ROOMY: DeletionRoom = { deleting: 0, draining: 0, groupOf: () => ({ name: 'g', removable: 100 }) };

function budget(disruptionsAllowed: number, app: string): PodDisruptionBudget {
  return {
    metadata: {
      name: app,
      namespace: 'default',
      uid: app,
      labels: {},
      annotations: {},
      ownerReferences: [],
      creationTimeMs: 0,
    },
    selector: selector({ app }),
    minAvailable: 1,
    unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    status: { disruptionsAllowed, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  };
}

function web(name: string, nodeName: string, cpu = 500, more: Parameters<typeof runningPod>[2] = {}): Pod {
  return runningPod(name, nodeName, { requests: { cpu }, owner: ownedBy('ReplicaSet', 'web'), ...more });
}

/** A cluster of nodes of four cores. */
class Cluster {
  readonly snapshot = new ClusterSnapshot();
  readonly #nodes: Node[] = [];
  readonly #pods: Pod[] = [];

  constructor(
    pods: Readonly<Record<string, readonly Pod[]>>,
    readonly planner = new ScaleDownPlanner(DEFAULT),
  ) {
    for (const [name, own] of Object.entries(pods)) {
      const one = node(name, { allocatable: { cpu: 4000, memory: 16 * GI, pods: 58 } });
      this.#nodes.push(one);
      this.snapshot.cache.setNode(one);
      for (const pod of own) this.snapshot.cache.setPod(pod);
      this.#pods.push(...own);
    }
  }

  look(nowMs: number, budgets: readonly PodDisruptionBudget[] = []) {
    const candidates = this.#nodes.map((one): ScaleDownCandidate => ({
      node: one,
      pods: this.#pods.filter(({ spec }) => spec.nodeName === one.metadata.name),
      ready: true,
    }));
    return this.planner.look(candidates, this.snapshot, { skipNodesWithSystemPods: true, budgets, nowMs });
  }

  due(nowMs: number, more: Partial<Parameters<ScaleDownPlanner['due']>[0]> = {}, room = ROOMY): readonly string[] {
    const clock = { nowMs, lastScaleUpMs: undefined, lastFailureMs: undefined, ...more };
    return this.planner.due(clock, room).map(({ name }) => name);
  }
}

describe('utilisation of a node (kubernetes.md §7.8)', () => {
  it('is the larger of CPU and memory, DaemonSets counted (§10 example 29)', () => {
    const one = node('n', { allocatable: { cpu: 3920, memory: 14_600 * MI, pods: 58 } });
    const pods = [
      web('a', 'n', 1700, { requests: { cpu: 1700, memory: 7000 * MI } }),
      runningPod('agent', 'n', { requests: { cpu: 100, memory: 592 * MI }, owner: ownedBy('DaemonSet', 'agent') }),
    ];
    expect(nodeUtilisation(one, pods)).toBeCloseTo(0.52, 3);
    expect(nodeUtilisation(one, pods.slice(0, 1))).toBeCloseTo(7000 / 14_600, 6);
  });

  it('leaves out finished pods', () => {
    const one = node('n', { allocatable: { cpu: 1000, memory: GI, pods: 10 } });
    expect(nodeUtilisation(one, [web('done', 'n', 900, { status: { phase: 'Succeeded' } })])).toBe(0);
  });
});

describe('pods that keep a node (kubernetes.md §7.8)', () => {
  const rules = { skipNodesWithSystemPods: true, budgets: [] as readonly PodDisruptionBudget[], nowMs: 10 * MINUTE };
  const blocker = (pod: Pod, more: Partial<typeof rules> = {}) => blockingPod([pod], { ...rules, ...more })?.blocker;
  const annotated = (value: string): Pod =>
    web('p', 'n', 1, { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': value } });
  const system = (more: Parameters<typeof runningPod>[2] = {}): Pod =>
    web('dns', 'n', 1, { namespace: 'kube-system', labels: { app: 'dns' }, ...more });

  it('are such that nobody makes anew', () => {
    expect(blocker(web('p', 'n'))).toBeUndefined();
    expect(blocker(runningPod('bare', 'n'))).toBe('no-controller');
    expect(blocker(runningPod('odd', 'n', { owner: ownedBy('Rollout', 'x') }))).toBe('no-controller');
  });

  it('are such as their annotation says, whatever else holds', () => {
    expect(blocker(annotated('false'))).toBe('not-safe-to-evict');
    expect(
      blocker({ ...annotated('true'), metadata: { ...annotated('true').metadata, ownerReferences: [] } }),
    ).toBeUndefined();
  });

  it('are those of kube-system for their first hour, unless a budget covers them or the flag lets them go', () => {
    expect(blocker(system())).toBe('system-pod');
    expect(blocker(system(), { nowMs: 61 * MINUTE })).toBeUndefined();
    expect(blocker(system(), { skipNodesWithSystemPods: false })).toBeUndefined();
    const covering = { ...budget(1, 'dns'), metadata: { ...budget(1, 'dns').metadata, namespace: 'kube-system' } };
    expect(blocker(system(), { budgets: [covering] })).toBeUndefined();
  });

  it('are more of them than a budget lets go at once', () => {
    const two = [1, 2].map((index) => web(`p${index}`, 'n', 1, { labels: { app: 'web' } }));
    expect(blockingPod(two, { ...rules, budgets: [budget(1, 'web')] })).toMatchObject({
      blocker: 'pod-disruption-budget',
    });
    expect(blockingPod(two, { ...rules, budgets: [budget(2, 'web')] })).toBeUndefined();
  });

  it('are neither DaemonSet pods nor pods on their way out', () => {
    const agent = runningPod('agent', 'n', { owner: { ...ownedBy('DaemonSet', 'agent'), apiVersion: 'apps/v1' } });
    expect(
      podsToMove([agent, web('leaving', 'n', 1, { deletedMs: 1 }), web('stays', 'n')]).map((pod) => pod.metadata.name),
    ).toEqual(['stays']);
  });
});

describe('a node that is not needed (kubernetes.md §7.8)', () => {
  it('is used little, and its pods fit elsewhere', () => {
    const cluster = new Cluster({ busy: [web('a', 'busy', 2500)], idle: [web('b', 'idle', 500)] });
    const { unneeded, stays } = cluster.look(0);
    expect(unneeded.map(({ name, utilisation, pods }) => [name, utilisation, pods.length])).toEqual([
      ['idle', 0.125, 1],
    ]);
    expect(stays.get('busy')).toMatchObject({ reason: 'not-underutilised', utilisation: 0.625 });
  });

  it('may be used to one half exactly', () => {
    const half = { a: [web('a', 'a', 2000)], b: [] };
    expect(new Cluster(half).look(0).unneeded).toHaveLength(1);
    const more = { a: [web('a', 'a', 2001)], b: [web('b', 'b', 2001)] };
    expect(new Cluster(more).look(0).unneeded).toHaveLength(0);
  });

  it('does not count on room that another one is promised, nor on a node that goes', () => {
    const cluster = new Cluster({
      full: [web('f', 'full', 2500)],
      a: [web('a', 'a', 1500)],
      b: [web('b', 'b', 1500)],
    });
    const { unneeded, stays } = cluster.look(0);
    // Either may go to `full` or to the other, but a second one would find no place.
    expect(unneeded.map(({ name }) => name)).toEqual(['a']);
    expect(stays.get('b')).toMatchObject({ reason: 'no-place-for-pods' });
  });

  it('takes the pods that it was given with it when it goes itself', () => {
    const cluster = new Cluster({ a: [web('a', 'a', 500)], b: [web('b', 'b', 500)], c: [web('c', 'c', 3000)] });
    // a → b, then b with both → c, which has room for 1,000.
    expect(cluster.look(0).unneeded.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('leaves the cluster as it was', () => {
    const cluster = new Cluster({ a: [web('a', 'a', 500)], b: [web('b', 'b', 1000)] });
    cluster.look(0);
    expect(cluster.snapshot.cache.nodes.map(({ name, usedCpuMilli }) => [name, usedCpuMilli]).sort()).toEqual([
      ['a', 500],
      ['b', 1000],
    ]);
  });

  it('whose pods fit nowhere is not looked at again for five minutes', () => {
    const cluster = new Cluster({ a: [web('a', 'a', 500)] });
    expect(cluster.look(0).stays.get('a')).toMatchObject({ reason: 'no-place-for-pods', pod: 'default/a' });
    expect(cluster.planner.nextRecheckMs).toBe(5 * MINUTE);
    cluster.snapshot.cache.setNode(node('new', { allocatable: { cpu: 4000, memory: 16 * GI, pods: 58 } }));
    expect(cluster.look(5 * MINUTE - 1).unneeded).toEqual([]);
    expect(cluster.look(5 * MINUTE).unneeded.map(({ name }) => name)).toEqual(['a']);
  });

  it('stays when its annotation says so', () => {
    const planner = new ScaleDownPlanner(DEFAULT);
    const pinned = node('pinned');
    const annotations = { 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' };
    const candidate = { node: { ...pinned, metadata: { ...pinned.metadata, annotations } }, pods: [], ready: true };
    const { stays } = planner.look([candidate], new ClusterSnapshot(), {
      skipNodesWithSystemPods: true,
      budgets: [],
      nowMs: 0,
    });
    expect(stays.get('pinned')).toMatchObject({ reason: 'scale-down-disabled' });
  });
});

describe('an unneeded node goes (kubernetes.md §7.8)', () => {
  const empty = (...names: string[]): Cluster => new Cluster(Object.fromEntries(names.map((name) => [name, []])));

  it('after ten minutes, and ten minutes after the last scale-up anywhere (§10 example 30)', () => {
    // 10:00 is 0: the last scale-up; X is unneeded since 10:02, Y since 9:55.
    const x = empty('x');
    x.look(2 * MINUTE);
    expect(x.due(12 * MINUTE, { lastScaleUpMs: 0 })).toEqual([]);
    expect(x.due(12 * MINUTE + 1, { lastScaleUpMs: 0 })).toEqual(['x']);
    const y = empty('y');
    y.look(-5 * MINUTE);
    expect(y.due(10 * MINUTE, { lastScaleUpMs: 0 })).toEqual([]);
    expect(y.due(10 * MINUTE + 1, { lastScaleUpMs: 0 })).toEqual(['y']);
  });

  it('counted anew after a loop in which it was needed, not after one in which another cooldown held', () => {
    const cluster = new Cluster({ a: [], b: [web('b', 'b', 2500)] });
    cluster.look(0);
    expect(cluster.due(11 * MINUTE, { lastFailureMs: 10 * MINUTE })).toEqual([]);
    expect(cluster.due(13 * MINUTE + 1, { lastFailureMs: 10 * MINUTE })).toEqual(['a']);
    cluster.look(14 * MINUTE);
    expect(cluster.due(14 * MINUTE)).toEqual(['a']);
    cluster.planner.look([], cluster.snapshot, { skipNodesWithSystemPods: true, budgets: [], nowMs: 15 * MINUTE });
    cluster.look(16 * MINUTE);
    expect(cluster.due(20 * MINUTE)).toEqual([]);
  });

  it('ten at once at most, one of them with pods', () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${String(index).padStart(2, '0')}`);
    const idle = empty(...names);
    idle.look(0);
    expect(idle.due(11 * MINUTE)).toHaveLength(10);
    expect(idle.due(11 * MINUTE, {}, { ...ROOMY, deleting: 7 })).toHaveLength(3);
    const used = new Cluster({
      busy: [web('x', 'busy', 2500)],
      a: [web('a', 'a', 100)],
      b: [web('b', 'b', 100)],
      c: [],
    });
    used.look(0);
    expect(used.due(11 * MINUTE)).toEqual(['a', 'c']);
    expect(used.due(11 * MINUTE, {}, { ...ROOMY, draining: 1 })).toEqual(['c']);
  });

  it('no more of a group than it has above its minimum', () => {
    const cluster = empty('a', 'b', 'c');
    cluster.look(0);
    const room: DeletionRoom = { ...ROOMY, groupOf: () => ({ name: 'g', removable: 2 }) };
    expect(cluster.due(11 * MINUTE, {}, room)).toEqual(['a', 'b']);
    expect(cluster.due(11 * MINUTE, {}, { ...ROOMY, groupOf: () => undefined })).toEqual([]);
  });
});
