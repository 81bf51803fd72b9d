import { describe, expect, it } from 'vitest';
import { ClusterFeed } from '../../src/kubernetes/scheduler/cluster-feed.js';
import type { FilterPlugin } from '../../src/kubernetes/scheduler/rejection.js';
import { SchedulerCache } from '../../src/kubernetes/scheduler/scheduler-cache.js';
import { backoffMs, SchedulingQueue } from '../../src/kubernetes/scheduler/scheduling-queue.js';
import { exists, node, pod, runningPod, taint } from './objects.js';

const noFit: ReadonlySet<FilterPlugin> = new Set(['NodeResourcesFit']);
const tainted: ReadonlySet<FilterPlugin> = new Set(['TaintToleration']);

/** Pops everything that is there. */
function popAll(queue: SchedulingQueue, nowMs: number): string[] {
  const names: string[] = [];
  for (let next = queue.pop(nowMs); next !== undefined; next = queue.pop(nowMs)) names.push(next.metadata.name);
  return names;
}

/** Lets an attempt at the pod fail. */
function fail(queue: SchedulingQueue, nowMs: number, plugins: ReadonlySet<FilterPlugin>): void {
  const next = queue.pop(nowMs);
  expect(next).toBeDefined();
  queue.failed(next?.metadata.uid ?? '', plugins, nowMs);
}

describe('backoff (example 1)', () => {
  it('doubles from one second to ten', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((n) => backoffMs(n) / 1000)).toEqual([1, 2, 4, 8, 10, 10, 10]);
  });
});

describe('the active queue (kubernetes.md §1.2)', () => {
  it('goes by priority, then by time, then by order of arrival', () => {
    const queue = new SchedulingQueue();
    queue.set(pod('b'), 5);
    queue.set(pod('a'), 5);
    queue.set(pod('high', { spec: { priority: 10 } }), 9);
    queue.set(pod('low', { spec: { priority: -1 } }), 1);
    expect(popAll(queue, 10)).toEqual(['high', 'b', 'a', 'low']);
  });

  it('holds pods with scheduling gates back until the gates are gone', () => {
    const queue = new SchedulingQueue();
    const gated = pod('gated', { spec: { schedulingGates: ['example.com/wait'] } });
    queue.set(gated, 0);
    expect(queue.pop(1)).toBeUndefined();
    queue.set({ ...gated, spec: { ...gated.spec, schedulingGates: [] } }, 2);
    expect(popAll(queue, 2)).toEqual(['gated']);
  });

  it('forgets a deleted pod wherever it is', () => {
    const queue = new SchedulingQueue();
    for (const name of ['a', 'b']) queue.set(pod(name), 0);
    fail(queue, 0, noFit);
    queue.delete('uid-a');
    queue.delete('uid-b');
    expect(queue.size).toBe(0);
    expect(queue.nextWakeMs(0)).toBeUndefined();
  });

  it('ignores changes of a pod that waits, its own condition among them', () => {
    const queue = new SchedulingQueue();
    queue.set(pod('a'), 0);
    fail(queue, 0, noFit);
    queue.set(pod('a', { status: { conditions: [] } }), 1);
    expect(queue.pop(5000)).toBeUndefined();
  });
});

