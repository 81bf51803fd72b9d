import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/kubernetes/node.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import { KubeScheduler } from '../../src/kubernetes/scheduler/kube-scheduler.js';
import type { ScoringStrategy } from '../../src/kubernetes/scheduler/resource-scores.js';
import { SchedulerCache } from '../../src/kubernetes/scheduler/scheduler-cache.js';
import type { ScorePlugin } from '../../src/kubernetes/scheduler/score-nodes.js';
import { GI, MI, node, ownedBy, pod, runningPod, selector, taint } from './objects.js';

interface Setting {
  readonly nodes: readonly Node[];
  readonly placed?: readonly Pod[];
  readonly strategy?: ScoringStrategy;
  readonly prepare?: (cache: SchedulerCache) => void;
}

/** Weighted points of one plugin by node name; undefined when it had nothing to say. */
function points(incoming: Pod, plugin: ScorePlugin, setting: Setting): Record<string, number> | undefined {
  const cache = new SchedulerCache();
  for (const each of setting.nodes) cache.setNode(each);
  for (const each of setting.placed ?? []) cache.setPod(each);
  setting.prepare?.(cache);
  const scheduler = new KubeScheduler(cache, { seed: 's', scoringStrategy: setting.strategy });
  const { feasible, scores } = scheduler.attempt(incoming);
  const ofPlugin = scores?.byPlugin.get(plugin);
  return ofPlugin && Object.fromEntries(feasible.map(({ name }, i) => [name, ofPlugin[i] ?? NaN]));
}

const A = node('a', { allocatable: { cpu: 3920, memory: 14600 * MI, pods: 58 } });
const B = node('b', { allocatable: { cpu: 7910, memory: 28500 * MI, pods: 58 } });
const used = [
  runningPod('on-a', 'a', { requests: { cpu: 1500, memory: 6000 * MI } }),
  runningPod('on-b', 'b', { requests: { cpu: 5000, memory: 9000 * MI } }),
];
const incoming = pod('new', { requests: { cpu: 500, memory: 1024 * MI } });

describe('resource scores (kubernetes.md §1.7.1–1.7.2)', () => {
  it('examples 3 and 4: LeastAllocated truncates each resource and then the mean', () => {
    expect(points(incoming, 'NodeResourcesFit', { nodes: [A, B], placed: used })).toEqual({ a: 49, b: 47 });
  });

  it('example 5: a pod without requests counts as 100m and 200 MiB', () => {
    expect(points(pod('idle'), 'NodeResourcesFit', { nodes: [A, B] })?.['a']).toBe(97);
  });

  it('a request of zero is a request: only a missing one is replaced', () => {
    const zero = pod('zero', { requests: { cpu: 0, memory: 0 } });
    expect(points(zero, 'NodeResourcesFit', { nodes: [A, B] })).toEqual({ a: 100, b: 100 });
  });

  it('example 6: MostAllocated turns the order round', () => {
    const setting: Setting = { nodes: [A, B], placed: used, strategy: 'MostAllocated' };
    expect(points(incoming, 'NodeResourcesFit', setting)).toEqual({ a: 49, b: 52 });
  });

  it('example 7: BalancedAllocation looks at the difference between the fractions', () => {
    const setting: Setting = { nodes: [A, B], placed: used };
    expect(points(incoming, 'NodeResourcesBalancedAllocation', setting)).toEqual({ a: 98, b: 82 });
    const C = node('c', { allocatable: { cpu: 1000, memory: 1000, pods: 10 } });
    const lopsided = pod('lopsided', { requests: { cpu: 900, memory: 200 } });
    expect(points(lopsided, 'NodeResourcesBalancedAllocation', { nodes: [C, A] })?.['c']).toBe(65);
  });

  it('BalancedAllocation leaves pods without requests out (1.33)', () => {
    expect(points(pod('idle'), 'NodeResourcesBalancedAllocation', { nodes: [A, B] })).toBeUndefined();
  });

  it('example 8: TaintToleration gives its full 300 even without taints, and A wins by balance', () => {
    const cache = new SchedulerCache();
    for (const each of [A, B]) cache.setNode(each);
    for (const each of used) cache.setPod(each);
    const { scores, best } = new KubeScheduler(cache, { seed: 's' }).attempt(incoming);
    expect([...(scores?.totals ?? [])]).toEqual([447, 429]);
    expect(best).toEqual(['a']);
  });
});

