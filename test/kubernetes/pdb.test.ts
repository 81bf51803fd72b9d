import { describe, expect, it } from 'vitest';
import { chargeBudget } from '../../src/kubernetes/eviction.js';
import { podDisruptionBudgetStatus, type ScaleOf } from '../../src/kubernetes/pod-disruption-budget.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import type { PodDisruptionBudget } from '../../src/kubernetes/workloads.js';
import { budget } from './budgets.js';
import { ownedBy, pod, readyCondition, runningPod } from './objects.js';

const owner = ownedBy('ReplicaSet', 'web');

function pods(healthy: number, unready = 0): Pod[] {
  const ready = Array.from({ length: healthy }, (_, i) => runningPod(`up-${i}`, 'n', { owner }));
  const down = Array.from({ length: unready }, (_, i) =>
    runningPod(`down-${i}`, 'n', { owner, status: { conditions: [readyCondition(0, 'False')] } }),
  );
  return [...ready, ...down];
}

function status(spec: Partial<PodDisruptionBudget>, all: readonly Pod[]): PodDisruptionBudget['status'] {
  return podDisruptionBudgetStatus(budget(spec), all, () => all.length);
}

describe('the status of a PodDisruptionBudget (kubernetes.md §4.1)', () => {
  it.each<[string, Partial<PodDisruptionBudget>, number, number, number, number]>([
    ['7 pods, minAvailable 50 %', { minAvailable: '50%' }, 7, 0, 4, 3],
    ['7 pods, maxUnavailable 30 %', { maxUnavailable: '30%' }, 7, 0, 4, 3],
    ['3 pods, maxUnavailable 25 % rounds up to one', { maxUnavailable: '25%' }, 3, 0, 2, 1],
    ['2 pods, minAvailable 60 %', { minAvailable: '60%' }, 2, 0, 2, 0],
    ['5 pods of which 4 are healthy, maxUnavailable 1', { maxUnavailable: 1 }, 4, 1, 4, 0],
    ['1 pod, minAvailable 1', { minAvailable: 1 }, 1, 0, 1, 0],
    ['10 pods of which 9 are healthy, minAvailable 90 %', { minAvailable: '90%' }, 9, 1, 9, 0],
  ])('example 19: %s', (_, spec, healthy, unready, desired, allowed) => {
    const result = status(spec, pods(healthy, unready));
    expect(result.desiredHealthy).toBe(desired);
    expect(result.currentHealthy).toBe(healthy);
    expect(result.disruptionsAllowed).toBe(allowed);
  });

  it('counts every selected pod for an integer minAvailable, finished ones included', () => {
    const finished = pod('done', { owner, status: { phase: 'Succeeded' } });
    expect(status({ minAvailable: 1 }, [...pods(2), finished]).expectedPods).toBe(3);
  });

  it('does not count pods that are being deleted as healthy', () => {
    const leaving = runningPod('leaving', 'n', { owner, deletedMs: 5 });
    expect(status({ minAvailable: 1 }, [...pods(2), leaving])).toMatchObject({
      currentHealthy: 2,
      disruptionsAllowed: 1,
    });
  });

  it('counts a Deployment once, whatever the number of its ReplicaSets', () => {
    const old = runningPod('old', 'n', { owner: ownedBy('ReplicaSet', 'web-old') });
    const scaleOf: ScaleOf = () => ({ uid: 'deployment', replicas: 4 });
    const result = podDisruptionBudgetStatus(budget({ maxUnavailable: 1 }), [...pods(4), old], scaleOf);
    expect(result).toMatchObject({ expectedPods: 4, desiredHealthy: 3, currentHealthy: 5 });
  });

  it('ignores pods without a controller in the expected count', () => {
    const bare = runningPod('bare', 'n');
    const result = podDisruptionBudgetStatus(budget({ maxUnavailable: 1 }), [...pods(2), bare], () => 2);
    expect(result.expectedPods).toBe(2);
  });

  it('allows nothing when one pod belongs to a DaemonSet or Job, and keeps the other fields', () => {
    const before = { disruptionsAllowed: 3, currentHealthy: 5, desiredHealthy: 2, expectedPods: 5 };
    const daemon = runningPod('agent', 'n', { owner: ownedBy('DaemonSet', 'agent') });
    const result = podDisruptionBudgetStatus(
      budget({ maxUnavailable: 1, status: before }),
      [...pods(2), daemon],
      () => 2,
    );
    expect(result).toMatchObject({ ...before, disruptionsAllowed: 0 });
    expect(result.syncError).toContain('daemonsets.apps');
  });

  it('selects nothing without a selector and the whole namespace with an empty one', () => {
    const elsewhere = runningPod('other', 'n', { namespace: 'other' });
    const everything = { matchLabels: {}, matchExpressions: [] };
    expect(status({ minAvailable: 1, selector: undefined }, pods(3)).expectedPods).toBe(0);
    expect(status({ minAvailable: 1, selector: everything }, [...pods(3), elsewhere]).expectedPods).toBe(3);
  });

  it('remembers an evicted pod for two minutes, then counts it again', () => {
    const charged = chargeBudget(budget({ minAvailable: 1 }), 'up-0', 1_000_000);
    const at = (seconds: number): PodDisruptionBudget['status'] =>
      podDisruptionBudgetStatus(charged, pods(3), () => 3, 1_000_000 + seconds * 1000);
    expect(at(119)).toMatchObject({ currentHealthy: 2, disruptedPods: { 'up-0': 1_000_000 } });
    expect(at(121)).toMatchObject({ currentHealthy: 3, disruptedPods: {} });
  });
});
