import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/kubernetes/node.js';
import type { Pod, PodAffinityTerm, TopologySpreadConstraint } from '../../src/kubernetes/pod.js';
import { fitErrorMessage } from '../../src/kubernetes/scheduler/fit-error.js';
import { KubeScheduler } from '../../src/kubernetes/scheduler/kube-scheduler.js';
import { numFeasibleNodesToFind } from '../../src/kubernetes/scheduler/nodes-to-find.js';
import { SchedulerCache } from '../../src/kubernetes/scheduler/scheduler-cache.js';
import { exists, GI, node, pod, runningPod, selector, taint } from './objects.js';

function clusterOf(nodes: readonly Node[], placed: readonly Pod[] = []): SchedulerCache {
  const cache = new SchedulerCache();
  for (const each of nodes) cache.setNode(each);
  for (const each of placed) cache.setPod(each);
  return cache;
}

/** Names of the nodes that pass, and what refused the others. */
function verdicts(incoming: Pod, cache: SchedulerCache): { passes: string[]; refused: Record<string, string> } {
  const attempt = new KubeScheduler(cache, { seed: 's' }).attempt(incoming);
  const rejections = attempt.fitError?.rejections ?? attempt.rejections;
  return {
    passes: attempt.feasible.map(({ name }) => name),
    refused: Object.fromEntries([...rejections].map(([name, { plugin, code }]) => [name, `${plugin ?? ''} ${code}`])),
  };
}

describe('filters that look at the node (kubernetes.md §1.6)', () => {
  it('refuse in the order cordon, taint, affinity', () => {
    const nodes = [
      node('cordoned', { unschedulable: true, taints: [taint('x')] }),
      node('tainted', { taints: [taint('x')] }),
      node('elsewhere'),
      node('right', { labels: { disk: 'ssd' } }),
    ];
    const picky = pod('picky', { spec: { nodeSelector: { disk: 'ssd' } } });
    expect(verdicts(picky, clusterOf(nodes))).toEqual({
      passes: ['right'],
      refused: {
        cordoned: 'NodeUnschedulable UnschedulableAndUnresolvable',
        tainted: 'TaintToleration UnschedulableAndUnresolvable',
        elsewhere: 'NodeAffinity UnschedulableAndUnresolvable',
      },
    });
  });

  it('let a pod onto a cordoned node that tolerates the cordon', () => {
    const stubborn = pod('stubborn', { spec: { tolerations: [exists('node.kubernetes.io/unschedulable')] } });
    expect(verdicts(stubborn, clusterOf([node('n', { unschedulable: true })])).passes).toEqual(['n']);
  });

  it('look at nothing but the node that every required term names', () => {
    const matchFields = [{ key: 'metadata.name', operator: 'In' as const, values: ['n1'] }];
    const daemon = pod('daemon', {
      spec: { affinity: { nodeAffinity: { required: [{ matchExpressions: [], matchFields }], preferred: [] } } },
    });
    const cache = clusterOf([node('n0'), node('n1', { taints: [taint('x')] })]);
    const attempt = new KubeScheduler(cache, { seed: 's' }).attempt(daemon);
    expect(attempt.fitError && fitErrorMessage(attempt.fitError)).toContain(
      "0/2 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity], 1 node(s) had untolerated taint(s).",
    );
  });
});