describe('PodTopologySpread (kubernetes.md §1.7.3)', () => {
  const owner = ownedBy('ReplicaSet', 'web');
  const labels = { app: 'web' };
  const replica = pod('new', { labels, owner });
  const register = (cache: SchedulerCache): void => {
    cache.setOwnerSelector('ReplicaSet', 'default', 'web', selector(labels));
  };

  it('example 9: the system defaults spread a ReplicaSet over hosts and zones', () => {
    const nodes = ['a', 'a', 'b', 'b', 'c', 'c'].map((zone, i) => node(`n${i}`, { zone }));
    const placed = ['n0', 'n0', 'n1', 'n2'].map((name, i) => runningPod(`p${i}`, name, { labels, owner }));
    const setting: Setting = { nodes, placed, prepare: register };
    expect(points(replica, 'PodTopologySpread', setting)).toEqual({
      n0: 2 * 40,
      n1: 2 * 53,
      n2: 2 * 73,
      n3: 2 * 86,
      n4: 2 * 100,
      n5: 2 * 100,
    });
  });

  it('the system defaults leave bare pods and pods of unknown owners alone', () => {
    const nodes = [node('n0'), node('n1')];
    expect(points(pod('bare', { labels }), 'PodTopologySpread', { nodes, prepare: register })).toBeUndefined();
    expect(points(replica, 'PodTopologySpread', { nodes })).toBeUndefined();
  });

  it('a Service that selects the pod is enough for the system defaults', () => {
    const nodes = [node('n0'), node('n1')];
    const placed = [runningPod('other', 'n0', { labels })];
    const { metadata } = node('web');
    const prepare = (cache: SchedulerCache): void => {
      cache.setService({ metadata: { ...metadata, namespace: 'default' }, selector: labels });
    };
    const result = points(pod('bare', { labels }), 'PodTopologySpread', { nodes, placed, prepare });
    expect(result?.['n1']).toBeGreaterThan(result?.['n0'] ?? NaN);
  });

  it('example 10: one zone constraint with maxSkew 1', () => {
    const spread = {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'ScheduleAnyway' as const,
      labelSelector: selector(labels),
      matchLabelKeys: [],
    };
    const nodes = ['a', 'b', 'c'].map((zone) => node(zone, { zone }));
    const placed = ['a', 'a', 'a', 'b'].map((name, i) => runningPod(`p${i}`, name, { labels }));
    const constrained = pod('new', { labels, spec: { topologySpreadConstraints: [spread] } });
    expect(points(constrained, 'PodTopologySpread', { nodes, placed })).toEqual({ a: 0, b: 120, c: 200 });
  });

  it('does not count pods that are being deleted', () => {
    const nodes = [node('n0', { zone: 'a' }), node('n1', { zone: 'a' })];
    const placed = [runningPod('leaving', 'n0', { labels, owner, deletedMs: 1 })];
    expect(points(replica, 'PodTopologySpread', { nodes, placed, prepare: register })).toEqual({ n0: 200, n1: 200 });
  });
});

