import { describe, expect, it } from 'vitest';
import { ApiRateLimit } from '../../src/kubernetes/controllers/api-rate-limit.js';
import { podFromTemplate } from '../../src/kubernetes/controllers/pod-from-template.js';
import { reconcileReplicaSet, slowStartBatches } from '../../src/kubernetes/controllers/replica-set.js';
import { scaleDownOrder } from '../../src/kubernetes/controllers/scale-down-order.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import type { ReplicaSet } from '../../src/kubernetes/workloads.js';
import { exists, node, ownedBy, pod, podSpec, readyCondition, runningPod, selector } from './objects.js';

const NOW = 100_000_000;

function replicaSet(replicas: number): ReplicaSet {
  return {
    metadata: { ...node('web').metadata, namespace: 'default' },
    replicas,
    selector: selector({ app: 'web' }),
    template: { labels: { app: 'web' }, annotations: {}, spec: podSpec() },
    minReadySeconds: 0,
  };
}

/** A ready pod, created and ready for so many seconds. */
function aged(
  name: string,
  seconds: number,
  change: { nodeName?: string; cost?: string; restarts?: number } = {},
): Pod {
  const { nodeName, cost, restarts } = change;
  return runningPod(name, nodeName ?? `node-of-${name}`, {
    uid: name,
    createdMs: NOW - seconds * 1000,
    annotations: cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': cost },
    status: {
      conditions: [readyCondition(NOW - seconds * 1000)],
      containerStatuses: [{ name: 'app', restartCount: restarts ?? 0 }],
    },
  });
}

function order(pods: readonly Pod[], related: readonly Pod[] = []): string[] {
  return scaleDownOrder(pods, related, NOW).map(({ metadata }) => metadata.name);
}

describe('the order of a scale-down (kubernetes.md §2.2)', () => {
  it('takes unassigned, then pending, then unready pods before the ready ones', () => {
    const unready = runningPod('unready', 'n', { status: { conditions: [readyCondition(0, 'False')] } });
    const starting = pod('starting', { spec: { nodeName: 'n' } });
    expect(order([aged('ready', 10), unready, starting, pod('unassigned')])).toEqual([
      'unassigned',
      'starting',
      'unready',
      'ready',
    ]);
  });

  it('takes the cheapest by pod-deletion-cost; a cost that is no int32 counts as 0', () => {
    const pods = [aged('a', 10, { cost: '5' }), aged('b', 9000, { cost: '-100' }), aged('c', 9000, { cost: '+7' })];
    expect(order(pods)).toEqual(['b', 'c', 'a']);
    expect(order([aged('a', 10, { cost: '1' }), aged('b', 9000, { cost: '2147483648' })])).toEqual(['b', 'a']);
  });

  it('takes replicas that share a node first, those of other revisions counted', () => {
    const alone = aged('alone', 10);
    const shared = aged('shared', 9000, { nodeName: 'crowded' });
    const other = aged('other', 10, { nodeName: 'crowded' });
    expect(order([alone, shared])).toEqual(['alone', 'shared']);
    expect(order([alone, shared], [other])).toEqual(['shared', 'alone']);
    expect(order([alone, shared], [{ ...other, metadata: { ...other.metadata, deletionTimeMs: 1 } }])).toEqual([
      'alone',
      'shared',
    ]);
  });

  it('example 22: compares ages by powers of two, and within one by uid', () => {
    const ages = [2100, 2500, 3000, 4200, 5000];
    const pods = ages.map((seconds, i) => aged(['e', 'd', 'c', 'b', 'a'][i] ?? '', seconds));
    expect(order(pods)).toEqual(['e', 'b', 'c', 'd', 'a']);
  });

  it('takes the pod with more restarts when it has been ready as long', () => {
    expect(order([aged('calm', 50), aged('shaky', 50, { restarts: 3 })])).toEqual(['shaky', 'calm']);
  });
});

describe('a ReplicaSet (kubernetes.md §2.1)', () => {
  it('replaces a pod as soon as its deletion is requested', () => {
    const leaving = runningPod('leaving', 'n', { deletedMs: NOW });
    const failed = runningPod('failed', 'n', { status: { phase: 'Failed' } });
    expect(reconcileReplicaSet(replicaSet(3), [aged('a', 1), leaving, failed], [], NOW)).toEqual({
      create: 2,
      delete: [],
    });
  });

  it('deletes the surplus in order, and at most 500 pods a sync', () => {
    const plan = reconcileReplicaSet(replicaSet(1), [aged('old', 9000), aged('young', 10)], [], NOW);
    expect(plan.delete.map(({ metadata }) => metadata.name)).toEqual(['young']);
    expect(reconcileReplicaSet(replicaSet(600), [], [], NOW).create).toBe(500);
  });

  it('example 21: creates in batches that double, 20 a second after a burst of 30', () => {
    expect(slowStartBatches(100)).toEqual([1, 2, 4, 8, 16, 32, 37]);
    expect(slowStartBatches(500).at(-1)).toBe(245);
    const lastOf = (count: number): number => {
      const limit = new ApiRateLimit();
      return Math.max(...Array.from({ length: count }, () => limit.reserve(0)));
    };
    expect(lastOf(30)).toBe(0);
    expect(lastOf(100)).toBe(3500);
    expect(lastOf(500)).toBe(23_500);
  });

  it('has its tokens back after a pause', () => {
    const limit = new ApiRateLimit();
    for (let i = 0; i < 40; i++) limit.reserve(0);
    expect(limit.reserve(500)).toBe(50);
    expect(limit.reserve(60_000)).toBe(0);
  });
});

describe('a pod from a template', () => {
  const template = { labels: { app: 'web' }, annotations: {}, spec: podSpec({ cpu: 100 }) };
  const make = (name: string, of = template): Pod =>
    podFromTemplate(of, {
      name,
      namespace: 'default',
      uid: name,
      owner: ownedBy('ReplicaSet', 'web'),
      creationTimeMs: 5,
    });

  it('tolerates failing nodes for five minutes, unless it says otherwise', () => {
    expect(make('a').spec.tolerations.map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
      ['node.kubernetes.io/not-ready', 300],
      ['node.kubernetes.io/unreachable', 300],
    ]);
    const tolerant = { ...template, spec: podSpec({}, { tolerations: [exists('')] }) };
    expect(make('b', tolerant).spec.tolerations).toHaveLength(1);
  });

  it('shares its spec and labels with its siblings', () => {
    expect(make('a').spec).toBe(make('b').spec);
    expect(make('a').metadata.labels).toBe(make('b').metadata.labels);
  });

  it('gets the priority of a built-in class', () => {
    const critical = { ...template, spec: podSpec({}, { priorityClassName: 'system-node-critical' }) };
    expect(make('a', critical).spec.priority).toBe(2_000_001_000);
    expect(make('b').spec.priority).toBeUndefined();
  });
});
