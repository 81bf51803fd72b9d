import { describe, expect, it } from 'vitest';

import { evictionCost } from '../../../src/karpenter/disruption/eviction-cost.js';
import {
  budgetFor,
  codes,
  compute,
  instanceType,
  poolOf,
  workload,
  type TestCluster,
  type TestNode,
} from './cluster.js';
import { at, condition, NOON, ownedBy, pod } from '../lifecycle/objects.js';
import type { KarpenterVersion } from '../../../src/karpenter/settings.js';

const T = instanceType('t', 4, { 'on-demand': 0.2 });
const BOTH = ['v1.14.1', 'v0.32.0'] as const;

const poolFor = (version: KarpenterVersion) =>
  version === 'v1.14.1'
    ? poolOf('general', ['on-demand'])
    : poolOf('general', ['on-demand'], { consolidationPolicy: 'WhenUnderutilized', consolidateAfter: undefined });

function cluster(version: KarpenterVersion, node: Partial<TestNode>, more: Partial<TestCluster> = {}): TestCluster {
  return {
    version,
    nodePools: [poolFor(version)],
    types: [T],
    nodes: [{ name: 'n1', type: T, pods: [workload('web', 100)], ...node }],
    ...more,
  };
}

/** Codes that keep the node from single-node consolidation, as far as candidates go. */
function blockers(version: KarpenterVersion, node: Partial<TestNode>, more: Partial<TestCluster> = {}): string[] {
  const found = compute(cluster(version, node, { explain: true, ...more }), 'single');
  return found.candidates.includes('n1')
    ? codes(found.findings, 'n1').filter((code) =>
        ['pod-do-not-disrupt', 'pod-disruption-budget', 'several-pod-disruption-budgets'].includes(code),
      )
    : codes(found.findings, 'n1');
}

const isEmpty = (version: KarpenterVersion, pods: TestNode['pods'] = []): boolean =>
  compute(cluster(version, { pods }), version === 'v1.14.1' ? 'emptiness' : 'empty-consolidation').commands.length ===
  1;

describe('a node that must not be disrupted', () => {
  it.each(BOTH)('with %s is one that is not there, not initialized, leaving or nominated', (version) => {
    expect(blockers(version, { uninitialized: true })).toContain('not-initialized');
    expect(blockers(version, { deletionTimeMs: NOON })).toEqual(['marked-for-deletion']);
    expect(blockers(version, { state: { markedForDeletion: true } })).toEqual(['marked-for-deletion']);
    // Nominated means strictly after now (E43).
    expect(blockers(version, { state: { nominatedUntilMs: NOON + 5000 } })).toEqual(['nominated']);
    expect(blockers(version, { state: { nominatedUntilMs: NOON } })).toEqual([]);
  });

  it('is one that a running command holds, without a word', () => {
    expect(compute(cluster('v1.14.1', { state: { heldByCommand: true } }), 'single')).toMatchObject({
      candidates: [],
      findings: [],
    });
  });

  it('has the annotation with any value for v0.32.0, with "true" for v1.14.1 (E29)', () => {
    const annotations = { 'karpenter.sh/do-not-disrupt': 'false' };
    expect(blockers('v0.32.0', { annotations })).toEqual(['node-do-not-disrupt']);
    expect(blockers('v1.14.1', { annotations })).toEqual([]);
    expect(blockers('v1.14.1', { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } })).toEqual([
      'node-do-not-disrupt',
    ]);
  });

  it('belongs to a NodePool that is gone', () => {
    expect(blockers('v1.14.1', { nodePool: 'gone' })).toEqual(['nodepool-not-found']);
    expect(blockers('v0.32.0', { nodePool: 'gone' })).toEqual(['nodepool-not-found']);
  });

  it('is a candidate all the same when it is NotReady (E27)', () => {
    expect(blockers('v1.14.1', { notReady: true })).toEqual([]);
  });
});

describe('a pod that must not be disrupted', () => {
  const kept = (value: string, more: Parameters<typeof workload>[2] = {}) =>
    workload('kept', 100, {
      ...more,
      metadata: { annotations: { 'karpenter.sh/do-not-disrupt': value }, ...more.metadata },
    });

  it('may name a duration with v1.14.1 (E30)', () => {
    const pods = [kept('30m', { status: { startTimeMs: at('12:00') } })];
    expect(blockers('v1.14.1', { pods }, { nowMs: at('12:29:59') })).toEqual(['pod-do-not-disrupt']);
    expect(blockers('v1.14.1', { pods }, { nowMs: at('12:30:00') })).toEqual([]);
    expect(blockers('v0.32.0', { pods }, { nowMs: at('12:00:01') })).toEqual([]);
  });

  it.each(['false', '0s', '-5m', 'soon'])('is not protected by %s', (value) => {
    expect(blockers('v1.14.1', { pods: [kept(value)] })).toEqual([]);
  });

  it('may be a DaemonSet’s with v1.14.1, also for Emptiness (E35)', () => {
    const pods = [kept('true', { metadata: { ownerReferences: ownedBy('DaemonSet') } })];
    expect(compute(cluster('v1.14.1', { pods }), 'emptiness').candidates).toEqual([]);
    expect(isEmpty('v0.32.0', pods)).toBe(true);
  });
});