describe('an unschedulable pod (kubernetes.md §1.3)', () => {
  const waiting = (plugins: ReadonlySet<FilterPlugin>, popsFromBackoff = false): SchedulingQueue => {
    const queue = new SchedulingQueue({ popsFromBackoff });
    queue.set(pod('a', { requests: { cpu: 1000 } }), 0);
    fail(queue, 0, plugins);
    return queue;
  };

  it('that lacks room wakes when a pod goes or a large enough node comes', () => {
    const gone = waiting(noFit);
    gone.onEvent({ kind: 'pod', before: runningPod('other', 'n') }, 5000);
    expect(popAll(gone, 5000)).toEqual(['a']);
    const small = waiting(noFit);
    small.onEvent({ kind: 'node', after: node('n', { allocatable: { cpu: 500, pods: 10 } }) }, 5000);
    expect(small.pop(5000)).toBeUndefined();
    small.onEvent({ kind: 'node', after: node('m') }, 5000);
    expect(popAll(small, 5000)).toEqual(['a']);
  });

  it('that lacks room does not wake for a pod that comes or changes', () => {
    const queue = waiting(noFit);
    const other = runningPod('other', 'n');
    queue.onEvent({ kind: 'pod', after: other }, 5000);
    queue.onEvent({ kind: 'pod', before: other, after: { ...other } }, 5000);
    expect(queue.pop(5000)).toBeUndefined();
  });

  it('that was kept away by taints wakes when a node loses its last untolerated one', () => {
    const queue = waiting(tainted);
    const two = node('n', { taints: [taint('x'), taint('y')] });
    const one = node('n', { taints: [taint('y')] });
    queue.onEvent({ kind: 'node', after: two }, 5000);
    queue.onEvent({ kind: 'node', before: two, after: one }, 5000);
    expect(queue.pop(5000)).toBeUndefined();
    queue.onEvent({ kind: 'node', before: one, after: node('n') }, 5000);
    expect(popAll(queue, 5000)).toEqual(['a']);
  });

  it('wakes by any plugin that refused it', () => {
    const queue = waiting(new Set<FilterPlugin>(['NodeResourcesFit', 'NodeUnschedulable']));
    const cordoned = node('n', { unschedulable: true, allocatable: { cpu: 1, pods: 1 } });
    const open = node('n', { allocatable: { cpu: 1, pods: 1 } });
    queue.onEvent({ kind: 'node', before: cordoned, after: open }, 5000);
    expect(popAll(queue, 5000)).toEqual(['a']);
  });

  it('is tried again after five minutes at the latest, on a 30-s tick', () => {
    const queue = waiting(noFit);
    expect(queue.nextWakeMs(0)).toBe(330_000);
    expect(queue.pop(329_999)).toBeUndefined();
    expect(popAll(queue, 330_000)).toEqual(['a']);
  });

  it('waits for its backoff when it is woken early, unless an idle scheduler takes it at once (1.33)', () => {
    const goner = { kind: 'pod', before: runningPod('other', 'n') } as const;
    const strict = waiting(noFit);
    strict.onEvent(goner, 300);
    expect(strict.nextWakeMs(300)).toBe(1000);
    expect(strict.pop(999)).toBeUndefined();
    expect(popAll(strict, 1000)).toEqual(['a']);
    const eager = waiting(noFit, true);
    eager.onEvent(goner, 300);
    expect(eager.nextWakeMs(300)).toBe(300);
    expect(popAll(eager, 300)).toEqual(['a']);
  });

  it('goes behind newcomers of its priority', () => {
    const queue = waiting(noFit);
    queue.set(pod('newcomer'), 4000);
    queue.onEvent({ kind: 'node', after: node('n') }, 5000);
    expect(popAll(queue, 6000)).toEqual(['a', 'newcomer']);
    const late = waiting(noFit);
    late.onEvent({ kind: 'node', after: node('n') }, 5000);
    fail(late, 5000, noFit);
    late.set(pod('newcomer'), 4000);
    late.onEvent({ kind: 'node', after: node('n2') }, 9000);
    expect(popAll(late, 9000)).toEqual(['newcomer', 'a']);
  });

  it('does not miss what happened while it was being tried', () => {
    const queue = new SchedulingQueue();
    queue.set(pod('a', { requests: { cpu: 1000 } }), 0);
    const tried = queue.pop(0);
    queue.onEvent({ kind: 'node', after: node('n') }, 5);
    queue.failed(tried?.metadata.uid ?? '', noFit, 10);
    expect(popAll(queue, 10)).toEqual(['a']);
  });
});

describe('the feed', () => {
  it('queues pending pods, places bound ones, and lets finished ones go', () => {
    const cache = new SchedulerCache();
    const queue = new SchedulingQueue();
    const feed = new ClusterFeed(cache, queue);
    feed.nodeChanged(undefined, node('n'), 0);
    const pending = pod('a', { requests: { cpu: 100 } });
    feed.podChanged(undefined, pending, 0);
    expect(queue.pop(0)?.metadata.name).toBe('a');
    cache.assume(pending, 'n');
    const noticed = pod('a', { requests: { cpu: 100 }, spec: { tolerations: [exists('x')] } });
    feed.podChanged(pending, noticed, 1);
    expect(queue.pop(1)).toBeUndefined();
    const bound = { ...pending, spec: { ...pending.spec, nodeName: 'n' } };
    feed.podChanged(pending, bound, 2);
    expect(queue.size).toBe(0);
    expect(cache.node('n')?.usedCpuMilli).toBe(100);
    feed.podChanged(bound, { ...bound, status: { ...bound.status, phase: 'Succeeded' } }, 3);
    expect(cache.node('n')?.usedCpuMilli).toBe(0);
  });

  it('drops a pending pod that is deleted, with the room assumed for it', () => {
    const cache = new SchedulerCache();
    const queue = new SchedulingQueue();
    const feed = new ClusterFeed(cache, queue);
    feed.nodeChanged(undefined, node('n'), 0);
    const pending = pod('a', { requests: { cpu: 100 } });
    feed.podChanged(undefined, pending, 0);
    queue.pop(0);
    cache.assume(pending, 'n');
    feed.podChanged(pending, undefined, 1);
    expect(queue.size).toBe(0);
    expect(cache.isPlaced('uid-a')).toBe(false);
  });
});
