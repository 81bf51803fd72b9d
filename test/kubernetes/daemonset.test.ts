import { describe, expect, it } from 'vitest';
import {
  daemonPodNode,
  daemonSetOwner,
  daemonTemplate,
  daemonVerdict,
  outdatedDaemonPods,
  reconcileDaemonSet,
} from '../../src/kubernetes/controllers/daemon-set.js';
import { podFromTemplate } from '../../src/kubernetes/controllers/pod-from-template.js';
import type { Pod, PodSpec } from '../../src/kubernetes/pod.js';
import { KubeScheduler } from '../../src/kubernetes/scheduler/kube-scheduler.js';
import { SchedulerCache } from '../../src/kubernetes/scheduler/scheduler-cache.js';
import type { DaemonSet } from '../../src/kubernetes/workloads.js';
import { exists, node, podSpec, selector, taint } from './objects.js';

function daemonSet(spec: Partial<PodSpec> = {}): DaemonSet {
  return {
    metadata: { ...node('agent').metadata, namespace: 'kube-system' },
    selector: selector({ app: 'agent' }),
    template: { labels: { app: 'agent' }, annotations: {}, spec: podSpec({ cpu: 50 }, spec) },
    updateStrategy: { type: 'RollingUpdate', maxUnavailable: 1 },
    minReadySeconds: 0,
  };
}

function daemonPod(set: DaemonSet, nodeName: string, name = `agent-${nodeName}`): Pod {
  return podFromTemplate(daemonTemplate(set, nodeName), {
    name,
    namespace: 'kube-system',
    uid: name,
    owner: daemonSetOwner(set),
    creationTimeMs: 0,
  });
}

describe('a DaemonSet (kubernetes.md §2.4)', () => {
  it.each([
    ['a plain node', node('n'), true, true],
    [
      'a cordoned node',
      node('n', { unschedulable: true, taints: [taint('node.kubernetes.io/unschedulable')] }),
      true,
      true,
    ],
    [
      'a node that is not ready, by NoExecute',
      node('n', { taints: [taint('node.kubernetes.io/not-ready', 'NoExecute')] }),
      true,
      true,
    ],
    [
      'a node that is not ready, by NoSchedule',
      node('n', { taints: [taint('node.kubernetes.io/not-ready')] }),
      false,
      true,
    ],
    ['a node of another team', node('n', { taints: [taint('team')] }), false, true],
    ['a node that throws everybody out', node('n', { taints: [taint('team', 'NoExecute')] }), false, false],
  ])('on %s: should run %s, may stay %s', (_, target, shouldRun, mayStay) => {
    expect(daemonVerdict(daemonSet(), target)).toEqual({ shouldRun, mayStay });
  });

  it('tolerates a missing network only on the host network', () => {
    const target = node('n', { taints: [taint('node.kubernetes.io/network-unavailable')] });
    expect(daemonVerdict(daemonSet(), target).shouldRun).toBe(false);
    expect(daemonVerdict(daemonSet({ hostNetwork: true }), target).shouldRun).toBe(true);
  });

  it('goes by required affinity and nodeSelector, and leaves nodes that stop matching', () => {
    const picky = daemonSet({ nodeSelector: { disk: 'ssd' } });
    expect(daemonVerdict(picky, node('n'))).toEqual({ shouldRun: false, mayStay: false });
    expect(daemonVerdict(picky, node('n', { labels: { disk: 'ssd' } })).shouldRun).toBe(true);
    expect(reconcileDaemonSet(picky, [node('n')], [daemonPod(picky, 'n')]).delete).toHaveLength(1);
  });

  it('creates one pod for each node, which the scheduler puts there and nowhere else', () => {
    const set = daemonSet({ tolerations: [exists('')] });
    const nodes = [node('n0'), node('n1', { taints: [taint('x')] })];
    expect(reconcileDaemonSet(set, nodes, []).create).toEqual(['n0', 'n1']);
    const cache = new SchedulerCache();
    for (const each of nodes) cache.setNode(each);
    const scheduler = new KubeScheduler(cache, { seed: 's' });
    expect(scheduler.schedule(daemonPod(set, 'n1'))).toEqual({ node: 'n1' });
    expect(daemonPodNode(daemonPod(set, 'n1'))).toBe('n1');
  });

  it('creates no second pod while the first is still going, and removes doubles', () => {
    const set = daemonSet();
    const first = daemonPod(set, 'n');
    const going = { ...first, metadata: { ...first.metadata, deletionTimeMs: 1 } };
    expect(reconcileDaemonSet(set, [node('n')], [going])).toEqual({ create: [], delete: [] });
    const second = daemonPod(set, 'n', 'second');
    const younger = { ...second, metadata: { ...second.metadata, creationTimeMs: 9 } };
    expect(reconcileDaemonSet(set, [node('n')], [younger, first]).delete).toEqual([younger]);
  });
});

describe('a DaemonSet whose template has changed', () => {
  const nodes = ['a', 'b', 'c', 'd'].map((name) => node(name));
  const pods = nodes.map(({ metadata }) => daemonPod(daemonSet(), metadata.name));
  const deleted = (set: DaemonSet, outdated: readonly string[], unavailable: readonly string[] = []) =>
    outdatedDaemonPods(
      set,
      nodes,
      pods,
      ({ metadata }) => outdated.includes(metadata.name),
      ({ metadata }) => !unavailable.includes(metadata.name),
    ).map(({ metadata }) => metadata.name);
  const all = ['agent-a', 'agent-b', 'agent-c', 'agent-d'];
  const rolling = (maxUnavailable: number | `${number}%`): DaemonSet => ({
    ...daemonSet(),
    updateStrategy: { type: 'RollingUpdate', maxUnavailable },
  });

  it('replaces as many pods at once as may be unavailable, a percentage rounded up', () => {
    expect(deleted(rolling(1), all)).toEqual(['agent-a']);
    expect(deleted(rolling('30%'), all)).toEqual(['agent-a', 'agent-b']);
    expect(deleted(rolling(1), all.slice(1), ['agent-a'])).toEqual([]);
  });

  it('replaces outdated pods that do not work at once', () => {
    expect(deleted(rolling(1), all, ['agent-c', 'agent-d'])).toEqual(['agent-c', 'agent-d']);
  });

  it('with OnDelete replaces nothing', () => {
    expect(deleted({ ...daemonSet(), updateStrategy: { type: 'OnDelete' } }, all)).toEqual([]);
  });
});