describe('NodeResourcesFit', () => {
  it('counts every pod of a node, terminating ones included', () => {
    const leaving = runningPod('leaving', 'n', { requests: { cpu: 3500 }, deletedMs: 5 });
    const cache = clusterOf([node('n')], [leaving]);
    expect(verdicts(pod('p', { requests: { cpu: 600 } }), cache).refused['n']).toBe('NodeResourcesFit Unschedulable');
    cache.deletePod('uid-leaving');
    expect(verdicts(pod('p', { requests: { cpu: 600 } }), cache).passes).toEqual(['n']);
  });

  it('says that preemption is no help when the request exceeds allocatable', () => {
    const cache = clusterOf([node('n')]);
    expect(verdicts(pod('p', { requests: { cpu: 4001 } }), cache).refused['n']).toBe(
      'NodeResourcesFit UnschedulableAndUnresolvable',
    );
  });

  it('skips resources that are not asked for, even when they are overdrawn', () => {
    const greedy = runningPod('greedy', 'n', { requests: { memory: 20 * GI } });
    const cache = clusterOf([node('n')], [greedy]);
    expect(verdicts(pod('p', { requests: { cpu: 100 } }), cache).passes).toEqual(['n']);
  });

  it('counts reasons over nodes, sorted with their counts', () => {
    const small = { cpu: 1000, memory: GI, pods: 110 };
    const nodes = [node('a', { allocatable: small }), node('b', { allocatable: { ...small, pods: 0 } }), node('c')];
    const full = runningPod('full', 'c', { requests: { cpu: 3000 } });
    const attempt = new KubeScheduler(clusterOf(nodes, [full]), { seed: 's' }).attempt(
      pod('p', { requests: { cpu: 2000, memory: 2 * GI } }),
    );
    expect(attempt.fitError && fitErrorMessage(attempt.fitError)).toBe(
      '0/3 nodes are available: 1 Too many pods, 2 Insufficient memory, 3 Insufficient cpu. ' +
        'no new claims to deallocate, preemption: 0/3 nodes are available: ' +
        '1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
    );
  });
});