describe('other scores (example 12)', () => {
  it('TaintToleration counts untolerated PreferNoSchedule taints, reversed', () => {
    const nodes = [0, 1, 2].map((count) =>
      node(`n${count}`, { taints: ['x', 'y'].slice(0, count).map((key) => taint(key, 'PreferNoSchedule')) }),
    );
    expect(points(incoming, 'TaintToleration', { nodes })).toEqual({ n0: 300, n1: 150, n2: 0 });
  });

  it('NodeAffinity adds up the weights of matching preferred terms', () => {
    const prefers = (key: string, weight: number) => ({
      weight,
      preference: { matchExpressions: [{ key, operator: 'Exists' as const, values: [] }], matchFields: [] },
    });
    const nodes = [
      node('n80', { labels: { heavy: '' } }),
      node('n100', { labels: { heavy: '', light: '' } }),
      node('n20', { labels: { light: '' } }),
      node('n0'),
    ];
    const picky = pod('picky', {
      spec: { affinity: { nodeAffinity: { preferred: [prefers('heavy', 80), prefers('light', 20)] } } },
    });
    expect(points(picky, 'NodeAffinity', { nodes })).toEqual({ n80: 160, n100: 200, n20: 40, n0: 0 });
    expect(points(incoming, 'NodeAffinity', { nodes })).toBeUndefined();
  });

  it('InterPodAffinity spreads raw points between the lowest and the highest', () => {
    const term = {
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: selector({ app: 'noisy' }),
      namespaces: [],
      matchLabelKeys: [],
      mismatchLabelKeys: [],
    };
    const shy = pod('shy', {
      spec: { affinity: { podAntiAffinity: { required: [], preferred: [{ weight: 100, term }] } } },
    });
    const nodes = ['n0', 'n1', 'n2'].map((name) => node(name));
    const placed = ['n0', 'n0', 'n1'].map((name, i) => runningPod(`p${i}`, name, { labels: { app: 'noisy' } }));
    expect(points(shy, 'InterPodAffinity', { nodes, placed })).toEqual({ n0: 0, n1: 100, n2: 200 });
  });

  it('ImageLocality weighs the size of an image by the share of nodes that have it', () => {
    const withImage = (name: string, image: string | undefined, sizeMi: number): Node => {
      const bare = node(name);
      const images = image === undefined ? [] : [{ names: [image], sizeBytes: sizeMi * MI }];
      return { ...bare, status: { ...bare.status, images } };
    };
    const user = pod('user', {
      spec: { containers: [{ name: 'app', image: 'big', requests: {}, limits: {}, ports: [] }] },
    });
    const half = Array.from({ length: 10 }, (_, i) => withImage(`n${i}`, i < 5 ? 'big:latest' : undefined, 600));
    expect(points(user, 'ImageLocality', { nodes: half })).toMatchObject({ n0: 28, n9: 0 });
    const all = Array.from({ length: 10 }, (_, i) => withImage(`n${i}`, 'big:latest', 600));
    expect(points(user, 'ImageLocality', { nodes: all })?.['n0']).toBe(59);
    const rare = Array.from({ length: 20 }, (_, i) => withImage(`n${i}`, i === 0 ? 'big:latest' : undefined, 300));
    expect(points(user, 'ImageLocality', { nodes: rare })?.['n0']).toBe(0);
  });
});

describe('the choice among equal nodes (kubernetes.md §1.8)', () => {
  const names = Array.from({ length: 8 }, (_, i) => `node-${i}`);
  const choose = (order: readonly string[], uid: string, seed: string): string => {
    const cache = new SchedulerCache();
    for (const name of order) cache.setNode(node(name, { allocatable: { cpu: 4000, memory: 16 * GI, pods: 110 } }));
    const result = new KubeScheduler(cache, { seed }).schedule(pod('new', { uid }));
    return 'node' in result ? result.node : '';
  };

  it('does not depend on the order of the nodes', () => {
    expect(choose([...names].reverse(), 'uid-1', 'a')).toBe(choose(names, 'uid-1', 'a'));
  });

  it('depends on seed and pod, and reaches every node', () => {
    const chosen = new Set(Array.from({ length: 100 }, (_, i) => choose(names, `uid-${i}`, 'a')));
    expect(chosen.size).toBe(names.length);
    const other = Array.from({ length: 20 }, (_, i) => choose(names, `uid-${i}`, 'b'));
    expect(other).not.toEqual(Array.from({ length: 20 }, (_, i) => choose(names, `uid-${i}`, 'a')));
  });
});
