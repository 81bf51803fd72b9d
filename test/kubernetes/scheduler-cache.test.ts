import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/kubernetes/node.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import { KubeScheduler } from '../../src/kubernetes/scheduler/kube-scheduler.js';
import { SchedulerCache } from '../../src/kubernetes/scheduler/scheduler-cache.js';
import { node, ownedBy, pod, runningPod, selector } from './objects.js';

const NODES = 4;
const PODS = 6;

const change = fc.oneof(
  fc.record({
    kind: fc.constant('place' as const),
    pod: fc.nat(PODS - 1),
    node: fc.nat(NODES - 1),
    deleting: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('remove' as const), pod: fc.nat(PODS - 1) }),
  fc.record({ kind: fc.constant('node' as const), node: fc.nat(NODES - 1), cpu: fc.constantFrom(2000, 4000) }),
  fc.record({ kind: fc.constant('lose' as const), node: fc.nat(NODES - 1) }),
);

function placed(index: number, nodeIndex: number, deleting: boolean): Pod {
  return runningPod(`p${index}`, `n${nodeIndex}`, {
    labels: { app: index % 2 === 0 ? 'even' : 'odd' },
    owner: ownedBy('ReplicaSet', index % 2 === 0 ? 'even' : 'odd'),
    requests: { cpu: 100 * (index + 1), memory: 1000, 'example.com/thing': index },
    ...(deleting ? { deletedMs: 1 } : {}),
    spec: {
      affinity: {
        podAntiAffinity: {
          required: [],
          preferred: [
            {
              weight: 10,
              term: {
                topologyKey: 'kubernetes.io/hostname',
                labelSelector: selector({ app: 'odd' }),
                namespaces: [],
                matchLabelKeys: [],
                mismatchLabelKeys: [],
              },
            },
          ],
        },
      },
    },
  });
}

/** Everything that an attempt at a pod of each kind finds out, as plain data. */
function observe(cache: SchedulerCache): unknown {
  for (const name of ['even', 'odd']) cache.setOwnerSelector('ReplicaSet', 'default', name, selector({ app: name }));
  return ['even', 'odd'].map((app) => {
    const incoming = pod('new', { labels: { app }, owner: ownedBy('ReplicaSet', app), requests: { cpu: 500 } });
    const attempt = new KubeScheduler(cache, { seed: 's' }).attempt(incoming);
    const scores = [...(attempt.scores?.byPlugin ?? [])].map(([plugin, points]) => [
      plugin,
      attempt.feasible.map(({ name }, i) => `${name} ${points[i] ?? ''}`).sort(),
    ]);
    return { scores, best: [...attempt.best].sort(), refused: [...attempt.rejections.keys()].sort() };
  });
}

describe('the scheduler cache', () => {
  it('knows after any history what one filled at once knows', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const cache = new SchedulerCache();
        const nodes = new Map<number, Node>();
        const pods = new Map<number, Pod>();
        for (const step of changes) {
          if (step.kind === 'place') {
            const object = placed(step.pod, step.node, step.deleting);
            pods.set(step.pod, object);
            cache.setPod(object);
          } else if (step.kind === 'remove') {
            pods.delete(step.pod);
            cache.deletePod(`uid-p${step.pod}`);
          } else if (step.kind === 'node') {
            const object = node(`n${step.node}`, {
              zone: `z${step.node % 2}`,
              allocatable: { cpu: step.cpu, memory: 1e9, pods: 4 },
            });
            nodes.set(step.node, object);
            cache.setNode(object);
          } else {
            nodes.delete(step.node);
            cache.deleteNode(`n${step.node}`);
          }
        }
        const fresh = new SchedulerCache();
        for (const object of nodes.values()) fresh.setNode(object);
        for (const object of pods.values()) fresh.setPod(object);
        expect(observe(cache)).toEqual(observe(fresh));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps an assumed pod in its place until it is bound or deleted', () => {
    const cache = new SchedulerCache();
    cache.setNode(node('n'));
    const pending = pod('a', { requests: { cpu: 300 } });
    cache.assume(pending, 'n');
    cache.setPod(pending);
    expect(cache.node('n')?.usedCpuMilli).toBe(300);
    cache.setPod({ ...pending, spec: { ...pending.spec, nodeName: 'n' } });
    expect(cache.node('n')?.usedCpuMilli).toBe(300);
    cache.deletePod('uid-a');
    expect(cache.node('n')?.usedCpuMilli).toBe(0);
  });

  it('remembers pods of a node that is not there yet', () => {
    const cache = new SchedulerCache();
    cache.setPod(runningPod('a', 'late', { requests: { cpu: 300 } }));
    cache.setNode(node('late'));
    expect(cache.node('late')?.usedCpuMilli).toBe(300);
  });

  it('lists nodes zone by turn', () => {
    const cache = new SchedulerCache();
    const zones = ['a', 'a', 'b', 'c', 'a'];
    zones.forEach((zone, i) => {
      cache.setNode(node(`n${i}`, { zone }));
    });
    expect(cache.nodes.map(({ name }) => name)).toEqual(['n0', 'n2', 'n3', 'n1', 'n4']);
  });
});