describe('PodTopologySpread with DoNotSchedule', () => {
  const labels = { app: 'web' };
  const constraint: TopologySpreadConstraint = {
    maxSkew: 1,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: selector(labels),
    matchLabelKeys: [],
  };
  const incoming = (change: Partial<TopologySpreadConstraint> = {}): Pod =>
    pod('new', { labels, spec: { topologySpreadConstraints: [{ ...constraint, ...change }] } });
  const zones = ['a', 'b', 'c'].map((zone) => node(zone, { zone }));
  const placed = ['a', 'a', 'b', 'c'].map((name, i) => runningPod(`p${i}`, name, { labels }));

  it('example 11: refuses the zone that would be two ahead', () => {
    expect(verdicts(incoming(), clusterOf(zones, placed))).toEqual({
      passes: ['b', 'c'],
      refused: { a: 'PodTopologySpread Unschedulable' },
    });
  });

  it('example 11: a zone without eligible nodes does not hold the minimum at zero', () => {
    const two = zones.slice(0, 2);
    expect(verdicts(incoming(), clusterOf(two, placed.slice(0, 3))).passes).toEqual(['b']);
  });

  it('takes the minimum for zero while there are fewer domains than minDomains', () => {
    const even = ['a', 'b'].map((name, i) => runningPod(`q${i}`, name, { labels }));
    expect(verdicts(incoming(), clusterOf(zones.slice(0, 2), even)).passes).toEqual(['a', 'b']);
    expect(verdicts(incoming({ minDomains: 3 }), clusterOf(zones.slice(0, 2), even)).passes).toEqual([]);
  });

  it('needs the label on the node', () => {
    const cache = clusterOf([...zones, node('nowhere')], placed);
    expect(verdicts(incoming(), cache).refused['nowhere']).toBe('PodTopologySpread UnschedulableAndUnresolvable');
  });

  it('tells revisions apart by matchLabelKeys', () => {
    const revision = (name: string, version: string, zone: string): Pod =>
      runningPod(name, zone, { labels: { app: 'web', version } });
    const old = ['a', 'a', 'b', 'c'].map((zone, i) => revision(`old-${i}`, '1', zone));
    const next = pod('next', {
      labels: { app: 'web', version: '2' },
      spec: { topologySpreadConstraints: [{ ...constraint, matchLabelKeys: ['version'] }] },
    });
    expect(verdicts(next, clusterOf(zones, old)).passes.sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('InterPodAffinity', () => {
  const term: PodAffinityTerm = {
    topologyKey: 'kubernetes.io/hostname',
    labelSelector: selector({ app: 'web' }),
    namespaces: [],
    matchLabelKeys: [],
    mismatchLabelKeys: [],
  };
  const loner = { podAntiAffinity: { required: [term], preferred: [] } };
  const follower = { podAffinity: { required: [term], preferred: [] } };
  const nodes = [node('n0'), node('n1')];

  it('keeps pods apart that do not bear each other, from either side', () => {
    const placed = [runningPod('first', 'n0', { labels: { app: 'web' }, spec: { affinity: loner } })];
    const second = pod('second', { labels: { app: 'web' }, spec: { affinity: loner } });
    expect(verdicts(second, clusterOf(nodes, placed)).passes).toEqual(['n1']);
    const innocent = pod('innocent', { labels: { app: 'web' } });
    expect(verdicts(innocent, clusterOf(nodes, placed)).refused).toEqual({ n0: 'InterPodAffinity Unschedulable' });
  });

  it('brings pods together, and lets the first of a group start anywhere', () => {
    const second = pod('second', { labels: { app: 'web' }, spec: { affinity: follower } });
    expect(verdicts(second, clusterOf(nodes)).passes.sort()).toEqual(['n0', 'n1']);
    const placed = [runningPod('first', 'n0', { labels: { app: 'web' } })];
    expect(verdicts(second, clusterOf(nodes, placed)).passes).toEqual(['n0']);
    const stranger = pod('stranger', { labels: { app: 'api' }, spec: { affinity: follower } });
    expect(verdicts(stranger, clusterOf(nodes)).passes).toEqual([]);
  });

  it('looks into other namespaces only when told to', () => {
    const placed = [runningPod('first', 'n0', { labels: { app: 'web' }, namespace: 'shop' })];
    const incoming = (change: Partial<PodAffinityTerm>): Pod =>
      pod('p', { spec: { affinity: { podAntiAffinity: { required: [{ ...term, ...change }], preferred: [] } } } });
    const cache = clusterOf(nodes, placed);
    cache.setNamespace({ metadata: { ...node('shop').metadata, labels: { team: 'x' } } });
    expect(verdicts(incoming({}), cache).passes).toHaveLength(2);
    expect(verdicts(incoming({ namespaces: ['shop'] }), cache).passes).toEqual(['n1']);
    expect(verdicts(incoming({ namespaceSelector: selector({ team: 'x' }) }), cache).passes).toEqual(['n1']);
    expect(verdicts(incoming({ namespaceSelector: selector({ team: 'y' }) }), cache).passes).toHaveLength(2);
  });
});

describe('host ports', () => {
  const withPort = (name: string, hostIP: string, nodeName?: string): Pod =>
    pod(name, {
      spec: {
        nodeName,
        containers: [
          {
            name: 'app',
            requests: {},
            limits: {},
            ports: [{ containerPort: 80, hostPort: 80, hostIP, protocol: 'TCP' }],
          },
        ],
      },
      status: { phase: nodeName === undefined ? 'Pending' : 'Running' },
    });

  it('conflict on overlapping addresses only', () => {
    const cache = clusterOf([node('n')], [withPort('a', '10.0.0.1', 'n')]);
    expect(verdicts(withPort('b', '10.0.0.2'), cache).passes).toEqual(['n']);
    expect(verdicts(withPort('b', '10.0.0.1'), cache).passes).toEqual([]);
    expect(verdicts(withPort('b', ''), cache).refused['n']).toBe('NodePorts Unschedulable');
  });
});

describe('the number of nodes that are looked at (example 2)', () => {
  it.each([
    [99, 99],
    [100, 100],
    [150, 100],
    [250, 120],
    [500, 230],
    [1000, 420],
    [2000, 680],
    [5000, 500],
    [6000, 300],
    [10000, 500],
  ])('of %i nodes %i feasible ones are enough', (nodes, enough) => {
    expect(numFeasibleNodesToFind(nodes)).toBe(enough);
  });

  it('moves on from where the last search ended, so that every node gets its turn', () => {
    const cache = clusterOf(Array.from({ length: 150 }, (_, i) => node(`n${i}`)));
    const scheduler = new KubeScheduler(cache, { seed: 's' });
    const first = scheduler.attempt(pod('p')).feasible.map(({ name }) => name);
    const second = scheduler.attempt(pod('p')).feasible.map(({ name }) => name);
    expect(first).toHaveLength(100);
    expect(new Set([...first, ...second]).size).toBe(150);
  });
});