describe('PodDisruptionBudgets', () => {
  const none = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };

  it('may be two for one pod with v0.32.0 only (E39)', () => {
    const podDisruptionBudgets = [budgetFor('a'), budgetFor('b')];
    expect(blockers('v1.14.1', {}, { podDisruptionBudgets })).toEqual(['several-pod-disruption-budgets']);
    expect(blockers('v0.32.0', {}, { podDisruptionBudgets })).toEqual([]);
  });

  it.each(BOTH)('block with %s when they allow nothing (E40)', (version) => {
    const podDisruptionBudgets = [budgetFor('p', { status: none })];
    expect(blockers(version, {}, { podDisruptionBudgets })).toEqual(['pod-disruption-budget']);
  });

  it.each(BOTH)('let unhealthy pods go with %s when they say so (E41)', (version) => {
    const podDisruptionBudgets = [budgetFor('p', { status: none, unhealthyPodEvictionPolicy: 'AlwaysAllow' })];
    const pods = [workload('web', 100, { status: { conditions: [condition('Ready', { status: 'False' })] } })];
    expect(blockers(version, { pods }, { podDisruptionBudgets })).toEqual([]);
  });

  it.each(BOTH)('with %s need to allow one of many pods only (E42)', (version) => {
    const pods = ['a', 'b', 'c', 'd', 'e'].map((name) => workload(name, 100));
    expect(blockers(version, { pods }, { podDisruptionBudgets: [budgetFor('p')] })).toEqual([]);
  });
});

describe('an empty node', () => {
  it.each(BOTH)('with %s may run DaemonSet and mirror pods and finished ones (E31, E32)', (version) => {
    const mirror = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'n1', controller: true };
    expect(
      isEmpty(version, [
        pod('log', { metadata: { ownerReferences: ownedBy('DaemonSet') } }),
        pod('static', { metadata: { ownerReferences: [mirror] } }),
        pod('job', { status: { phase: 'Succeeded' } }),
      ]),
    ).toBe(true);
  });

  it('may run a terminating pod, but with v1.14.1 not one of a StatefulSet (E33, E34)', () => {
    const leaving = (kind: 'ReplicaSet' | 'StatefulSet') =>
      workload('leaving', 100, { metadata: { deletionTimeMs: NOON, ownerReferences: ownedBy(kind) } });
    expect(isEmpty('v1.14.1', [leaving('ReplicaSet')])).toBe(true);
    expect(isEmpty('v0.32.0', [leaving('ReplicaSet')])).toBe(true);
    expect(isEmpty('v1.14.1', [leaving('StatefulSet')])).toBe(false);
    expect(isEmpty('v0.32.0', [leaving('StatefulSet')])).toBe(true);
  });

  it('is one whose pods cost nothing to evict with v1.14.1 (E36–E38)', () => {
    const worthless = workload('worthless', 100, {
      metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-2147483647' } },
    });
    expect(evictionCost(worthless)).toBe(-10);
    expect(isEmpty('v1.14.1', [worthless])).toBe(true);
    expect(isEmpty('v0.32.0', [worthless])).toBe(false);
    const lowly = workload('lowly', 100, { spec: { priority: -10 } });
    expect(evictionCost(lowly)).toBeCloseTo(0.9999997, 7);
    for (const version of BOTH) {
      expect(isEmpty(version, [lowly])).toBe(false);
      expect(isEmpty(version, [worthless, workload('web', 100)])).toBe(false);
    }
  });
});

describe('the cost of an eviction', () => {
  const costly = (value: string) =>
    evictionCost(
      workload('p', 1, { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': value } } }),
    );

  it('is one, moved by deletion cost and priority, within ten', () => {
    expect(costly('134217728')).toBe(2);
    expect(costly('2147483647')).toBe(10);
    expect(evictionCost(workload('p', 1, { spec: { priority: 2 ** 25 } }))).toBe(2);
  });

  it('ignores a deletion cost that is no number', () => {
    expect(costly('much')).toBe(1);
    expect(costly('')).toBe(1);
    expect(costly('1e8')).toBeCloseTo(1.745, 3);
  });
});
